"""The worker: screen, dispatch, finish. One update at a time in a lane."""

from __future__ import annotations

import asyncio
import collections
import dataclasses
import json
import time
import uuid
from collections.abc import Sequence
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from telegram import Update
from telegram.ext import Application

from bot.away import telegram_faults
from bot.emergency import Emergency
from bot.health import Health
from bot.screens import Changes, Screens
from bot.updates import UpdateFacts, read_update
from flows.clock import Clock
from flows.enrolment import Enrolment, StudentView
from flows.post import PostOffice
from flows.receive import Incoming, Receive, Screened
from flows.rules.risk import RiskLevel
from handlers.services import Services
from handlers.staff import redraw as redraw_staff
from handlers.staff.errors import current_faults
from handlers.student import redraw
from storage import inbox, screens
from storage.batches import Batcher
from storage.database import Cause, Database, Unit, current_cause
from storage.errors import AlreadyApplied
from storage.inbox import Stored

_log = structlog.get_logger(__name__)

_REMEMBERED = 20_000
_GONE = frozenset({"kicked", "left"})
# a row's end keeps nobody waiting but the chat's next update: measured, a third fewer commits
_GATHER_S = 0.02


@dataclasses.dataclass(frozen=True, slots=True)
class Read:
    """A row as read and screened; for staff, whose words are not screened, only read."""

    raw: dict[str, Any]
    facts: UpdateFacts
    started: float
    who: StudentView | None = None
    screened: Screened | None = None


class Students:
    """Who a chat belongs to, remembered between updates; dropped whenever a flow wrote."""

    def __init__(self, enrolment: Enrolment) -> None:
        self._enrolment = enrolment
        self._known: collections.OrderedDict[int, StudentView] = collections.OrderedDict()

    async def find(self, telegram_id: int) -> StudentView | None:
        """The student, or None for a stranger (strangers are asked for each time)."""
        known = self._known.get(telegram_id)
        if known is not None:
            self._known.move_to_end(telegram_id)
            return known
        found = await self._enrolment.find(telegram_id)
        if found is not None:
            self._known[telegram_id] = found
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return found

    def forget(self, telegram_id: int) -> None:
        """What we knew may have changed."""
        self._known.pop(telegram_id, None)


class Finisher:
    """Marks rows done: screens and the row's end in one commit, many rows together."""

    def __init__(self, bot: str, database: Database, clock: Clock) -> None:
        self._bot = bot
        self._database = database
        self._clock = clock
        self._batcher = Batcher(database, self._write, gather_s=_GATHER_S)

    async def done(self, row: Stored, changes: Changes | None = None) -> None:
        """Save the screens and drop the payload; returns once that is on the disk."""
        await self._batcher.put((row, changes or {}))

    async def park(self, row: Stored, reason: str, *, keep: bool) -> None:
        """Put a poison row aside; without `keep` nothing of what was written."""
        await self._database.transact(
            lambda unit: inbox.park(unit, row.id, reason, row.attempts + 1, keep=keep),
            beside=True,
        )

    def _write(self, unit: Unit, items: Sequence[tuple[Stored, Changes]]) -> list[None]:
        now = self._clock.now()
        for _, changes in items:
            if changes:
                screens.save(unit, self._bot, changes, now)
        inbox.finish(unit, [row.id for row, _ in items])
        return [None] * len(items)


