"""The post office: outbox rows claimed, sent, given up; addresses that no longer answer."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
import zoneinfo
from collections.abc import Sequence
from typing import Literal

from flows.away import note_block, note_return
from flows.care import concerned, letter
from flows.clock import Clock
from flows.policy import Policy
from flows.roles import on_duty_for
from flows.rules import triage as rules
from flows.rules.quiet import is_quiet
from storage import cases, deliveries, messages, outbox, people, staff
from storage.database import Database, Unit
from storage.errors import KeyFault, WordsGone
from storage.outbox import LONGEST_WAIT, PRIORITY, REPEATS, Post
from storage.people import Reach
from storage.records import alert_operator
from storage.tables.care import Message
from storage.tables.people import Person

__all__ = [
    "EVERY_CLASS",
    "RELAYS",
    "URGENT",
    "Ending",
    "Parcel",
    "Post",
    "PostOffice",
    "Result",
]

# priority classes: cards, pages and other alerts; then relays; then all the rest
URGENT, RELAYS, EVERY_CLASS = PRIORITY["alert"], PRIORITY["relay"], max(PRIORITY.values())
# to an address that is not active these are not even tried
_PATIENT_KINDS = frozenset({"reminder", "campaign"})
# in a student's quiet hours these make no sound
_QUIET_KINDS = _PATIENT_KINDS | {"follow_up"}

# again: certainly not accepted, try later; unclear: it may have arrived
Ending = Literal["sent", "again", "unclear", "blocked", "gone", "failed", "skipped", "expired"]


@dataclasses.dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed row with where it goes and in which language; `reach` is None for nobody.

    `verdict` is how it ended without being sent, where nothing is to be sent.
    """

    post: Post
    reach: Reach | None
    language: str
    verdict: tuple[Ending, str] | None = None
    # it can wait, and it is the student's night: no sound
    silent: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """How one attempt ended; `wait` is how long a row that goes again stays where it is."""

    parcel: Parcel
    how: Ending
    message_id: int | None = None
    reason: str | None = None
    wait: dt.timedelta = dt.timedelta()

    @property
    def post(self) -> Post:
        """The row."""
        return self.parcel.post


class PostOffice:
    """What the senders and the worker say of deliveries."""

    def __init__(self, database: Database, clock: Clock, policy: Policy) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy

    async def exchange(
        self,
        bot: str,
        ended: Sequence[Result],
        limit: int,
        busy: Sequence[uuid.UUID],
        *,
        least_urgent: int = EVERY_CLASS,
    ) -> list[Parcel]:
        """Write down how attempts ended and claim the next rows, in one commit.

        What is claimed is marked as attempted on the disk before anything is sent. `busy` are
        persons a send is under way to.
        """
        if not ended and limit <= 0:
            return []
        now = self._clock.now()

        def work(unit: Unit) -> list[Parcel]:
            for result in ended:
                _record(unit, result, now, self._policy)
            if limit <= 0:
                return []
            return [
                _address(unit, post, now)
                for post in outbox.claim(
                    unit, bot, now, limit=limit, busy=busy, least_urgent=least_urgent
                )
            ]

        return await self._database.transact(work, beside=True)

    async def claim(self, bot: str, limit: int, busy: Sequence[uuid.UUID]) -> list[Parcel]:
        """Mark the next rows as attempted, committed before anything is sent."""
        return await self.exchange(bot, (), limit, busy)

    async def record(self, results: Sequence[Result]) -> None:
        """Write down how attempts ended, together."""
        if results:
            await self.exchange(results[0].post.bot, results, 0, ())

    async def close_plainly(self, result: Result) -> None:
        """End a row whose result cannot be written down in full: it must not go for ever.

        `note_loss` has said before what that means for a talk.
        """
        now = self._clock.now()
        how = result.how if result.how in {"sent", "skipped", "expired"} else "failed"
        await self._database.transact(
            lambda unit: outbox.finish(unit, result.post.id, how, now, "unrecorded"),
            beside=True,
        )

    async def note_loss(self, post: Post) -> None:
        """A counselor's text of which we cannot say that it arrived."""
        now = self._clock.now()
        await self._database.transact(
            lambda unit: _tell_of_loss(unit, _mark_lost(unit, post, now), now, self._policy),
            beside=True,
        )

    async def recover(self, bot: str, under_way: Sequence[uuid.UUID] = ()) -> int:
        """Attempts whose end nobody wrote down may have arrived; how many repeat.

        At a start, and after a commit whose outcome stayed unknown (`under_way` are rows that this
        process is sending).
        """
        now = self._clock.now()
        return await self._database.transact(
            lambda unit: outbox.recover(unit, bot, now, under_way=under_way), beside=True
        )

    async def next_due(self, bot: str) -> dt.timedelta | None:
        """How long until the next row that is planned for later may go."""
        now = self._clock.now()
        due = await self._database.read(lambda unit: outbox.next_due(unit, bot, now))
        return None if due is None else due - now

    async def address_seen(self, bot: str, telegram_id: int, *, blocked: bool) -> None:
        """Somebody blocked the bot, or started it again."""
        now = self._clock.now()

        def work(unit: Unit) -> None:
            person_id = people.find_person(unit, bot, telegram_id)
            if person_id is not None:
                _set_state(unit, person_id, bot, "blocked" if blocked else "active", now)

        await self._database.transact(work)


