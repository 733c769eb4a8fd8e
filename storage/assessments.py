"""What became of what the screen said: read or not, and what people said of it afterwards."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

import sqlalchemy as sa

from storage.database import Unit
from storage.tables.care import Assessment, Message


def has_unread(
    unit: Unit, case_id: uuid.UUID, levels: Collection[str], since: dt.datetime
) -> bool:
    """Whether a case got words of one of these levels since then that nobody opened yet."""
    found = unit.scalar(
        sa.select(Assessment.id)
        .join(Message, Message.id == Assessment.message_id)
        .where(
            Message.case_id == case_id,
            Message.sent_at > since,
            Message.read_at.is_(None),
            Message.body.is_not(None),
            Assessment.level.in_(levels),
        )
        .limit(1)
    )
    return found is not None


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
