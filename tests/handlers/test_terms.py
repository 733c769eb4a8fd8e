"""Terms that changed: asked once more on the way to the menu, never in the way of help."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from flows.policy import Enrolment
from storage.tables.people import Consent
from tests.handlers.conftest import ANN
from tests.support.phone import rows

# what stands on the screens; the flows behind them are tested on both stores
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NOW = Enrolment().consent_version


@pytest.fixture
async def earlier(service, enrolled):
    """Ann agreed to an earlier version."""

    def age(unit):
        unit.execute(sa.update(Consent).values(version="2025-01"))

    await service.handrail.services.enrolment._database.transact(age)
    return enrolled


async def versions(service):
    return set(await rows(service, sa.select(Consent.version)))


async def test_nobody_is_asked_who_agreed_to_these(enrolled):
    await enrolled.write("/menu")
    assert enrolled.keys[0] == "menu-title"


@pytest.mark.parametrize("way", ["/menu", "/start", "/cancel"])
async def test_read_and_agreed_to_they_are_a_new_consent(service, earlier, way):
    await earlier.write(way)
    assert earlier.keys == ["terms-changed"]
    await earlier.press("button-terms")
    assert earlier.keys == ["consent-long"] and await versions(service) == {"2025-01"}
    await earlier.press("button-agree")
    assert earlier.keys[0] == "menu-title"
    assert await versions(service) == {"2025-01", NOW}
    await earlier.write(way)
    assert earlier.keys[0] == "menu-title"


@pytest.mark.parametrize("read", [False, True])
async def test_not_now_leads_on_and_the_old_ones_stand(service, earlier, read):
    await earlier.write("/menu")
    if read:
        await earlier.press("button-terms")
    await earlier.press("button-not-now")
    assert earlier.keys[0] == "menu-title" and await versions(service) == {"2025-01"}
    await earlier.write("/counselor")
    assert earlier.keys[0] == "case-opened"


async def test_help_stands_on_the_screen_that_asks(earlier):
    await earlier.write("/menu")
    await earlier.press("button-talk-now")
    assert earlier.keys[0] == "case-opened"
    # and with a case nobody is asked
    await earlier.write("/menu")
    assert earlier.keys[0] == "menu-title"


async def test_words_and_numbers_come_before_it(earlier):
    await earlier.write("/menu")
    await earlier.write("/crisis")
    assert earlier.keys[0] == "crisis-title"
    await earlier.write("I want to kill myself tonight")
    assert "terms-changed" not in earlier.keys and "out-card" in earlier.all_keys()


async def test_what_was_taken_back_is_not_given_again(service, earlier):
    services = service.handrail.services
    student = (await services.enrolment.find(ANN)).id
    await services.privacy.switch(student, "mood", False)
    await earlier.write("/menu")
    await earlier.press("button-terms")
    await earlier.press("button-agree")
    assert "mood" not in (await services.privacy.view(student)).consents
