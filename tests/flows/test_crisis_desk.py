"""How long an operator's check lets a doubtful number show."""

from __future__ import annotations

import datetime as dt

from content.crisis_catalog import load_directory
from flows.crisis import MAX_AGE, CrisisDesk


async def test_a_doubtful_number_shows_only_while_its_check_is_young(database, clock):
    desk = CrisisDesk(database, clock, load_directory(), None, "CN")

    def shown():
        return "cn-hope24" in [s.entry.id for s in desk.view("CN").entries]

    assert not shown()
    await desk.confirm("cn-hope24", "operator", "400-161-9995")
    assert shown()
    clock.advance(MAX_AGE)
    assert shown()
    clock.advance(dt.timedelta(seconds=1))
    assert not shown()
