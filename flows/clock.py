"""The one source of time."""

from __future__ import annotations

import datetime as dt
from typing import Protocol


class Clock(Protocol):
    """Says what time it is; in the demo and in tests it can be moved."""

    def now(self) -> dt.datetime:
        """The instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> dt.datetime:
        """The instant, aware, in UTC."""
        return dt.datetime.now(dt.UTC)


class MovableClock:
    """The machine's clock plus an offset that only grows: the demo's 'next day'."""

    def __init__(self, offset: dt.timedelta = dt.timedelta()) -> None:
        self.offset = offset

    def now(self) -> dt.datetime:
        """The instant, aware, in UTC."""
        return dt.datetime.now(dt.UTC) + self.offset

    def advance(self, by: dt.timedelta) -> None:
        """Move forward; time never runs back."""
        if by < dt.timedelta():
            raise ValueError("time only moves forward")
        self.offset += by
