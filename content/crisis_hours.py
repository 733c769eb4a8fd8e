"""When a crisis service answers, as far as its sources say."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import zoneinfo
from collections.abc import Mapping
from typing import Any

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = 24 * 60
_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")


@dataclasses.dataclass(frozen=True, slots=True)
class Span:
    """Minutes after local midnight on some weekdays (0 is Monday) or days of the month.

    `end` at or before `start` lies on the next day, so equal ones are 24 hours.
    """

    weekdays: frozenset[int]
    month_days: frozenset[int]
    start: int
    end: int

    @property
    def is_daily(self) -> bool:
        """The same every day."""
        return len(self.weekdays) == len(WEEKDAYS)

    def covers(self, local: dt.datetime) -> bool:
        """Whether a local wall-clock time lies in it."""
        minute = local.hour * 60 + local.minute
        if self.start < self.end:
            return self._begins(local.date()) and self.start <= minute < self.end
        if minute >= self.start and self._begins(local.date()):
            return True
        return minute < self.end and self._begins(local.date() - dt.timedelta(days=1))

    def _begins(self, day: dt.date) -> bool:
        return day.weekday() in self.weekdays or day.day in self.month_days


@dataclasses.dataclass(frozen=True, slots=True)
class Hours:
    """When a service answers; `sure` is false where the spans hold on some days only."""

    round_the_clock: bool | None
    spans: tuple[Span, ...]
    sure: bool
    zone: str | None
    note: Mapping[str, str] | None

    def open_at(self, at: dt.datetime) -> bool | None:
        """Whether it answers at an aware instant; None where the sources do not say."""
        if self.round_the_clock:
            return True
        if not self.spans or self.zone is None:
            return None
        local = at.astimezone(zoneinfo.ZoneInfo(self.zone))
        if not any(span.covers(local) for span in self.spans):
            return False
        return True if self.sure else None


def read_hours(raw: dict[str, Any]) -> Hours:
    """The hours of a file; ValueError says what is wrong."""
    if raw["round_the_clock"] not in (True, False, None):
        raise ValueError("round_the_clock is true, false or null")
    spans = tuple(_span(span) for span in (*raw["weekly"], *raw["monthly"]))
    zone = raw["zone"]
    if zone is not None:
        try:
            zoneinfo.ZoneInfo(zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError) as fault:
            raise ValueError(f"no time zone {zone!r}") from fault
    if spans and zone is None:
        raise ValueError("hours without a time zone")
    if raw["round_the_clock"] and spans:
        raise ValueError("round the clock, and hours besides")
    note = raw["note"]
    if note is not None and not (note["en"] and note["zh"]):
        raise ValueError("the note on hours is not in both languages")
    if raw["round_the_clock"] is False and not spans and note is None:
        raise ValueError("not round the clock, but no hours and no words")
    if not isinstance(raw["sure"], bool) or not (raw["sure"] or note):
        raise ValueError("hours that are not sure need words")
    return Hours(raw["round_the_clock"], spans, raw["sure"], zone, note)


def _span(raw: dict[str, Any]) -> Span:
    weekdays: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    if "day" in raw:
        month_days = frozenset({int(raw["day"])})
        if not month_days <= set(range(1, 32)):
            raise ValueError(f"no day {raw['day']} in a month")
    elif raw["days"] == "daily":
        weekdays = frozenset(range(7))
    else:
        weekdays = frozenset(WEEKDAYS.index(day) for day in raw["days"])
    start, end = _minutes(raw["from"]), _minutes(raw["to"])
    if start == _DAY or not (weekdays or month_days):
        raise ValueError("hours that never begin")
    return Span(weekdays, month_days, start, end)


def _minutes(text: str) -> int:
    found = _CLOCK.fullmatch(text)
    minutes = int(found[1]) * 60 + int(found[2]) if found else _DAY + 1
    if minutes > _DAY:
        raise ValueError(f"hours are written HH:MM, not {text!r}")
    return minutes