class StudentWorker:
    """Handles the student bot's updates."""

    def __init__(
        self,
        *,
        bot: Bot,
        dispatcher: Dispatcher,
        screens: Screens,
        receive: Receive,
        students: Students,
        finisher: Finisher,
        post_office: PostOffice,
        services: Services,
        health: Health,
        emergency: Emergency,
    ) -> None:
        self._bot = bot
        self._dispatcher = dispatcher
        self._screens = screens
        self._receive = receive
        self._students = students
        self._finisher = finisher
        self._post_office = post_office
        self._services = services
        self._health = health
        self._emergency = emergency
        self._applied: set[uuid.UUID] = set()
        # rows whose words are in a case: their card is in the outbox
        self._in_case: set[uuid.UUID] = set()

    async def screen(self, row: Stored, again: bool) -> Read:
        """Screen and store a row's words; nobody is answered yet, and Telegram is not asked.

        Words in a group are not ours to take: others read them there.
        """
        started = time.monotonic()
        raw = json.loads(row.payload)
        facts = read_update(raw)
        if not facts.private:
            return Read(raw, facts, started)
        who = await self._who(facts)
        screened = await self._receive_words(row, facts, who, again=again)
        if screened.case_id is not None:
            self._in_case.add(row.id)
        return Read(raw, facts, started, who, screened)

    async def handle(self, row: Stored, read: Read) -> None:
        """Dispatch and finish a screened update; an exception means: try again or park.

        TelegramAway when Telegram, and not this update, is to blame.
        """
        with telegram_faults():
            await self._handle(row, read)

    async def _handle(self, row: Stored, read: Read) -> None:
        facts, who = read.facts, read.who
        if row.applied or row.id in self._applied:
            await self._only_redraw(row, facts, who)
            return
        changes = self._screens.begin()
        cause = Cause("student", row.update_id, row.id)
        token = current_cause.set(cause)
        try:
            if not facts.private:
                await self._leave(row, facts, read.raw)
            elif facts.kind == "my_chat_member":
                await _membership(self._post_office, "student", facts, read.raw)
            else:
                await self._dispatcher.feed_raw_update(
                    self._bot,
                    read.raw,
                    screened=read.screened,
                    who=who,
                    update_ref=row.update_id,
                )
        except AlreadyApplied:
            self._screens.forget(changes)
            self._applied.add(row.id)
        except BaseException:
            self._screens.forget(changes)
            raise
        finally:
            current_cause.reset(token)
            if cause.applied:
                # should even `done` fail: the flow must not run again
                self._applied.add(row.id)
            if cause.writes and facts.user_id is not None:
                self._students.forget(facts.user_id)
        if row.id in self._applied and not cause.applied:
            await self._only_redraw(row, facts, who)
            return
        await self._finisher.done(row, changes)
        self._forget(row)
        self._screens.keep(changes)
        self._health.handled.labels("student", "done").inc()
        self._health.seconds.labels("student").observe(time.monotonic() - read.started)

    async def park(self, row: Stored, reason: str) -> None:
        """Put aside a row that cannot be handled. It was screened all the same, and whoever it
        owes a card gets one; TelegramAway while that cannot be sent."""
        in_case = row.id in self._in_case
        await self._emergency.answer_unhandled(row, in_case=in_case)
        await self._finisher.park(row, reason, keep=await self._may_keep(row))
        self._forget(row)
        self._health.parked += 1
        if not in_case:
            # those in a case have come through, and what the case brings says so
            await self._emergency.tell_parked(row)
        await self._services.alerts.tell_operator("update_parked")

    async def _may_keep(self, row: Stored) -> bool:
        """Whether its words may be stored: nobody's are who did not agree to that."""
        try:
            facts = read_update(json.loads(row.payload))
        except ValueError:
            # nobody can read it as it stands
            return True
        return facts.private and _stores_words(await self._who(facts))

    async def _leave(self, row: Stored, facts: UpdateFacts, raw: dict[str, Any]) -> None:
        """No place for this bot. Whoever is in danger there gets the numbers, they alone."""
        await self._emergency.answer_unhandled(row)
        if facts.chat_id is None or _status(raw) in _GONE:
            return
        try:
            await self._bot.leave_chat(facts.chat_id)
        except (TelegramBadRequest, TelegramForbiddenError):
            _log.info("group_not_left")  # somebody removed us first

    async def _only_redraw(self, row: Stored, facts: UpdateFacts, who: StudentView | None) -> None:
        """Its flow was committed, and a crash, a lost answer or a failed reply came after."""
        if facts.chat_id is not None and facts.private:
            await redraw(self._bot, facts.chat_id, who, self._services)
        await self._finisher.done(row)
        self._forget(row)
        self._health.handled.labels("student", "redrawn").inc()

    def _forget(self, row: Stored) -> None:
        self._applied.discard(row.id)
        self._in_case.discard(row.id)

    async def _who(self, facts: UpdateFacts) -> StudentView | None:
        person = facts.user_id if facts.user_id is not None else facts.chat_id
        if person is None:
            return None
        who = await self._students.find(person)
        if who is not None and facts.chat_id is not None:
            self._emergency.remember_region(facts.chat_id, who.region)
        return who

    async def _receive_words(
        self, row: Stored, facts: UpdateFacts, who: StudentView | None, *, again: bool
    ) -> Screened:
        screened = await self._receive.receive(
            Incoming(
                bot="student",
                update_id=row.update_id,
                telegram_id=facts.user_id or facts.chat_id or 0,
                person_id=who.id if who is not None and _stores_words(who) else None,
                parts=facts.parts,
                again=again,
            )
        )
        if screened.level is not RiskLevel.NONE:
            self._health.flagged.labels(screened.level.value).inc()
        return screened