def _address(unit: Unit, post: Post, now: dt.datetime) -> Parcel:
    """Where a claimed row goes; one that cannot be addressed must not hold up the others."""
    person = people.get(unit, post.person_id)
    language = person.language if person is not None else "en"
    try:
        reach = people.reach(unit, post.person_id, post.bot)
    except (KeyFault, WordsGone, ValueError):
        return Parcel(post, None, language, ("failed", "address_unreadable"))
    verdict: tuple[Ending, str] | None = None
    if reach is None:
        verdict = ("gone", "no_address")
    elif post.unreadable == WordsGone.__name__:
        verdict = ("skipped", "erased")
    elif post.bot == "staff" and staff.is_revoked(unit, post.person_id):
        verdict = ("skipped", "revoked")
    elif reach.state != "active" and post.kind in _PATIENT_KINDS:
        verdict = ("skipped", reach.state)
    silent = person is not None and post.kind in _QUIET_KINDS and _is_night(person, now)
    return Parcel(post, reach, language, verdict, silent)


def _is_night(person: Person, now: dt.datetime) -> bool:
    local = now.astimezone(zoneinfo.ZoneInfo(person.time_zone)).time()
    return is_quiet(local, person.quiet_from, person.quiet_until)


def _record(unit: Unit, result: Result, now: dt.datetime, policy: Policy) -> None:
    post, reach = result.post, result.parcel.reach
    if not outbox.is_under_way(unit, post.id, post.attempts):
        return  # recorded by a commit whose answer nobody got
    if result.how == "sent":
        outbox.finish(unit, post.id, "sent", now)
        if reach is not None and reach.state != "active":
            _set_state(unit, post.person_id, post.bot, "active", now)
        if post.delete_after is not None and result.message_id is not None:
            deliveries.record(
                unit, person_id=post.person_id, bot=post.bot, message_id=result.message_id,
                sent_at=now, outbox_id=post.id, delete_after=post.delete_after,
            )  # fmt: skip
    elif result.how == "again" or (result.how == "unclear" and post.kind in REPEATS):
        outbox.try_again(
            # Telegram may ask for longer; the limiter sees to that
            unit, post.id, now + min(result.wait, LONGEST_WAIT), ambiguous=result.how == "unclear",
            reason=result.reason or result.how,
        )  # fmt: skip
    elif result.how == "unclear":
        # no relay: those go again
        outbox.finish(unit, post.id, "skipped", now, result.reason)
    elif result.how in {"blocked", "gone"}:
        outbox.finish(unit, post.id, "failed", now, result.reason or result.how)
        lost = _mark_lost(unit, post, now)
        _set_state(unit, post.person_id, post.bot, result.how, now, lost=lost is not None)
        # of an open case its counselor has been told, by the alert or in the talk itself
        case = cases.open_case_of(unit, post.person_id)
        if reach is None or case is None or case.block_untold:
            _tell_of_loss(unit, lost, now, policy)
    else:
        outbox.finish(unit, post.id, result.how, now, result.reason)
        _tell_of_loss(unit, _mark_lost(unit, post, now), now, policy)


def _mark_lost(unit: Unit, post: Post, now: dt.datetime) -> Message | None:
    """A counselor's text that will not arrive is marked in the talk; None for other letters."""
    if post.message_id is None:
        return None
    return messages.set_undelivered(unit, post.message_id, now)


def _tell_of_loss(unit: Unit, message: Message | None, now: dt.datetime, policy: Policy) -> None:
    """Whoever has the case by now hears of it, and its student waits for an answer again."""
    case = None
    if message is not None and message.case_id is not None:
        case = cases.lock(unit, message.case_id)
    if message is None or case is None:
        return
    if case.status == "taken":
        due = rules.answer_due(case.triage, now, policy.cases)
        case.answer_due_at = min(filter(None, (case.answer_due_at, due)))
    told = [message.author_id] if case.status == "closed" else concerned(unit, case, now)
    for staff_id in told:
        letter(
            unit, staff_id, "staff", "alert", "staff-out-not-delivered",
            f"lost:{message.id.hex}:{staff_id.hex}", now, case=case.id.hex, number=case.number,
        )  # fmt: skip


def _set_state(
    unit: Unit,
    person_id: uuid.UUID,
    bot: str,
    state: str,
    now: dt.datetime,
    *,
    lost: bool = False,
) -> None:
    """A student who blocked the bot during an open case is an alert, not a log line.

    `lost`: it showed by a counselor's text that did not arrive.
    """
    found = people.reach(unit, person_id, bot)
    if found is None or not people.set_address_state(unit, found.address_id, state, now):
        return
    if bot != "student":
        if state != "active" and not staff.is_revoked(unit, person_id):
            # whoever is on call and cannot be reached is a fault that somebody must mend
            alert_operator(unit, "staff_unreachable", now)
            _tell_admins(unit, person_id, now)
        return
    case = cases.open_case_of(unit, person_id)
    if case is None:
        return
    if state != "active":
        note_block(unit, case, now, lost=lost)
    else:
        note_return(unit, case, now)


def _tell_admins(unit: Unit, staff_id: uuid.UUID, now: dt.datetime) -> None:
    """Somebody on call cannot be reached and does not count: the rota has a hole."""
    found = staff.get(unit, staff_id)
    if found is None:
        return
    _, member = found
    if not member.on_call or member.on_call_until is None or member.on_call_until <= now:
        return
    for admin_id in on_duty_for(unit, None, "admin", now, only_on_call=False):
        letter(
            unit, admin_id, "staff", "alert", "staff-out-unreachable",
            f"away:{staff_id.hex}:{int(now.timestamp())}:{admin_id.hex}", now,
            name=staff.name_of(unit, staff_id),
        )  # fmt: skip
