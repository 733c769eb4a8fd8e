"""The counselor's side of a talk: words opened by tap, answers, notes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping

from flows.care import end_paging, letter
from flows.clock import Clock
from flows.errors import FlowError, OutdatedAction, Refusal
from flows.holding import has_unopened, locked, mine
from flows.roles import require_desk
from storage import cases, messages, outbox, staff
from storage.database import Database, Unit
from storage.messages import NewMessage, Words
from storage.records import audit, log_access

# as Telegram counts: it arrives with the counselor's name above it, in 4096 units
_LONGEST = 3500
_PAGE = 20


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
    # what each of staff who wrote is called, by their id; None for the unnamed
    names: Mapping[uuid.UUID, str | None]


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
    # flagged words of the case are still to be opened: what was sent ended nothing
    unopened: bool


class Talk:
    """What a counselor reads, says and notes in a case."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def open_words(
        self, staff_id: uuid.UUID, case_id: uuid.UUID, *, only_unread: bool = False
    ) -> OpenedWords:
        """Open a student's words: written to the access log in the same commit.

        They stay unread until `words_shown`: a reply can fail.
        """
        now = self._clock.now()

        def work(unit: Unit) -> OpenedWords:
            require_desk(unit, staff_id)
            case = locked(unit, case_id, staff_id)
            words = messages.of_case(unit, case.id, limit=_PAGE, only_unread=only_unread)
            log_access(unit, case.student_id, staff_id, case.id, "words", now)
            audit(unit, "words_opened", now, actor_id=staff_id, subject_id=case.id)
            held = case.status == "taken" and case.counselor_id == staff_id
            cases.set_reader(unit, staff_id, case.id if held else None, "talk", now)
            left = messages.count_unread(unit, case.id, besides=[w.id for w in words])
            waiting = case.status == "waiting"
            authors = {w.author_id for w in words if w.direction == "to_student"}
            names = {each: staff.name_of(unit, each) for each in authors}
            return OpenedWords(case.id, case.number, tuple(words), held, waiting, left, names)

        return await self._database.transact(work)

    async def words_shown(self, staff_id: uuid.UUID, opened: OpenedWords) -> None:
        """Telegram took every message that shows them: only now have they been read.

        Bookkeeping after the fact: no second flow.
        """
        now = self._clock.now()

        def work(unit: Unit) -> None:
            require_desk(unit, staff_id)
            case = locked(unit, opened.case_id, staff_id)
            if case.status == "taken" and case.counselor_id != staff_id:
                return  # a colleague's look takes nothing off the holder's list
            ids = [w.id for w in opened.words if w.direction == "from_student"]
            messages.mark_read(unit, ids, now)
            if case.status == "taken" and not has_unopened(unit, case):
                end_paging(unit, case, staff_id, now)

        await self._database.transact(work, beside=True)

    async def set_step(
        self, staff_id: uuid.UUID, case_id: uuid.UUID | None, step: str = "talk"
    ) -> None:
        """What the counselor's next text is: an answer or a note in a case, or nothing."""
        now = self._clock.now()

        def work(unit: Unit) -> None:
            require_desk(unit, staff_id)
            if case_id is not None:
                mine(unit, case_id, staff_id)
            cases.set_reader(unit, staff_id, case_id, step, now)

        await self._database.transact(work)

    async def interrupted(self, staff_id: uuid.UUID) -> None:
        """A screen did not reach the counselor: they cannot know to whom the next text would go.

        Bookkeeping after the fact: no second flow.
        """
        now = self._clock.now()
        await self._database.transact(
            lambda unit: cases.set_reader(unit, staff_id, None, "talk", now), beside=True
        )

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

        FlowError NO_CASE when no talk is open; OutdatedAction when the preview of that number has
        been sent already: a double tap is two updates.
        """
        now = self._clock.now()
        cleaned = text.strip()
        if not cleaned:
            raise FlowError(Refusal.EMPTY)
        # UTF-16 units
        if len(cleaned.encode("utf-16-le", "surrogatepass")) // 2 > _LONGEST:
            raise FlowError(Refusal.TOO_LONG)

        def work(unit: Unit) -> Said:
            require_desk(unit, staff_id)
            row = cases.reader(unit, staff_id)
            if row is None:
                raise FlowError(Refusal.NO_CASE)
            case = mine(unit, row.case_id, staff_id)
            if row.step == "note":
                cases.add_note(unit, case, staff_id, cleaned, now)
                audit(unit, "note_added", now, actor_id=staff_id, subject_id=case.id)
                # the next text must not go to the student by itself
                cases.set_reader(unit, staff_id, None, "talk", now)
                return Said(case.id, case.number, "note", False, has_unopened(unit, case))
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
                message_id=message_id, counselor=staff.name_of(unit, staff_id), text=cleaned,
            )  # fmt: skip
            case.counselor_wrote_at = now
            unopened = has_unopened(unit, case)
            if not unopened:
                case.answer_due_at = None
                end_paging(unit, case, staff_id, now)
            blocked = case.student_blocked_at is not None
            return Said(case.id, case.number, "talk", blocked, unopened)

        return await self._database.transact(work)

    async def notes(self, staff_id: uuid.UUID, case_id: uuid.UUID) -> OpenedNotes:
        """Open a case's notes: written to the access log."""
        now = self._clock.now()

        def work(unit: Unit) -> OpenedNotes:
            require_desk(unit, staff_id)
            case = locked(unit, case_id, staff_id)
            log_access(unit, case.student_id, staff_id, case.id, "notes", now)
            cases.set_reader(unit, staff_id, None, "talk", now)
            notes = tuple(
                (staff.name_of(unit, author_id), body, at)
                for author_id, body, at in cases.notes_of(unit, case)
            )
            return OpenedNotes(case.number, notes)

        return await self._database.transact(work)