def _stores_words(who: StudentView | None) -> bool:
    """Whether they agreed to it; a mood-only student did not."""
    return who is not None and who.stage != "mood_only"


class StaffWorker:
    """Handles the staff bot's updates."""

    def __init__(
        self,
        *,
        application: Application[Any, Any, Any, Any, Any, Any],
        ready: asyncio.Event,
        finisher: Finisher,
        post_office: PostOffice,
        services: Services,
        health: Health,
        emergency: Emergency,
    ) -> None:
        self._application = application
        self._ready = ready
        self._finisher = finisher
        self._post_office = post_office
        self._services = services
        self._health = health
        self._emergency = emergency
        self._applied: set[uuid.UUID] = set()

    async def screen(self, row: Stored, again: bool) -> Read:
        """Read a row; no word of it is kept, so nothing is screened."""
        raw = json.loads(row.payload)
        return Read(raw, read_update(raw), time.monotonic())

    async def handle(self, row: Stored, read: Read) -> None:
        """Dispatch and finish one update; PTB's swallowed exception is raised here.

        TelegramAway when Telegram, and not this update, is to blame. Waits while Telegram has yet
        to say who the bot is: PTB handles nothing before, and a webhook brings updates already.
        """
        await self._ready.wait()
        with telegram_faults():
            await self._handle(row, read)

    async def _handle(self, row: Stored, read: Read) -> None:
        raw, facts = read.raw, read.facts
        if row.applied or row.id in self._applied:
            await self._only_redraw(row, facts, raw)
            return
        bot = self._application.bot
        cause = Cause("staff", row.update_id, row.id)
        token = current_cause.set(cause)
        faults: list[BaseException] = []
        faults_token = current_faults.set(faults)
        try:
            if facts.kind == "my_chat_member":
                await _membership(self._post_office, "staff", facts, raw)
            else:
                await self._application.process_update(Update.de_json(raw, bot))
        finally:
            current_cause.reset(token)
            current_faults.reset(faults_token)
            if cause.applied:
                self._applied.add(row.id)
        if faults:
            if not isinstance(faults[0], AlreadyApplied):
                raise faults[0]
            self._applied.add(row.id)
            await self._only_redraw(row, facts, raw)
            return
        await self._finisher.done(row)
        self._applied.discard(row.id)
        self._health.handled.labels("staff", "done").inc()
        self._health.seconds.labels("staff").observe(time.monotonic() - read.started)

    async def _only_redraw(self, row: Stored, facts: UpdateFacts, raw: dict[str, Any]) -> None:
        """Its flow was committed, and a crash, a lost answer or a failed reply came after."""
        bot = self._application.bot
        if facts.kind != "my_chat_member":
            await redraw_staff(bot, Update.de_json(raw, bot), self._services)
        await self._finisher.done(row)
        self._applied.discard(row.id)
        self._health.handled.labels("staff", "redrawn").inc()

    async def park(self, row: Stored, reason: str) -> None:
        """Put a poison row aside and say so; a stranger's without what was written."""
        await self._finisher.park(row, reason, keep=await self._may_keep(row))
        self._applied.discard(row.id)
        self._health.parked += 1
        await self._emergency.tell_parked(row)
        await self._services.alerts.tell_operator("update_parked")

    async def _may_keep(self, row: Stored) -> bool:
        try:
            user_id = read_update(json.loads(row.payload)).user_id
        except ValueError:
            return True
        return user_id is not None and await self._services.staffing.find(user_id) is not None


async def _membership(
    post_office: PostOffice, bot: str, facts: UpdateFacts, raw: dict[str, Any]
) -> None:
    """The bot was blocked or started again."""
    if facts.private and facts.user_id is not None:
        await post_office.address_seen(bot, facts.user_id, blocked=_status(raw) in _GONE)


def _status(raw: dict[str, Any]) -> str | None:
    """What the bot has become in a chat, where the update says so."""
    change = raw.get("my_chat_member")
    new = change.get("new_chat_member") if isinstance(change, dict) else None
    status = new.get("status") if isinstance(new, dict) else None
    return status if isinstance(status, str) else None
