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


async def test_the_card_speaks_plainly_and_details_explain(enrolled, lin, hire):
    await hire(lin)
    await enrolled.write(IMMINENT)
    page = lin.last
    await lin.press("staff-button-card")
    assert "staff-card-signal" in lin.keys and "version=" not in lin.last.text
    # opened from the page, the card still stops it
    assert lin.labels()[0] == "staff-button-on-it"
    await lin.press("staff-button-details")
    # safety invariant 7: what each reason rests on, and by which version
    assert "staff-card-detail" in lin.keys and "version=" in lin.last.text
    assert IMMINENT not in lin.last.text
    await lin.press("staff-button-card")
    await lin.press("staff-button-on-it")
    assert lin.last.id == page.id and lin.keys[0] == "staff-on-it"
    await lin.press("staff-button-card")
    assert "staff-button-on-it" not in lin.labels()


async def test_the_card_shows_the_mark(enrolled, lin, hire):
    await hire(lin)
    await enrolled.write(IMMINENT)
    await lin.press("staff-button-take")
    for said in ("true", "false"):
        await lin.press(f"staff-button-{said}")
        assert lin.keys[0] == "staff-card-title" and f"staff-card-marked-{said}" in lin.keys


async def test_an_admin_is_offered_no_switch_that_they_do_not_have(lin, kim, hire):
    await hire(lin)
    await hire(kim, role="admin", name="Kim")
    for phone, own, other in (
        (kim, "staff-command-oncall-admin", "staff-command-oncall"),
        (lin, "staff-command-oncall", "staff-command-oncall-admin"),
    ):
        await phone.write("/help")
        assert own in phone.keys and other not in phone.keys
