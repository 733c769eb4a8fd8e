"""Purging: what has served is removed, by the days that settings.toml names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa

from flows.clock import Clock
from flows.policy import RetentionDays
from storage import inbox
from storage.database import Database, Unit
from storage.tables.care import Assessment, Message
from storage.tables.traffic import Delivery, Inbox, Outbox

# rows a commit: a purge must not hold the writer
_BATCH = 500
_SEEN_FOR = dt.timedelta(days=7)
_OVER = ("sent", "failed", "skipped", "expired")

_Purge = Callable[[Unit], int]


class Retention:
    """Runs with the sweeps; words in a case stay with the case."""

    def __init__(self, database: Database, clock: Clock, days: RetentionDays) -> None:
        self._database = database
        self._clock = clock
        self._days = days

    async def purge(self) -> int:
        """Remove what is over its time, a batch a commit; how many rows."""
        now, gone = self._clock.now(), 0
        gone += await self._database.transact(lambda u: inbox.forget_seen(u, now - _SEEN_FOR))
        for purge in self._purges(now):
            removed = _BATCH
            while removed >= _BATCH:
                removed = await self._database.transact(purge)
                gone += removed
        return gone

    def _purges(self, now: dt.datetime) -> tuple[_Purge, ...]:
        turns = now - dt.timedelta(days=self._days.turns_days)
        traffic = now - dt.timedelta(days=self._days.traffic_days)
        parked = now - dt.timedelta(days=self._days.parked_days)
        return (
            lambda unit: _purge_messages(unit, turns),
            lambda unit: _purge(
                unit, Outbox, Outbox.state.in_(_OVER), Outbox.finished_at < traffic
            ),
            lambda unit: _purge(
                unit,
                Delivery,
                Delivery.sent_at < traffic,
                # a copy that is still to be taken back is remembered until it was
                sa.or_(Delivery.delete_at.is_(None), Delivery.deleted_at.is_not(None)),
            ),
            lambda unit: _purge(unit, Inbox, Inbox.state == "parked", Inbox.received_at < parked),
        )


def _purge_messages(unit: Unit, before: dt.datetime) -> int:
    old = unit.scalars(
        sa.select(Message.id)
        .where(Message.case_id.is_(None), Message.sent_at < before)
        .limit(_BATCH)
    ).all()
    if old:
        unit.execute(sa.delete(Assessment).where(Assessment.message_id.in_(old)))
        unit.execute(sa.delete(Message).where(Message.id.in_(old)))
    return len(old)


def _purge(
    unit: Unit,
    table: type[Outbox] | type[Delivery] | type[Inbox],
    *where: sa.ColumnElement[bool],
) -> int:
    old = unit.scalars(sa.select(table.id).where(*where).limit(_BATCH)).all()
    if old:
        unit.execute(sa.delete(table).where(table.id.in_(old)))
    return len(old)
