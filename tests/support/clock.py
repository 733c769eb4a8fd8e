"""A clock that tests move."""

from __future__ import annotations

import datetime as dt

START = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


class TestClock:
    """Stands still until moved."""

    __test__ = False

    def __init__(self) -> None:
        self._now = START

    def now(self) -> dt.datetime:
        """The instant, aware, in UTC."""
        return self._now

    def advance(self, by: dt.timedelta) -> None:
        """Move forward."""
        self._now += by
