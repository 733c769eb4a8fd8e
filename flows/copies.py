"""Copies of a student's words in staff chats: remembered, and taken back in time."""

from __future__ import annotations

import datetime as dt
import uuid

from flows.clock import Clock
from flows.policy import Policy
from storage import deliveries
from storage.database import Database, Unit
from storage.deliveries import Copy

__all__ = ["LEASE", "Copies", "Copy"]

# a hundred deletions in one chat, at Telegram's one a second, and then some
LEASE = dt.timedelta(minutes=5)


class Copies:
    """What was shown in a staff chat goes from there within hours."""

    def __init__(self, database: Database, clock: Clock, policy: Policy) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy

    async def keep(self, staff_id: uuid.UUID, case_id: uuid.UUID, message_id: int) -> None:
        """Remember a message that holds words. Bookkeeping after the fact: no second flow."""
        now = self._clock.now()
        after = dt.timedelta(hours=self._policy.cases.staff_copies_deleted_after_h)

        def work(unit: Unit) -> None:
            deliveries.record(
                unit, person_id=staff_id, bot="staff", message_id=message_id, now=now,
                case_id=case_id, delete_after=after,
            )  # fmt: skip

        await self._database.transact(work, receiving=True)

    async def due(self) -> list[Copy]:
        """Copies to delete now, claimed: what is not deleted comes again when the lease ends."""
        now = self._clock.now()
        return await self._database.transact(
            lambda unit: deliveries.claim_for_deletion(unit, now, LEASE), receiving=True
        )

    async def deleted(self, ids: list[uuid.UUID]) -> None:
        """They are gone, or Telegram no longer lets us delete them."""
        now = self._clock.now()
        await self._database.transact(
            lambda unit: deliveries.mark_deleted(unit, ids, now), receiving=True
        )
