"""A student who is the only counselor on call: their screens say that nobody is there."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from storage.tables import Case
from tests.handlers.conftest import ANN
from tests.support.phone import rows, settled, staff

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def both(service, enrolled, hire):
    """Ann, enrolled, and on call at the desk."""
    await hire(staff(service, ANN))
    return enrolled


async def test_their_case_waits_for_a_colleague(both, lin, hire):
    await both.write("/counselor")
    assert both.keys[:2] == ["case-opened", "duty-nobody"]
    await both.write("/menu")
    assert {"case-waiting", "duty-nobody"} <= set(both.keys)
    await hire(lin)
    await both.write("/menu")
    assert {"case-waiting", "duty-now"} <= set(both.keys)


async def test_before_there_is_a_case(service, ann, lin, hire):
    await hire(staff(service, ANN))
    await ann.write("/mood")
    await ann.press("button-agree")
    await ann.write("/start")
    assert {"first-hello", "duty-nobody"} <= set(ann.keys)


async def test_worse_the_next_day(service, both, lin, hire, clock):
    await both.write("/counselor")
    (case,) = await rows(service, sa.select(Case))
    counselor, services = (await hire(lin)).id, service.handrail.services
    await services.desk.take(counselor, case.id)
    await services.desk.close(counselor, case.id, "supported")
    await services.staffing.set_on_call(counselor, False)
    clock.advance(dt.timedelta(hours=21))
    await services.follow_ups.ask_due()
    await settled(service)
    await both.press("button-worse")
    assert {"follow-up-worse", "duty-nobody"} <= set(both.keys)
    # with a number to call, without a tap
    assert "crisis-emergency" in " ".join(both.keys)
    assert both.last.text.count("988") >= 1
