"""Who said what in a talk that went through several hands."""

from __future__ import annotations

import pytest

# what stands on the screens; the flows behind them are tested on both stores
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_the_talk_names_each_counselor_as_they_chose(service, enrolled, lin, kim, hire):
    await hire(lin, name="Lin <3")
    await hire(kim, name="Kim")
    await enrolled.write("/counselor")
    await lin.press("staff-button-take")
    await lin.write("I am here.")
    await lin.press("staff-button-card")
    await lin.press("staff-button-release")
    await lin.press("staff-button-give")
    await kim.press("staff-button-take")
    await kim.write("So am I.")
    await kim.press("staff-button-card")
    await kim.press("staff-button-words")
    said = kim.last.text
    assert kim.keys.count("staff-words-to-student") == 2
    assert said.index("name=Lin <3") < said.index("I am here.") < said.index("name=Kim")
