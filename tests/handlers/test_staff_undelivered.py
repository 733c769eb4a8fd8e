"""What a counselor sees of texts that a student who blocked the bot did not get."""

from __future__ import annotations

import pytest

from tests.handlers.conftest import ANN
from tests.support.phone import settled

# what stands on the screens; the flows behind them are tested on both stores
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def away(service, enrolled, lin, hire):
    """Lin has taken Ann's case, and Ann blocked the bot."""
    await hire(lin)
    await enrolled.write("/counselor")
    await lin.press("staff-button-take")
    service.simulator.block(ANN, enrolled.token)
    await settled(service)
    return lin


async def test_a_student_who_blocked_the_bot_is_said_at_once(away):
    assert away.keys == ["staff-out-student-blocked"]
    await away.write("are you there?")
    assert away.keys == ["staff-sent-blocked"]


async def test_the_talk_and_the_card_say_what_did_not_arrive(away):
    await away.write("are you there?")
    await away.press("staff-button-card")
    assert {"staff-card-blocked", "staff-card-undelivered"} <= set(away.keys)
    await away.press("staff-button-words")
    assert "staff-words-undelivered" in away.keys


async def test_the_counselor_hears_that_they_are_back_and_what_was_lost(service, enrolled, away):
    await away.write("are you there?")
    await away.write("still there?")
    service.simulator.block(ANN, enrolled.token, False)
    await settled(service)
    assert away.keys[0] == "staff-out-student-back" and "lost=2" in away.last.text
    await away.press("staff-button-words")
    await away.write("welcome back")
    assert away.keys == ["staff-on-its-way"] and "welcome back" in enrolled.last.text
