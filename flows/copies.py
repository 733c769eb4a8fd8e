"""What staff chats hold of a student: remembered, and taken back in time."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from flows.care import letter
from flows.clock import Clock
from flows.policy import Policy
from storage import cases, deliveries, people
from storage.database import Database, Unit
from storage.deliveries import Copy
from storage.records import alert_operator

__all__ = ["LEASE", "Copies", "Copy"]

# a hundred deletions in one chat, at Telegram's one a second, and then some
LEASE = dt.timedelta(minutes=5)
_TELEGRAM_DELETES_FOR = dt.timedelta(hours=48)
# a clock set back by less takes nothing away that somebody is just reading; with the longest time
# that settings allow it still ends within Telegram's 48 hours
_CORRECTION = dt.timedelta(hours=1)


class Copies:
    """What was shown or written in a staff chat goes from there within hours."""

    def __init__(self, database: Database, clock: Clock, policy: Policy) -> None:
        self._database = database
        self._clock = clock
        self._after = dt.timedelta(hours=policy.cases.staff_copies_deleted_after_h)

    async def keep(self, staff_id: uuid.UUID, case_id: uuid.UUID, message_id: int) -> None:
        """Remember a message that holds words. Bookkeeping after the fact: no second flow."""
        now = self._clock.now()

        def work(unit: Unit) -> None:
            deliveries.record(
                unit, person_id=staff_id, bot="staff", message_id=message_id, sent_at=now,
                case_id=case_id, delete_after=self._after,
            )  # fmt: skip

        await self._database.transact(work, beside=True)

    async def keep_typed(self, staff_id: uuid.UUID, message_id: int, sent_at: dt.datetime) -> None:
        """Remember what a member of staff wrote in their chat: it may quote a student.

        Before anything is done with it, so that no refusal and no fault leaves it there. Counted
        from when it was sent, since it may have waited for us and Telegram's 48 hours ran. No
        second flow.
        """
        now = self._clock.now()

        def work(unit: Unit) -> None:
            if deliveries.is_kept(unit, staff_id, "staff", message_id):
                return  # handled before, or edited
            open_case = cases.reader(unit, staff_id)
            deliveries.record(
                unit, person_id=staff_id, bot="staff", message_id=message_id,
                sent_at=min(sent_at, now), delete_after=self._after,
                case_id=open_case.case_id if open_case is not None else None,
            )  # fmt: skip

        await self._database.transact(work, beside=True)

    async def due(self) -> list[Copy]:
        """Copies to delete now, claimed: what is not deleted comes again when the lease ends."""
        now = self._clock.now()
        latest = now + self._after + _CORRECTION
        return await self._database.transact(
            lambda unit: deliveries.claim_for_deletion(unit, now, LEASE, latest=latest),
            beside=True,
        )

    async def deleted(self, ids: Sequence[uuid.UUID]) -> None:
        """They are gone."""
        now = self._clock.now()
        await self._database.transact(
            lambda unit: deliveries.mark_deleted(unit, ids, now), beside=True
        )

    def is_too_old(self, copy: Copy) -> bool:
        """Whether Telegram would not delete it any more, even if its chat let us."""
        return self._clock.now() - copy.sent_at > _TELEGRAM_DELETES_FOR

    async def still_there(self, copies: Sequence[Copy]) -> None:
        """Telegram no longer lets us delete them: whoever has them in their chat is asked to, once
        for each, and the operator hears of it."""
        now = self._clock.now()

        def work(unit: Unit) -> None:
            deliveries.mark_standing(unit, [copy.id for copy in copies], now)
            alert_operator(unit, "copy_stands", now)
            held: dict[uuid.UUID, list[Copy]] = {}
            for copy in copies:
                held.setdefault(copy.person_id, []).append(copy)
            for person_id, theirs in held.items():
                first = min(theirs, key=lambda copy: copy.sent_at)
                person = people.get(unit, person_id)
                letter(
                    unit, person_id, first.bot, "notice", "staff-out-copy-stands",
                    f"stands:{first.id.hex}", now, n=len(theirs), sent=first.sent_at.isoformat(),
                    zone=person.time_zone if person is not None else None,
                )  # fmt: skip

        await self._database.transact(work, beside=True)
