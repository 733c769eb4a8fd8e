"""Purging: what has served is removed, by the days that settings.toml names."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable

from flows.clock import Clock
from flows.policy import RetentionDays
from storage import inbox, purge
from storage.database import Database

# rows a commit: a purge must not hold the writer
_BATCH = 500
_SEEN_FOR = dt.timedelta(days=7)

_Purge = Callable[..., int]


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
        for remove, days in self._purges():
            before, removed = now - dt.timedelta(days=days), _BATCH
            work = functools.partial(remove, before=before, limit=_BATCH)
            while removed >= _BATCH:
                removed = await self._database.transact(work)
                gone += removed
        return gone

    def _purges(self) -> tuple[tuple[_Purge, int], ...]:
        return (
            (purge.messages, self._days.turns_days),
            (purge.letters, self._days.traffic_days),
            (purge.deliveries, self._days.traffic_days),
            (purge.parked, self._days.parked_days),
        )
