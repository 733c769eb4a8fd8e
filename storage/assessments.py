"""What people said afterwards of what the screen had said."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from storage.database import Unit
from storage.tables.care import Assessment


def set_label(unit: Unit, case_id: uuid.UUID, label: str) -> None:
    """A counselor's word on every flag of a case."""
    unit.execute(
        sa.update(Assessment)
        .where(Assessment.case_id == case_id, Assessment.level != "none")
        .values(label=label)
    )


def set_not_meant(unit: Unit, case_id: uuid.UUID) -> bool:
    """The student's word on every flag of a case so far; whether it is news.

    The level stays what it was.
    """
    changed = unit.execute(
        sa.update(Assessment)
        .where(
            Assessment.case_id == case_id,
            Assessment.level != "none",
            Assessment.student_says.is_(None),
        )
        .values(student_says="not_meant")
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]
