"""Canned replies: chosen, seen in the student's language, sent once."""

from __future__ import annotations

import sqlalchemy as sa

from storage.tables import Outbox
from tests.handlers.conftest import ANN
from tests.support.phone import rows


async def test_chosen_seen_in_the_students_language_then_sent_once(service, enrolled, lin, hire):
    await service.handrail.services.enrolment.change(
        (await service.handrail.services.enrolment.find(ANN)).id, language="zh"
    )
    service.handrail.students.forget(ANN)
    await hire(lin)
    await enrolled.write("/counselor")
    await lin.press("staff-button-take")
    await lin.press("staff-button-canned")
    assert lin.keys == ["staff-canned-choose"]
    await lin.press("c:can:")
    assert lin.keys == ["staff-canned-preview"]
    canned = service.handrail.application.bot_data["canned"]
    reply = canned.all("zh")[0]
    assert reply.text in lin.last.text and canned.all("en")[0].text in lin.last.text
    preview, data = lin.last, lin.data("staff-button-send")
    await lin.press("staff-button-send")
    assert reply.text in enrolled.last.text
    # what the process remembered is gone, as after a restart between the two taps
    service.handrail.application.drop_user_data(lin.person)
    await lin.press_data(preview, data)
    sent = await rows(service, sa.select(Outbox.text_key))
    assert sent.count("out-from-counselor") == 1


async def test_one_message_sends_again_from_a_new_preview(service, enrolled, taken):
    first = await preview(taken)
    await taken.press("staff-button-send")
    await taken.press("staff-button-card")
    second = await preview(taken)
    # all of it is one and the same message, edited
    assert taken.last.id == first[0].id
    await taken.press_data(*first)
    assert "refusal-outdated" in taken.answers()
    await taken.press("staff-button-send")
    await taken.press_data(*second)
    reply = service.handrail.application.bot_data["canned"].all("en")[0]
    assert len([m for m in enrolled.messages if reply.text in m.text]) == 2


async def preview(phone):
    """A preview of the first canned reply: the message, and what its [Send] carries."""
    await phone.press("staff-button-canned")
    await phone.press("c:can:")
    return phone.last, phone.data("staff-button-send")


async def test_back_and_forged_ids(taken):
    await taken.press("staff-button-canned")
    await taken.press("c:can:")
    await taken.press("staff-button-back")
    assert taken.keys == ["staff-canned-choose"]
    case = taken.data("staff-button-card").rsplit(":", 1)[1]
    await taken.press_data(taken.last, f"c:can:{case}:no-such-reply")
    await taken.press_data(taken.last, f"c:say:{case}:here")
    assert taken.answers().count("refusal-outdated") == 2
