"""Cases and their notes as rows, and who writes in which."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import cast

import sqlalchemy as sa

from storage.base import new_id
from storage.database import Unit
from storage.records import next_number
from storage.tables.care import Case, CaseNote, CaseReader

# built once: every message passes it
_CASES = cast(sa.Table, Case.__table__)
_WITH_OPEN = sa.select(_CASES.c.student_id).where(
    _CASES.c.campus_id == sa.bindparam("campus"),
    _CASES.c.desk == sa.bindparam("desk"),
    _CASES.c.student_id.in_(sa.bindparam("students", expanding=True)),
    _CASES.c.status != "closed",
)


def get(unit: Unit, case_id: uuid.UUID) -> Case | None:
    """A case, to look at."""
    return unit.get(Case, case_id)


def lock(unit: Unit, case_id: uuid.UUID) -> Case | None:
    """A case, locked until the unit ends, as it is then."""
    return unit.scalar(
        sa.select(Case)
        .where(Case.id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def current_of(unit: Unit, student_id: uuid.UUID, desk: str = "counseling") -> Case | None:
    """The student's one open case, to look at."""
    return unit.scalar(_open_of(student_id, desk))


def with_untold_block(unit: Unit) -> list[Case]:
    """Open cases whose student blocked the bot while nobody was told, locked."""
    return list(
        unit.scalars(
            sa.select(Case)
            .where(Case.status != "closed", Case.block_untold)
            .order_by(Case.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def open_case_of(unit: Unit, student_id: uuid.UUID, desk: str = "counseling") -> Case | None:
    """The student's one open case, locked until the unit ends, as it is then."""
    return unit.scalar(
        _open_of(student_id, desk).with_for_update().execution_options(populate_existing=True)
    )


def _open_of(student_id: uuid.UUID, desk: str) -> sa.Select[Case]:
    return sa.select(Case).where(
        Case.student_id == student_id, Case.desk == desk, Case.status != "closed"
    )


def with_open_case(
    unit: Unit, student_ids: Sequence[uuid.UUID], desk: str = "counseling"
) -> set[uuid.UUID]:
    """Which of these students have an open case. No ORM here: every message passes."""
    found = unit.connection().scalars(
        _WITH_OPEN, {"campus": unit.campus_id, "desk": desk, "students": list(student_ids)}
    )
    return set(found)


def latest_closed(
    unit: Unit, student_id: uuid.UUID, since: dt.datetime, desk: str = "counseling"
) -> Case | None:
    """The student's last case that was closed since then, locked."""
    return unit.scalar(
        sa.select(Case)
        .where(
            Case.student_id == student_id,
            Case.desk == desk,
            Case.status == "closed",
            Case.closed_at >= since,
        )
        .order_by(Case.closed_at.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def was_any_closed(unit: Unit, student_id: uuid.UUID) -> bool:
    """Whether a case of this student has come to its end."""
    query = sa.select(Case.id).where(Case.student_id == student_id, Case.status == "closed")
    return unit.scalar(query.limit(1)) is not None


def add(unit: Unit, student_id: uuid.UUID, triage: int, origin: str, now: dt.datetime) -> Case:
    """A new waiting case with the next number of the campus."""
    case = Case(
        id=new_id(),
        number=next_number(unit, "case"),
        desk="counseling",
        student_id=student_id,
        status="waiting",
        triage=triage,
        origin=origin,
        opened_at=now,
        told=0,
    )
    unit.add(case)
    unit.flush()
    return case


def waiting_and_taken(
    unit: Unit, desk: str, limit: int, offset: int = 0, *, besides: uuid.UUID | None = None
) -> list[Case]:
    """Open cases in the order of the queue: triage, then age; not those of one student."""
    return list(
        unit.scalars(
            sa.select(Case)
            .where(*_open_at(desk, besides))
            .order_by(Case.triage.desc(), Case.opened_at, Case.id)
            .limit(limit)
            .offset(offset)
        )
    )


def count_open(unit: Unit, desk: str, *, besides: uuid.UUID | None = None) -> int:
    """How many cases are open, not counting those of one student."""
    return int(unit.scalar(sa.select(sa.func.count(Case.id)).where(*_open_at(desk, besides))) or 0)


def _open_at(desk: str, besides: uuid.UUID | None) -> list[sa.ColumnElement[bool]]:
    told = [Case.desk == desk, Case.status != "closed"]
    return told if besides is None else [*told, Case.student_id != besides]


def count_earlier(unit: Unit, case: Case) -> int:
    """How many earlier cases the same student had."""
    return int(
        unit.scalar(
            sa.select(sa.func.count(Case.id)).where(
                Case.student_id == case.student_id, Case.id != case.id
            )
        )
        or 0
    )


def by_number(unit: Unit, number: int) -> Case | None:
    """The case of that number."""
    return unit.scalar(sa.select(Case).where(Case.number == number))


def held_by(unit: Unit, staff_id: uuid.UUID, *, locked: bool = True) -> list[Case]:
    """The cases a counselor has taken, the most urgent first."""
    query = (
        sa.select(Case)
        .where(Case.counselor_id == staff_id, Case.status == "taken")
        .order_by(Case.triage.desc(), Case.opened_at)
    )
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return list(unit.scalars(query))


def silent(
    unit: Unit,
    now: dt.datetime,
    last_unpaged: int,
    latest: dt.datetime,
    latest_paged: dt.datetime,
) -> list[Case]:
    """Open cases whose student has waited too long; locked, skipping what others hold.

    Of those that wait, only the ones that page: the others are reminded of. One whose time is
    after the latest possible was planned by a clock that has been set back since.
    """
    paged = Case.triage > last_unpaged
    passed = Case.answer_due_at <= now
    too_late = sa.or_(
        sa.and_(~paged, Case.answer_due_at > latest),
        sa.and_(paged, Case.answer_due_at > latest_paged),
    )
    return list(
        unit.scalars(
            sa.select(Case)
            .where(
                Case.status != "closed",
                # of few: a closed case has none
                Case.answer_due_at.is_not(None),
                sa.or_(Case.status == "taken", paged),
                sa.or_(passed, too_late),
            )
            .limit(50)
            .with_for_update(skip_locked=True)
        )
    )


def waiting(unit: Unit, *, hold: bool = False) -> list[Case]:
    """The cases that nobody has taken; with `hold`, locked until the unit ends."""
    query = sa.select(Case).where(Case.desk == "counseling", Case.status == "waiting")
    if hold:
        # in one order, so that two replicas wait for each other instead of for both
        query = query.order_by(Case.id).with_for_update()
    return list(unit.scalars(query.execution_options(populate_existing=True)))


def is_reminder_due(unit: Unit, now: dt.datetime, latest: dt.datetime, last_unpaged: int) -> bool:
    """Whether a waiting case that pages nobody has a time that passed, or none up to `latest`."""
    found = unit.scalar(
        sa.select(Case.id)
        .where(
            Case.desk == "counseling",
            Case.status == "waiting",
            Case.triage <= last_unpaged,
            sa.or_(
                Case.answer_due_at.is_(None),
                Case.answer_due_at <= now,
                Case.answer_due_at > latest,
            ),
        )
        .limit(1)
    )
    return found is not None


def add_note(unit: Unit, case: Case, author_id: uuid.UUID, body: str, now: dt.datetime) -> None:
    """A counselor's note, under the student's key."""
    note = CaseNote(
        id=new_id(), case_id=case.id, student_id=case.student_id, author_id=author_id, at=now
    )
    note.body = unit.keys.student(unit, case.student_id).close(body, "case_notes", "body", note.id)
    unit.add(note)
    unit.flush()


def notes_of(unit: Unit, case: Case) -> list[tuple[uuid.UUID, str, dt.datetime]]:
    """Author, words and time of each note, oldest first."""
    cipher = unit.keys.student(unit, case.student_id)
    return [
        (
            note.author_id,
            cipher.open(note.body, "case_notes", "body", note.id).decode(),
            note.at,
        )
        for note in unit.scalars(
            sa.select(CaseNote)
            .where(CaseNote.case_id == case.id, CaseNote.body.is_not(None))
            .order_by(CaseNote.id)
        )
    ]


def set_reader(
    unit: Unit, staff_id: uuid.UUID, case_id: uuid.UUID | None, step: str, now: dt.datetime
) -> None:
    """Which case the next text of a member of staff belongs to; None for no case."""
    unit.execute(sa.delete(CaseReader).where(CaseReader.staff_id == staff_id))
    if case_id is not None:
        unit.add(CaseReader(staff_id=staff_id, case_id=case_id, step=step, at=now))
        unit.flush()


def reader(unit: Unit, staff_id: uuid.UUID) -> CaseReader | None:
    """Which case a member of staff has open."""
    return unit.scalar(sa.select(CaseReader).where(CaseReader.staff_id == staff_id))


def drop_readers(unit: Unit, case_id: uuid.UUID) -> None:
    """Nobody writes in this case any more."""
    unit.execute(sa.delete(CaseReader).where(CaseReader.case_id == case_id))
