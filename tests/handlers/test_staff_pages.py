"""What the desk's screens say of a case that pages."""

from __future__ import annotations

IMMINENT = "I've got the pills here and I'm going to take them tonight"


async def test_queue_and_card_say_who_is_on_it(enrolled, lin, kim, hire):
    await hire(lin)
    await hire(kim, name="Kim")
    await enrolled.write(IMMINENT)
    await lin.press("staff-button-on-it")
    await kim.write("/queue")
    line = kim.last.buttons[0][0].text
    assert "holder=on-it" in line and "name=Ms. Lin" in line
    await kim.press("staff-queue-line")
    assert "staff-status-on-it" in kim.keys and "staff-card-paging" not in kim.keys
