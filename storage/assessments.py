"""What became of what the screen said: read or not, and what people said of it afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from storage.database import Unit
from storage.messages import BESIDE, beside
from storage.tables.care import Assessment, Message


def has_unread(unit: Unit, case_id: uuid.UUID, levels: Collection[str]) -> bool:
    """Whether a case holds words of one of these levels, or about somebody else in danger, that
    nobody opened yet."""
    query = (
        sa.select(Assessment.id)
        .join(Message, Message.id == Assessment.message_id)
        .where(
            Message.case_id == case_id,
            Message.read_at.is_(None),
            Message.body.is_not(None),
            sa.or_(Assessment.level.in_(levels), Assessment.other),
        )
        .limit(1)
    )
    return unit.scalar(query) is not None


def signals_of(
    unit: Unit, message_ids: Collection[uuid.UUID], *, only_unsent: bool
) -> list[dict[str, Any]]:
    """What was heard in some words; ``only_unsent``: in those that went into no case yet."""
    query = sa.select(Assessment.signals).where(Assessment.message_id.in_(message_ids))
    if only_unsent:
        query = query.where(Assessment.case_id.is_(None))
    return [signal for signals in unit.scalars(query) for signal in signals]


def set_label(unit: Unit, case_id: uuid.UUID, label: str) -> None:
    """A counselor's word on every flag of a case."""
    unit.execute(
        sa.update(Assessment)
        .where(Assessment.case_id == case_id, Assessment.level != "none")
        .values(label=label)
    )


def set_not_meant(unit: Unit, case_id: uuid.UUID, update_id: int) -> bool:
    """The student's word on the flags of an update's words, and of those carried along with it.
    Whether it is news.

    The level stays what it was.
    """
    first, last = beside(update_id, BESIDE - 1), beside(update_id)
    number = Message.cause_update
    words = sa.select(Message.id).where(
        Message.case_id == case_id,
        Message.cause_bot == "student",
        sa.or_(number == update_id, number.between(first, last)),
    )
    changed = unit.execute(
        sa.update(Assessment)
        .where(
            Assessment.case_id == case_id,
            Assessment.level != "none",
            Assessment.student_says.is_(None),
            Assessment.message_id.in_(words),
        )
        .values(student_says="not_meant")
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]
