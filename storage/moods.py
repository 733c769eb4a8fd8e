"""Moods: one tap a row, under the student's key."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa

from storage.base import new_id
from storage.database import Unit
from storage.tables.care import Mood


def add(unit: Unit, student_id: uuid.UUID, value: int, now: dt.datetime) -> None:
    """Keep one tap, 1 to 5."""
    row = Mood(id=new_id(), student_id=student_id, at=now)
    cipher = unit.keys.student(unit, student_id)
    row.value = cipher.close(str(value), "moods", "value", row.id)
    unit.add(row)
    unit.flush()


def latest(unit: Unit, student_id: uuid.UUID, limit: int) -> list[tuple[dt.datetime, int]]:
    """The newest taps, newest last: (instant, 1 to 5)."""
    cipher = unit.keys.student(unit, student_id)
    rows = unit.scalars(
        sa.select(Mood)
        .where(Mood.student_id == student_id)
        .order_by(Mood.at.desc(), Mood.id.desc())
        .limit(limit)
    ).all()
    return [(row.at, int(cipher.open(row.value, "moods", "value", row.id))) for row in rows[::-1]]


def delete_all(unit: Unit, student_id: uuid.UUID) -> None:
    """No tap of the student is left."""
    unit.execute(sa.delete(Mood).where(Mood.student_id == student_id))
