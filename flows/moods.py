"""One tap: how somebody is today."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

import sqlalchemy as sa

from flows.clock import Clock
from flows.errors import FlowError, Refusal
from storage.base import new_id
from storage.database import Database, Unit
from storage.tables.care import Mood


@dataclasses.dataclass(frozen=True, slots=True)
class MoodView:
    """The last taps, newest last: (instant, 1 to 5)."""

    recent: tuple[tuple[dt.datetime, int], ...]
    # three low taps (1 or 2) in a row: offer help, kindly
    offer_help: bool


class Moods:
    """The smallest mood diary."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def tap(self, student_id: uuid.UUID, value: int) -> MoodView:
        """Keep one tap, 1 (very low) to 5 (very good)."""
        if not 1 <= value <= 5:
            raise FlowError(Refusal.BAD_VALUE)
        now = self._clock.now()

        def work(unit: Unit) -> MoodView:
            row = Mood(id=new_id(), student_id=student_id, at=now)
            cipher = unit.keys.student(unit, student_id)
            row.value = cipher.close(str(value), "moods", "value", row.id)
            unit.add(row)
            unit.flush()
            rows = unit.scalars(
                sa.select(Mood)
                .where(Mood.student_id == student_id)
                .order_by(Mood.at.desc(), Mood.id.desc())
                .limit(7)
            ).all()
            recent = tuple(
                (m.at, int(cipher.open(m.value, "moods", "value", m.id))) for m in rows[::-1]
            )
            last = [v for _, v in recent[-3:]]
            low = len(last) == 3 and all(v <= 2 for v in last)
            return MoodView(recent, low or value == 1)

        return await self._database.transact(work)
