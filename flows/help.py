"""What a student can do about a case: ask, write on, say it was meant otherwise."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from flows.care import event_of, letter, open_asked, open_or_raise, tell_counselor, tell_desk
from flows.clock import Clock
from flows.consent import TALK, require_consent
from flows.errors import FlowError, OutdatedAction, Refusal
from flows.marks import SENT, leave_mark
from flows.policy import Policy
from flows.receive import Screened
from flows.roles import on_duty_for
from flows.rules import triage as rules
from flows.rules.risk import RiskLevel
from storage import assessments, cases, messages, staff, students
from storage.database import Database, Unit
from storage.records import audit
from storage.tables.care import Case


@dataclasses.dataclass(frozen=True, slots=True)
class HelpView:
    """How a student's case stands."""

    case_id: uuid.UUID
    number: int
    status: str
    counselor_name: str | None
    newly_open: bool
    anyone_on_call: bool
    # whoever is on duty is being called now
    calling: bool = False


class Help:
    """The student's side of a case."""

    def __init__(self, database: Database, clock: Clock, policy: Policy) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy

    async def is_anyone_on_call(self, student_id: uuid.UUID | None) -> bool:
        """Whether a counselor is on call now: the first screen says it truthfully.

        Without a student: for somebody who has not come in yet.
        """
        now = self._clock.now()
        return await self._database.read(lambda unit: _is_on_call(unit, student_id, now))

    async def current(self, student_id: uuid.UUID) -> HelpView | None:
        """The student's open case, if there is one."""
        now = self._clock.now()

        def work(unit: Unit) -> HelpView | None:
            case = cases.current_of(unit, student_id)
            on_call = _is_on_call(unit, student_id, now)
            return None if case is None else _view(unit, case, False, on_call)

        return await self._database.read(work)

    async def ask(
        self, student_id: uuid.UUID, level: RiskLevel = RiskLevel.NONE, *, update_id: int
    ) -> HelpView:
        """Ask for a counselor without any flag, or by the button under a card of before consent.

        That button carries how bad the words were; a case closed since then has dealt with them.
        """
        now = self._clock.now()

        def work(unit: Unit) -> HelpView:
            require_consent(unit, student_id, TALK)
            over = level is not RiskLevel.NONE and cases.was_any_closed(unit, student_id)
            counts = RiskLevel.NONE if over else level
            case, newly = open_asked(unit, student_id, counts, update_id, now, self._policy)
            told = tell_desk(unit, case, now, self._policy, newly_open=newly, new_words=False)
            return _view(unit, case, newly, told.on_call)

        return await self._database.transact(work)

    async def say(self, student_id: uuid.UUID, screened: Screened) -> HelpView:
        """Put screened words into the open case and tell its counselor.

        FlowError NO_CASE when none is open: the caller offers to open one.
        """
        now = self._clock.now()

        def work(unit: Unit) -> HelpView:
            case = cases.open_case_of(unit, student_id)
            if case is None:
                raise FlowError(Refusal.NO_CASE)
            case = self._add_screened(unit, case, screened, screened.message_ids)
            on_call = _is_on_call(unit, student_id, now)
            return _view(unit, case, False, on_call)

        return await self._database.transact(work)

    async def note_sent(
        self, student_id: uuid.UUID, what: str, screened: Screened, update_id: int
    ) -> HelpView:
        """Something that is neither kept nor passed on was sent: the talk says so.

        `what` is one of SENT. Words that came with it go along; flagged ones are there already.
        FlowError NO_CASE when none is open.
        """
        if what not in SENT:
            raise FlowError(Refusal.BAD_VALUE)
        now = self._clock.now()

        def work(unit: Unit) -> HelpView:
            case = cases.open_case_of(unit, student_id)
            if case is None:
                raise FlowError(Refusal.NO_CASE)
            mark = leave_mark(unit, case, what, update_id, now)
            if not screened.flagged:
                ids = (*screened.message_ids, mark)
                case = self._add_screened(unit, case, screened, ids)
            return _view(unit, case, False, _is_on_call(unit, student_id, now))

        return await self._database.transact(work)

    async def send_words(
        self, student_id: uuid.UUID, message_id: uuid.UUID, *, about_me: bool = False
    ) -> HelpView:
        """'Send this to a counselor' under words written earlier: opens a case with them.

        All parts of their update go along: a quote and what was said of it. Where somebody else
        may be dying they page, the first time they are sent; `about_me` is the student's word
        that the friend is themselves.
        """
        now = self._clock.now()

        def work(unit: Unit) -> HelpView:
            require_consent(unit, student_id, TALK)
            words = students.lock_words(unit, student_id, message_id)
            if not words:
                raise OutdatedAction
            signals = assessments.signals_of(unit, words, only_unsent=not about_me)
            level = rules.level_passed_on(signals, about_me=about_me)
            triage = rules.triage_of(level)
            case, newly = open_or_raise(unit, student_id, triage, "asked", now, self._policy)
            told = tell_desk(unit, case, now, self._policy, newly_open=newly)
            self._add_words(unit, case, tuple(words), imminent=rules.pages(triage))
            calling = rules.pages(triage) and case.status == "waiting" and told.on_call
            view = _view(unit, case, newly, told.on_call)
            return dataclasses.replace(view, calling=calling)

        return await self._database.transact(work)

    async def not_meant(
        self, student_id: uuid.UUID, case_id: uuid.UUID, update_id: int
    ) -> RiskLevel:
        """'I didn't mean it that way': stored for the counselor; lowers nothing by itself.

        It is said of the words that came with an update. Returns the triage the case keeps:
        imminent is never lowered, and neither is the rest: a person decides.
        """
        now = self._clock.now()

        def work(unit: Unit) -> RiskLevel:
            case = cases.lock(unit, case_id)
            if case is None or case.student_id != student_id or case.status == "closed":
                raise OutdatedAction
            kept = list(RiskLevel)[case.triage]
            if not assessments.set_not_meant(unit, case_id, update_id):
                return kept
            audit(unit, "student_says_not_meant", now, subject_id=case.id)
            if case.status == "taken" and case.counselor_id is not None:
                letter(
                    unit, case.counselor_id, "staff", "notice", "staff-out-not-meant",
                    f"notmeant:{event_of(case)}", now,
                    case=case.id.hex, number=case.number,
                )  # fmt: skip
            return kept

        return await self._database.transact(work)

    def _add_screened(
        self, unit: Unit, case: Case, screened: Screened, message_ids: tuple[uuid.UUID, ...]
    ) -> Case:
        """Words of an open talk; where somebody else may be dying they page like own ones."""
        if screened.other_in_danger:
            now, triage = self._clock.now(), rules.triage_of(screened.other_level)
            case, news = open_or_raise(unit, case.student_id, triage, "flagged", now, self._policy)
            tell_desk(unit, case, now, self._policy, newly_open=news)
        self._add_words(unit, case, message_ids, imminent=screened.other_in_danger)
        return case

    def _add_words(
        self,
        unit: Unit,
        case: Case,
        message_ids: tuple[uuid.UUID, ...],
        *,
        imminent: bool = False,
    ) -> None:
        now = self._clock.now()
        messages.attach(unit, message_ids, case.id)
        if case.status == "taken" and message_ids:
            tell_counselor(
                unit, case, now, self._policy, f"words:{message_ids[0].hex}", imminent=imminent
            )


def _is_on_call(unit: Unit, student_id: uuid.UUID | None, now: dt.datetime) -> bool:
    return bool(on_duty_for(unit, student_id, "counselor", now, only_on_call=True))


def _view(unit: Unit, case: Case, newly_open: bool, on_call: bool) -> HelpView:
    name = staff.name_of(unit, case.counselor_id)
    return HelpView(case.id, case.number, case.status, name, newly_open, on_call)
