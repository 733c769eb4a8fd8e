"""Thirty seeded points of `scripts/bench durability`: SIGKILL, restart, count."""

from __future__ import annotations

import pytest

from benchmarks.durability import FAILING, run_points


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("first_seed", "faults"),
    [(11, None), (21, None), (31, None), (41, None), (51, FAILING), (61, FAILING)],
    ids=["kill-1", "kill-2", "kill-3", "kill-4", "failing-sends-1", "failing-sends-2"],
)
async def test_nothing_is_lost_doubled_or_repeated_without_a_reason(first_seed, faults):
    tally = await run_points(5, first_seed, faults)
    assert tally.points == 5
    assert tally.unfinished == 0, tally.what
    assert (tally.lost, tally.doubled, tally.unexplained_repeats) == (0, 0, 0), tally.what
