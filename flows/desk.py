"""The counselor's side of a case: queue, card, take, talk, note, release, close."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from flows.care import back_to_queue, end_paging, event_of, letter, take_step, tell_desk
from flows.case_card import CaseCard, QueueItem, SignalLine, card_of, queue_item
from flows.clock import Clock
from flows.consent import note_event
from flows.errors import FlowError, OutdatedAction, Refusal
from flows.policy import Policy
from flows.roles import DESK_ROLES, require_desk, require_other
from flows.rules import triage as rules
from flows.rules.risk import RiskLevel
from storage import assessments, cases, follow_ups, messages, outbox, people, staff
from storage.database import Database, Unit
from storage.messages import NewMessage, Words
from storage.records import audit, log_access
from storage.tables.care import Case

__all__ = [
    "DESK_ROLES",
    "CaseCard",
    "Desk",
    "OpenedNotes",
    "OpenedWords",
    "QueueItem",
    "Said",
    "SignalLine",
]

_LONGEST = 3500
_PAGE = 20
_MUST_BE_OPENED = tuple(level.value for level in RiskLevel if rules.opens_case(level))


@dataclasses.dataclass(frozen=True, slots=True)
class OpenedWords:
    """A student's words, opened by a tap and logged."""

    case_id: uuid.UUID
    number: int
    words: tuple[Words, ...]
    mine: bool
    waiting: bool
    # unread ones besides these
    left: int


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
            own = people.twin(unit, staff_id, "staff", "student")
            rows = cases.waiting_and_taken(unit, "counseling", limit, offset, besides=own)
            items = tuple(queue_item(unit, case, staff_id) for case in rows)
            return items, cases.count_open(unit, "counseling", besides=own)

        return await self._database.read(work)

    async def find(self, staff_id: uuid.UUID, number: int) -> uuid.UUID | None:
        """The case of that number."""

        def work(unit: Unit) -> uuid.UUID | None:
            require_desk(unit, staff_id)
            case = cases.by_number(unit, number)
            return case.id if case is not None else None

        return await self._database.read(work)

    def _card(self, unit: Unit, case: Case, staff_id: uuid.UUID) -> CaseCard:
        codes = not self._policy.enrolment.open
        return card_of(unit, case, staff_id, self._clock.now(), codes=codes)

    async def card(self, staff_id: uuid.UUID, case_id: uuid.UUID) -> CaseCard:
        """A case at a glance, without words."""

        def work(unit: Unit) -> CaseCard:
            require_desk(unit, staff_id)
            case = cases.get(unit, case_id)
            if case is None:
                raise OutdatedAction
            require_other(unit, case, staff_id)
            return self._card(unit, case, staff_id)

        return await self._database.read(work)

    async def take(self, staff_id: uuid.UUID, case_id: uuid.UUID) -> CaseCard:
        """Take a waiting case: stops its pages, tells the student, opens the talk.

        FlowError TAKEN when a colleague was faster.
        """
        now = self._clock.now()

        def work(unit: Unit) -> CaseCard:
            require_desk(unit, staff_id, hold=True)
            case = _locked(unit, case_id, staff_id)
            if case.status == "taken" and case.counselor_id != staff_id:
                raise FlowError(Refusal.TAKEN)
            if case.status != "taken":
                take_step(case, rules.CaseStep.TAKE)
                case.counselor_id, case.taken_at = staff_id, now
                case.answer_due_at = rules.answer_due(case.triage, now, self._policy.cases)
                audit(unit, "case_taken", now, actor_id=staff_id, subject_id=case.id)
                letter(
                    unit, case.student_id, "student", "notice", "out-case-taken",
                    f"taken:{event_of(case)}", now,
                    counselor=staff.name_of(unit, staff_id),
                )  # fmt: skip
            end_paging(unit, case, staff_id, now)
            cases.set_reader(unit, staff_id, case.id, "talk", now)
            return self._card(unit, case, staff_id)

        return await self._database.transact(work)

    async def open_words(
        self, staff_id: uuid.UUID, case_id: uuid.UUID, *, only_unread: bool = False
    ) -> OpenedWords:
        """Open a student's words: written to the access log in the same commit.

        They stay unread until `words_shown`: a reply can fail.
        """
        now = self._clock.now()

        def work(unit: Unit) -> OpenedWords:
            require_desk(unit, staff_id)
            case = _locked(unit, case_id, staff_id)
            words = messages.of_case(unit, case.id, limit=_PAGE, only_unread=only_unread)
            log_access(unit, case.student_id, staff_id, case.id, "words", now)
            audit(unit, "words_opened", now, actor_id=staff_id, subject_id=case.id)
            mine = case.status == "taken" and case.counselor_id == staff_id
            cases.set_reader(unit, staff_id, case.id if mine else None, "talk", now)
            left = messages.count_unread(unit, case.id, besides=[w.id for w in words])
            waiting = case.status == "waiting"
            return OpenedWords(case.id, case.number, tuple(words), mine, waiting, left)

        return await self._database.transact(work)

    async def words_shown(self, staff_id: uuid.UUID, opened: OpenedWords) -> None:
        """Telegram took every message that shows them: only now have they been read.

        Bookkeeping after the fact: no second flow.
        """
        now = self._clock.now()

        def work(unit: Unit) -> None:
            require_desk(unit, staff_id)
            case = _locked(unit, opened.case_id, staff_id)
            if case.status == "taken" and case.counselor_id != staff_id:
                return  # a colleague's look takes nothing off the holder's list
            ids = [w.id for w in opened.words if w.direction == "from_student"]
            messages.mark_read(unit, ids, now)
            if case.status == "taken" and not _has_unopened(unit, case):
                end_paging(unit, case, staff_id, now)

        await self._database.transact(work, receiving=True)

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

    async def leave_other(self, staff_id: uuid.UUID, case_id: uuid.UUID) -> None:
        """Whoever looks at another case no longer writes in the one before."""
        now = self._clock.now()

        def work(unit: Unit) -> None:
            row = cases.reader(unit, staff_id)
            if row is not None and row.case_id != case_id:
                cases.set_reader(unit, staff_id, None, "talk", now)

        await self._database.transact(work)

    async def writing_in(self, staff_id: uuid.UUID) -> tuple[uuid.UUID, str] | None:
        """The case and step that the counselor's next text belongs to."""

        def work(unit: Unit) -> tuple[uuid.UUID, str] | None:
            row = cases.reader(unit, staff_id)
            return (row.case_id, row.step) if row is not None else None

        return await self._database.read(work)

    async def say(
        self, staff_id: uuid.UUID, text: str, update_id: int, *, preview: int | None = None
    ) -> Said:
        """A counselor's text: to the student of the open talk, or a note.

        FlowError NO_CASE when no talk is open; OutdatedAction when the message whose button sends
        it (`preview`) has sent it already: a double tap is two updates.
        """
        now = self._clock.now()
        cleaned = text.strip()
        if not cleaned:
            raise FlowError(Refusal.EMPTY)
        # as Telegram counts: UTF-16 units
        if len(cleaned.encode("utf-16-le", "surrogatepass")) // 2 > _LONGEST:
            raise FlowError(Refusal.TOO_LONG)

        def work(unit: Unit) -> Said:
            require_desk(unit, staff_id)
            row = cases.reader(unit, staff_id)
            if row is None:
                raise FlowError(Refusal.NO_CASE)
            case = _mine(unit, row.case_id, staff_id)
            if row.step == "note":
                cases.add_note(unit, case, staff_id, cleaned, now)
                audit(unit, "note_added", now, actor_id=staff_id, subject_id=case.id)
                # the next text must not go to the student by itself
                cases.set_reader(unit, staff_id, None, "talk", now)
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
            once = None if preview is None else f"preview:{staff_id.hex}:{preview}"
            if once is not None and outbox.is_known(unit, once):
                raise OutdatedAction
            (message_id,) = messages.add_all(unit, [(spoken, None)], now)
            letter(
                unit, case.student_id, "student", "relay", "out-from-counselor",
                once or f"relay:{message_id.hex}", now, key_owner=case.student_id,
                counselor=staff.name_of(unit, staff_id), text=cleaned,
            )  # fmt: skip
            case.counselor_wrote_at = now
            if not _has_unopened(unit, case):
                case.answer_due_at = None
                end_paging(unit, case, staff_id, now)
            return Said(case.id, case.number, "talk", case.student_blocked_at is not None)

        return await self._database.transact(work)

    async def notes(self, staff_id: uuid.UUID, case_id: uuid.UUID) -> OpenedNotes:
        """Open a case's notes: written to the access log."""
        now = self._clock.now()

        def work(unit: Unit) -> OpenedNotes:
            require_desk(unit, staff_id)
            case = _locked(unit, case_id, staff_id)
            log_access(unit, case.student_id, staff_id, case.id, "notes", now)
            cases.set_reader(unit, staff_id, None, "talk", now)
            notes = tuple(
                (staff.name_of(unit, author_id), body, at)
                for author_id, body, at in cases.notes_of(unit, case)
            )
            return OpenedNotes(case.number, notes)

        return await self._database.transact(work)

    async def release(self, staff_id: uuid.UUID, case_id: uuid.UUID) -> CaseCard:
        """Give a case back to the queue; an imminent one pages again.

        A student whom they had spoken with is told: silence would look like being left.
        """
        now = self._clock.now()

        def work(unit: Unit) -> CaseCard:
            require_desk(unit, staff_id)
            case = _mine(unit, case_id, staff_id)
            wrote, taken = case.counselor_wrote_at, case.taken_at
            back_to_queue(unit, case, rules.CaseStep.RELEASE, staff_id, now, self._policy)
            if wrote is not None and taken is not None and wrote >= taken:
                on_call = staff.on_duty(unit, "counselor", now, only_on_call=True)
                letter(
                    unit, case.student_id, "student", "notice", "out-case-released",
                    f"released:{event_of(case)}", now,
                    counselor=staff.name_of(unit, staff_id), on_call=bool(on_call),
                )  # fmt: skip
            return self._card(unit, case, staff_id)

        return await self._database.transact(work)

    async def close(self, staff_id: uuid.UUID, case_id: uuid.UUID, disposition: str) -> CaseCard:
        """Close a case: the student is told, and asked next day how they are.

        OutdatedAction while it holds flagged words that came after it was taken and that nobody
        opened: they may have come in just before the button was pressed, and in a closed case
        nobody would see them.
        """
        now = self._clock.now()
        if disposition not in rules.DISPOSITIONS:
            raise FlowError(Refusal.BAD_VALUE)

        def work(unit: Unit) -> CaseCard:
            require_desk(unit, staff_id)
            case = _mine(unit, case_id, staff_id)
            if _has_unopened(unit, case):
                raise OutdatedAction
            take_step(case, rules.CaseStep.CLOSE)
            case.closed_at, case.disposition, case.answer_due_at = now, disposition, None
            cases.drop_readers(unit, case.id)
            end_paging(unit, case, None, now)
            after = dt.timedelta(hours=self._policy.cases.follow_up_after_h)
            follow_ups.plan(unit, case, now + after)
            note_event(unit, case.student_id, "case_closed", now, disposition=disposition)
            audit(
                unit, "case_closed", now, actor_id=staff_id, subject_id=case.id,
                facts={"disposition": disposition},
            )  # fmt: skip
            letter(
                unit, case.student_id, "student", "notice", "out-case-closed",
                f"closed:{event_of(case)}", now,
            )  # fmt: skip
            return self._card(unit, case, staff_id)

        return await self._database.transact(work)

    async def label(self, staff_id: uuid.UUID, case_id: uuid.UUID, label: str) -> None:
        """A counselor's word on the flags of a case: true_alarm or false_alarm."""
        now = self._clock.now()
        if label not in {"true_alarm", "false_alarm"}:
            raise FlowError(Refusal.BAD_VALUE)

        def work(unit: Unit) -> None:
            require_desk(unit, staff_id)
            case = _locked(unit, case_id, staff_id)
            assessments.set_label(unit, case.id, label)
            audit(
                unit, "flags_labelled", now, actor_id=staff_id, subject_id=case.id,
                facts={"label": label},
            )  # fmt: skip

        await self._database.transact(work)

    async def return_silent(self) -> int:
        """Sweep: taken cases whose student waits too long go back to the queue; how many.

        An imminent case that somebody acknowledged and nobody took by then pages again.
        """
        now = self._clock.now()

        def work(unit: Unit) -> int:
            latest, latest_paged = (
                rules.answer_due(triage, now, self._policy.cases)
                for triage in (rules.LAST_UNPAGED, rules.LAST_UNPAGED + 1)
            )
            rows = cases.silent(unit, now, rules.LAST_UNPAGED, latest, latest_paged)
            passed = [case for case in rows if case.answer_due_at and case.answer_due_at <= now]
            for case in rows:
                if case not in passed:
                    case.answer_due_at = rules.answer_due(case.triage, now, self._policy.cases)
                elif case.status == "taken":
                    back_to_queue(unit, case, rules.CaseStep.RETURN, None, now, self._policy)
                else:
                    tell_desk(unit, case, now, self._policy, newly_open=True)
            return len(passed)

        return await self._database.transact(work)


def _locked(unit: Unit, case_id: uuid.UUID, staff_id: uuid.UUID) -> Case:
    case = cases.lock(unit, case_id)
    if case is None:
        raise OutdatedAction
    require_other(unit, case, staff_id)
    return case


def _has_unopened(unit: Unit, case: Case) -> bool:
    """Whether flagged words came in since the case was taken that its counselor did not open."""
    since = case.taken_at or case.opened_at
    return assessments.has_unread(unit, case.id, _MUST_BE_OPENED, since)


def _mine(unit: Unit, case_id: uuid.UUID, staff_id: uuid.UUID) -> Case:
    case = _locked(unit, case_id, staff_id)
    if case.status != "taken":
        raise OutdatedAction
    if case.counselor_id != staff_id:
        raise FlowError(Refusal.NOT_YOURS)
    return case
