"""Going off call while cases are still in one's hands."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage.tables import Case
from tests.support.phone import rows

# what stands on the screens; the flows behind them are tested on both stores
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
IMMINENT = "I've got the pills here and I'm going to take them tonight"


@pytest.fixture
async def holding(service, enrolled, ben, lin, hire):
    """Lin is on call and has two cases, one of them imminent."""
    await hire(lin)
    await ben.service.handrail.services.enrolment.begin(
        ben.person, "en", "adult", "US", update_id=1
    )
    for phone, text in ((ben, "/counselor"), (enrolled, IMMINENT)):
        await phone.write(text)
        await lin.press("staff-button-take")
    return lin


async def statuses(service):
    return await rows(service, sa.select(Case.status).order_by(Case.number))


async def test_the_cases_that_stay_are_named_with_what_becomes_of_them(service, holding):
    await holding.write("/oncall")
    assert "staff-holding" not in holding.keys
    await holding.press("staff-button-off")
    assert holding.keys[:2] == ["staff-off-call", "staff-holding"] and "n=2" in holding.last.text
    assert holding.keys.count("staff-holding-line") == 2 and "staff-holding-what" in holding.keys
    levels = [key for key in holding.keys if key.startswith("staff-level")]
    assert levels == ["staff-level-3", "staff-level-0"]
    assert await statuses(service) == ["taken", "taken"]


async def test_each_goes_back_with_one_tap_and_the_rest_is_shown(service, holding):
    await holding.write("/oncall")
    await holding.press("staff-button-off")
    screen, data = holding.last, holding.data("staff-button-give-back")
    await holding.press_data(screen, data)
    assert await statuses(service) == ["taken", "waiting"]
    assert any("staff-holding" in m.text and "n=1" in m.text for m in holding.messages)
    await holding.press_data(screen, data)
    assert "refusal-outdated" in holding.answers()
    assert await statuses(service) == ["taken", "waiting"]


async def test_who_has_none_reads_nothing_of_it(service, lin, hire):
    await hire(lin)
    await lin.write("/oncall")
    await lin.press("staff-button-off")
    assert lin.keys[0] == "staff-off-call" and "staff-holding" not in lin.keys
