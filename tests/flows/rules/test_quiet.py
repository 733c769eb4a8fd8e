"""Quiet hours."""

from __future__ import annotations

import datetime as dt

import pytest

from flows.rules.quiet import is_quiet

NIGHT = (22 * 60, 8 * 60)
NOON = (12 * 60, 14 * 60)


@pytest.mark.parametrize(
    ("local", "hours", "quiet"),
    [
        (dt.time(21, 59, 59), NIGHT, False),
        (dt.time(22, 0), NIGHT, True),
        (dt.time(0, 0), NIGHT, True),
        (dt.time(7, 59), NIGHT, True),
        (dt.time(8, 0), NIGHT, False),
        (dt.time(11, 59), NOON, False),
        (dt.time(12, 0), NOON, True),
        (dt.time(14, 0), NOON, False),
        (dt.time(3, 0), (0, 0), False),
        (dt.time(23, 0), (23 * 60, 23 * 60), False),
    ],
)
def test_both_sides_of_each_border(local, hours, quiet):
    assert is_quiet(local, *hours) is quiet
