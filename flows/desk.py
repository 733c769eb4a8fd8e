"""The counselor's side of a case: queue, card, take, talk, note, release, close."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

import sqlalchemy as sa

from flows.care import end_paging, letter, tell_desk
from flows.clock import Clock
from flows.errors import FlowError, OutdatedAction, Refusal
from flows.policy import Policy
from flows.rules import triage as rules
from storage import cases, messages, people
from storage.base import new_id
from storage.database import Database, Unit
from storage.messages import NewMessage, Words
from storage.records import audit, log_access
from storage.tables.care import Assessment, Case, FollowUp
from storage.tables.people import Person, Staff, Student

DESK_ROLES = frozenset({"counselor", "admin"})


@dataclasses.dataclass(frozen=True, slots=True)
class QueueItem:
    """One line of the queue."""

    case_id: uuid.UUID
    number: int
    triage: int
    status: str
    opened_at: dt.datetime
    mine: bool
    counselor_name: str | None
    unread: int


@dataclasses.dataclass(frozen=True, slots=True)
class SignalLine:
    """One reason, as the card shows it: no words."""

    kind: str
    level: str
    tier: str
    reason: str
    version: str


@dataclasses.dataclass(frozen=True, slots=True)
class CaseCard:
    """A case at a glance; the words come on tap only."""

    case_id: uuid.UUID
    number: int
    status: str
    triage: int
    origin: str
    opened_at: dt.datetime
    taken_at: dt.datetime | None
    mine: bool
    counselor_name: str | None
    student_language: str
    student_region: str | None
    age_band: str
    local_time: str
    signals: tuple[SignalLine, ...]
    student_says_not_meant: bool
    degraded: bool
    unread: int
    earlier_cases: int
    paging: bool
    student_blocked: bool
    disposition: str | None
    closed_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class OpenedWords:
    """A student's words, opened by a tap and logged."""

    case_id: uuid.UUID
    number: int
    words: tuple[Words, ...]
    mine: bool


