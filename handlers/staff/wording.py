"""Texts bound to one reader: language, zone and moment; and how a case is named."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import zoneinfo
from typing import Any

from content.texts import Texts

_NUMBER = re.compile(r"(?:[Hh]-?|#)?0*([1-9]\d{0,8})")


def case_mark(number: int) -> str:
    """How people name a case: H-0012."""
    return f"H-{number:04d}"


def parse_case_mark(typed: str) -> int | None:
    """The number in 'H-0012', 'h12', '#12' or '12'; None for anything else."""
    found = _NUMBER.fullmatch(typed.strip())
    return int(found[1]) if found else None


@dataclasses.dataclass(frozen=True, slots=True)
class Wording:
    """One reader's texts. Values typed by people must be escaped before they come in here."""

    texts: Texts
    language: str
    zone: dt.tzinfo
    now: dt.datetime

    def __call__(self, key: str, **args: Any) -> str:
        """The text of a key."""
        return self.texts.get(self.language, key, **args)

    def at(self, moment: dt.datetime) -> str:
        """A clock time in the reader's zone, with the date unless it is today."""
        local, today = moment.astimezone(self.zone), self.now.astimezone(self.zone).date()
        clock = local.strftime("%H:%M")
        if local.date() == today:
            return self("staff-time", clock=clock)
        return self("staff-day-time", clock=clock, day=local.replace(tzinfo=None))

    def age(self, since: dt.datetime) -> str:
        """How long ago, in one unit."""
        minutes = max(0, int((self.now - since).total_seconds() // 60))
        if minutes < 60:
            return self("staff-age-minutes", n=minutes)
        if minutes < 48 * 60:
            return self("staff-age-hours", n=minutes // 60)
        return self("staff-age-days", n=minutes // (24 * 60))

    def level(self, level: int | str) -> str:
        """A triage or risk level in plain words."""
        return self(f"staff-level-{level}")


def zone_of(name: str | None) -> dt.tzinfo:
    """The zone of that name; UTC for a stranger."""
    return zoneinfo.ZoneInfo(name) if name else dt.UTC
