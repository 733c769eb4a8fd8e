"""Quiet hours: when what can wait makes no sound."""

from __future__ import annotations

import datetime as dt


def is_quiet(local: dt.time, start: int, end: int) -> bool:
    """Whether a local time lies in quiet hours.

    `start` and `end` are minutes after local midnight, start included, end not; equal values mean
    no quiet hours. They may run past midnight. On the two nights a year when the clock changes,
    the wall clock decides.
    """
    minute = local.hour * 60 + local.minute
    if start <= end:
        return start <= minute < end
    return minute >= start or minute < end