@dataclasses.dataclass(frozen=True, slots=True)
class OpenedNotes:
    """Notes of a case: author's chosen name, words, time."""

    number: int
    notes: tuple[tuple[str | None, str, dt.datetime], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Said:
    """Where a counselor's text went."""

    case_id: uuid.UUID
    number: int
    step: str
    student_blocked: bool


class Desk:
    """What counselors do with cases."""

    def __init__(self, database: Database, clock: Clock, policy: Policy) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy

    async def queue(
        self, staff_id: uuid.UUID, *, offset: int = 0, limit: int = 10
    ) -> tuple[tuple[QueueItem, ...], int]:
        """Open cases by triage level, then age; and how many there are in all."""

        def work(unit: Unit) -> tuple[tuple[QueueItem, ...], int]:
            require_desk(unit, staff_id)
            rows = cases.waiting_and_taken(unit, "counseling", limit, offset)
            items = tuple(
                QueueItem(
                    case.id,
                    case.number,
                    case.triage,
                    case.status,
                    case.opened_at,
                    case.counselor_id == staff_id,
                    _counselor_name(unit, case),
                    messages.count_unread(unit, case.id),
                )
                for case in rows
            )
            return items, cases.count_open(unit, "counseling")

        return await self._database.read(work)

    async def find(self, staff_id: uuid.UUID, number: int) -> uuid.UUID | None:
        """The case of that number."""

        def work(unit: Unit) -> uuid.UUID | None:
            require_desk(unit, staff_id)
            case = cases.by_number(unit, number)
            return case.id if case is not None else None

        return await self._database.read(work)

    async def card(self, staff_id: uuid.UUID, case_id: uuid.UUID) -> CaseCard:
        """A case at a glance, without words."""
        now = self._clock.now()

        def work(unit: Unit) -> CaseCard:
            require_desk(unit, staff_id)
            case = unit.get(Case, case_id)
            if case is None:
                raise OutdatedAction
            return _card(unit, case, staff_id, now)

        return await self._database.read(work)

    async def take(self, staff_id: uuid.UUID, case_id: uuid.UUID) -> CaseCard:
        """Take a waiting case: stops its pages, tells the student, opens the talk.

        FlowError TAKEN when a colleague was faster.
        """
        now = self._clock.now()

        def work(unit: Unit) -> CaseCard:
            _, staff = require_desk(unit, staff_id)
            case = _locked(unit, case_id)
            if case.status == "taken" and case.counselor_id != staff_id:
                raise FlowError(Refusal.TAKEN)
            if case.status != "taken":
                _step(case, rules.CaseStep.TAKE)
                case.counselor_id, case.taken_at = staff_id, now
                case.answer_due_at = rules.answer_due(case.triage, now, self._policy.cases)
                unit.flush()
                audit(unit, "case_taken", now, actor_id=staff_id, subject_id=case.id)
                letter(
                    unit, case.student_id, "student", "notice", "out-case-taken",
                    f"taken:{case.id.hex}:{int(now.timestamp() * 1000)}", now,
                    counselor=people.staff_name(unit, staff),
                )  # fmt: skip
            end_paging(unit, case, staff_id, now)
            cases.set_reader(unit, staff_id, case.id, "talk", now)
            return _card(unit, case, staff_id, now)

        return await self._database.transact(work)

    async def open_words(
        self, staff_id: uuid.UUID, case_id: uuid.UUID, *, only_unread: bool = False
    ) -> OpenedWords:
        """Open a student's words: written to the access log in the same commit."""
        now = self._clock.now()

        def work(unit: Unit) -> OpenedWords:
            require_desk(unit, staff_id)
            case = _locked(unit, case_id)
            words = messages.of_case(unit, case.id, limit=20, only_unread=only_unread)
            log_access(unit, case.student_id, staff_id, case.id, "words", now)
            audit(unit, "words_opened", now, actor_id=staff_id, subject_id=case.id)
            messages.mark_read(unit, [w.id for w in words if w.direction == "from_student"], now)
            mine = case.status == "taken" and case.counselor_id == staff_id
            if mine:
                cases.set_reader(unit, staff_id, case.id, "talk", now)
            return OpenedWords(case.id, case.number, tuple(words), mine)

        return await self._database.transact(work)

    async def set_step(
        self, staff_id: uuid.UUID, case_id: uuid.UUID | None, step: str = "talk"
    ) -> None:
        """What the counselor's next text is: an answer or a note in a case, or nothing."""
        now = self._clock.now()

        def work(unit: Unit) -> None:
            require_desk(unit, staff_id)
            if case_id is not None:
                _mine(unit, case_id, staff_id)
            cases.set_reader(unit, staff_id, case_id, step, now)

        await self._database.transact(work)

    async def writing_in(self, staff_id: uuid.UUID) -> tuple[uuid.UUID, str] | None:
        """The case and step that the counselor's next text belongs to."""

        def work(unit: Unit) -> tuple[uuid.UUID, str] | None:
            row = cases.reader(unit, staff_id)
            return (row.case_id, row.step) if row is not None else None

        return await self._database.read(work)

    async def say(self, staff_id: uuid.UUID, text: str, update_id: int) -> Said:
        """A counselor's text: to the student of the open talk, or a note.

        FlowError NO_CASE when no talk is open.
        """
        now = self._clock.now()
        cleaned = text.strip()
        if not cleaned:
            raise FlowError(Refusal.EMPTY)
        if len(cleaned) > 3500:
            raise FlowError(Refusal.TOO_LONG)

        def work(unit: Unit) -> Said:
            _, staff = require_desk(unit, staff_id)
            row = cases.reader(unit, staff_id)
            if row is None:
                raise FlowError(Refusal.NO_CASE)
            case = _mine(unit, row.case_id, staff_id)
            if row.step == "note":
                cases.add_note(unit, case, staff_id, cleaned, now)
                audit(unit, "note_added", now, actor_id=staff_id, subject_id=case.id)
                cases.set_reader(unit, staff_id, case.id, "talk", now)
                return Said(case.id, case.number, "note", False)
            spoken = NewMessage(
                student_id=case.student_id,
                author_id=staff_id,
                direction="to_student",
                part="text",
                body=cleaned,
                bot="staff",
                update_id=update_id,
                case_id=case.id,
            )
            (message_id,) = messages.add_all(unit, [(spoken, None)], now)
            letter(
                unit, case.student_id, "student", "relay", "out-from-counselor",
                f"relay:{message_id.hex}", now, key_owner=case.student_id,
                counselor=people.staff_name(unit, staff), text=cleaned,
            )  # fmt: skip
            case.counselor_wrote_at, case.answer_due_at = now, None
            end_paging(unit, case, staff_id, now)
            unit.flush()
            return Said(case.id, case.number, "talk", case.student_blocked_at is not None)

        return await self._database.transact(work)

    async def notes(self, staff_id: uuid.UUID, case_id: uuid.UUID) -> OpenedNotes:
        """Open a case's notes: written to the access log."""
        now = self._clock.now()

        def work(unit: Unit) -> OpenedNotes:
            require_desk(unit, staff_id)
            case = _locked(unit, case_id)
            log_access(unit, case.student_id, staff_id, case.id, "notes", now)
            found = []
            for author_id, body, at in cases.notes_of(unit, case):
                author = unit.get(Staff, author_id)
                name = people.staff_name(unit, author) if author is not None else None
                found.append((name, body, at))
            return OpenedNotes(case.number, tuple(found))

        return await self._database.transact(work)

    async def release(self, staff_id: uuid.UUID, case_id: uuid.UUID) -> CaseCard:
        """Give a case back to the queue; an imminent one pages again."""
        now = self._clock.now()

        def work(unit: Unit) -> CaseCard:
            require_desk(unit, staff_id)
            case = _mine(unit, case_id, staff_id)
            back_to_queue(unit, case, rules.CaseStep.RELEASE, staff_id, now, self._policy)
            return _card(unit, case, staff_id, now)

        return await self._database.transact(work)

    async def close(self, staff_id: uuid.UUID, case_id: uuid.UUID, disposition: str) -> CaseCard:
        """Close a case: the student is told, and asked next day how they are."""
        now = self._clock.now()
        if disposition not in rules.DISPOSITIONS:
            raise FlowError(Refusal.BAD_VALUE)

        def work(unit: Unit) -> CaseCard:
            require_desk(unit, staff_id)
            case = _mine(unit, case_id, staff_id)
            _step(case, rules.CaseStep.CLOSE)
            case.closed_at, case.disposition, case.answer_due_at = now, disposition, None
            unit.flush()
            cases.drop_readers(unit, case.id)
            end_paging(unit, case, None, now)
            due = now + dt.timedelta(hours=self._policy.cases.follow_up_after_h)
            unit.add(
                FollowUp(
                    id=new_id(), case_id=case.id, student_id=case.student_id,
                    state="planned", due_at=due,
                )
            )  # fmt: skip
            unit.flush()
            audit(
                unit, "case_closed", now, actor_id=staff_id, subject_id=case.id,
                facts={"disposition": disposition},
            )  # fmt: skip
            letter(
                unit, case.student_id, "student", "notice", "out-case-closed",
                f"closed:{case.id.hex}:{int(now.timestamp() * 1000)}", now,
            )  # fmt: skip
            return _card(unit, case, staff_id, now)

        return await self._database.transact(work)

    async def label(self, staff_id: uuid.UUID, case_id: uuid.UUID, label: str) -> None:
        """A counselor's word on the flags of a case: true_alarm or false_alarm."""
        now = self._clock.now()
        if label not in {"true_alarm", "false_alarm"}:
            raise FlowError(Refusal.BAD_VALUE)

        def work(unit: Unit) -> None:
            require_desk(unit, staff_id)
            case = _locked(unit, case_id)
            unit.execute(
                sa.update(Assessment)
                .where(Assessment.case_id == case.id, Assessment.level != "none")
                .values(label=label)
            )
            audit(
                unit, "flags_labelled", now, actor_id=staff_id, subject_id=case.id,
                facts={"label": label},
            )  # fmt: skip

        await self._database.transact(work)

    async def return_silent(self) -> int:
        """Sweep: taken cases whose student waits too long go back to the queue; how many."""
        now = self._clock.now()

        def work(unit: Unit) -> int:
            rows = cases.silent(unit, now)
            for case in rows:
                back_to_queue(unit, case, rules.CaseStep.RETURN, None, now, self._policy)
            return len(rows)

        return await self._database.transact(work)


def require_desk(unit: Unit, staff_id: uuid.UUID) -> tuple[Person, Staff]:
    """Counselors and admins who were not revoked; checked on every step, so it bites at once."""
    found = people.get_staff(unit, staff_id)
    if found is None or found[1].revoked_at is not None:
        raise FlowError(Refusal.NOT_STAFF)
    if found[1].role not in DESK_ROLES:
        raise FlowError(Refusal.NOT_ALLOWED)
    return found


def back_to_queue(
    unit: Unit,
    case: Case,
    step: rules.CaseStep,
    staff_id: uuid.UUID | None,
    now: dt.datetime,
    policy: Policy,
) -> None:
    """A released or silent case waits again, and the desk hears of it."""
    before = case.counselor_id
    _step(case, step)
    case.counselor_id = case.taken_at = case.answer_due_at = None
    unit.flush()
    cases.drop_readers(unit, case.id)
    audit(unit, f"case_{step.value}", now, actor_id=staff_id, subject_id=case.id)
    tell_desk(unit, case, now, policy, newly_open=True)
    if step is rules.CaseStep.RETURN and before is not None:
        letter(
            unit, before, "staff", "notice", "staff-out-returned",
            f"returned:{case.id.hex}:{int(now.timestamp() * 1000)}", now,
            case=case.id.hex, number=case.number,
        )  # fmt: skip


def _locked(unit: Unit, case_id: uuid.UUID) -> Case:
    case = cases.lock(unit, case_id)
    if case is None:
        raise OutdatedAction
    return case


def _mine(unit: Unit, case_id: uuid.UUID, staff_id: uuid.UUID) -> Case:
    case = _locked(unit, case_id)
    if case.status != "taken":
        raise OutdatedAction
    if case.counselor_id != staff_id:
        raise FlowError(Refusal.NOT_YOURS)
    return case


def _step(case: Case, step: rules.CaseStep) -> None:
    try:
        case.status = rules.TRANSITIONS[case.status, step]
    except KeyError:
        raise OutdatedAction from None


def _counselor_name(unit: Unit, case: Case) -> str | None:
    if case.counselor_id is None:
        return None
    staff = unit.get(Staff, case.counselor_id)
    return people.staff_name(unit, staff) if staff is not None else None


def _card(unit: Unit, case: Case, staff_id: uuid.UUID, now: dt.datetime) -> CaseCard:
    import zoneinfo

    person, student = unit.get(Person, case.student_id), unit.get(Student, case.student_id)
    assert person is not None and student is not None
    assessments = messages.assessments_of_case(unit, case.id)
    signals: dict[tuple[str, str], SignalLine] = {}
    for assessment in assessments:
        for s in assessment.signals:
            line = SignalLine(s["kind"], s["level"], s["tier"], s["reason"], s["version"])
            signals.setdefault((line.kind, line.reason), line)
    order = {"imminent": 0, "elevated": 1, "low": 2, "none": 3}
    return CaseCard(
        case_id=case.id,
        number=case.number,
        status=case.status,
        triage=case.triage,
        origin=case.origin,
        opened_at=case.opened_at,
        taken_at=case.taken_at,
        mine=case.counselor_id == staff_id and case.status == "taken",
        counselor_name=_counselor_name(unit, case),
        student_language=person.language,
        student_region=student.region,
        age_band=student.age_band,
        local_time=now.astimezone(zoneinfo.ZoneInfo(person.time_zone)).strftime("%H:%M"),
        signals=tuple(sorted(signals.values(), key=lambda s: order.get(s.level, 9)))[:8],
        student_says_not_meant=any(a.student_says == "not_meant" for a in assessments),
        degraded=any(a.degraded for a in assessments),
        unread=messages.count_unread(unit, case.id),
        earlier_cases=cases.count_earlier(unit, case),
        paging=cases.open_alert(unit, case.id) is not None,
        student_blocked=case.student_blocked_at is not None,
        disposition=case.disposition,
        closed_at=case.closed_at,
    )
