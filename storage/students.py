"""Students as rows: a person with a stage, a pseudonym and a key of their own."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa

from storage.database import Unit
from storage.tables.care import Message
from storage.tables.people import Person, Student


def add(
    unit: Unit,
    person_id: uuid.UUID,
    *,
    age_band: str,
    region: str | None,
    stage: str,
    pseudonym: str,
    now: dt.datetime,
) -> Student:
    """A person becomes a student, with a key of their own."""
    unit.keys.make_student(unit, person_id, now)
    row = Student(
        id=person_id,
        age_band=age_band,
        region=region,
        stage=stage,
        enrolled_at=now if stage == "enrolled" else None,
    )
    set_pseudonym(unit, row, pseudonym)
    unit.add(row)
    unit.flush()
    return row


def get(unit: Unit, student_id: uuid.UUID) -> tuple[Person, Student] | None:
    """A student's two rows."""
    person, row = unit.get(Person, student_id), unit.get(Student, student_id)
    return (person, row) if person is not None and row is not None else None


def lock(unit: Unit, student_id: uuid.UUID) -> None:
    """Units that open a case of this student, or enrol them, go one by one from here on.

    Rows that point to the student can still be written meanwhile.
    """
    unit.execute(
        sa.select(Student.id).where(Student.id == student_id).with_for_update(key_share=True)
    )


def set_pseudonym(unit: Unit, row: Student, pseudonym: str) -> None:
    """What the student is called, as ciphertext under their own key."""
    cipher = unit.keys.student(unit, row.id)
    row.pseudonym = cipher.close(pseudonym, "students", "pseudonym", row.id)


def pseudonym_of(unit: Unit, row: Student) -> str | None:
    """What the student is called."""
    if row.pseudonym is None:
        return None
    cipher = unit.keys.student(unit, row.id)
    return cipher.open(row.pseudonym, "students", "pseudonym", row.id).decode()


def lock_words(unit: Unit, student_id: uuid.UUID, message_id: uuid.UUID) -> list[uuid.UUID]:
    """The student's own words, with all that came in the same update, where they are still kept.

    No purge takes them from here.
    """
    named = (
        sa.select(Message.cause_update)
        .where(
            Message.id == message_id,
            Message.student_id == student_id,
            Message.direction == "from_student",
        )
        .scalar_subquery()
    )
    return list(
        unit.scalars(
            sa.select(Message.id)
            .where(
                Message.student_id == student_id,
                Message.direction == "from_student",
                Message.cause_bot == "student",
                Message.cause_update == named,
            )
            .order_by(Message.id)
            .with_for_update()
        )
    )
