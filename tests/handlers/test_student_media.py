"""What is no text, in an open case: the counselor sees that it came, the student is told so."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from storage.tables import Case, Message
from tests.support.phone import keys_in, rows, settled

# what stands on the screens; the flow behind them is tested on both stores
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

IMMINENT = "I've got the pills here and I'm going to take them tonight"


@pytest.fixture
async def talking(service, enrolled, lin, hire):
    """Ann, whose case a counselor has taken."""
    counselor = await hire(lin)
    await enrolled.write("/counselor")
    (case,) = await rows(service, sa.select(Case))
    await service.handrail.services.desk.take(counselor.id, case.id)
    await settled(service)
    return enrolled


@pytest.mark.parametrize("kind", ["photo", "voice", "sticker", "video", "document"])
async def test_the_counselor_sees_that_it_was_sent(talking, lin, kind):
    await talking.send(kind)
    assert talking.keys == ["media-noted"]
    assert talking.labels() == ["button-numbers", "button-menu"]
    assert keys_in(lin.last.text) == ["staff-out-new-words"]
    await lin.press("staff-button-read")
    assert f"staff-mark-{kind}" in lin.keys and "staff-part-media" not in lin.keys
    await talking.write("did you see it?")
    await lin.press("staff-button-read")
    assert f"staff-mark-{kind}" not in lin.keys and "did you see it?" in lin.last.text


@pytest.mark.parametrize("what", ["place", "contact"])
async def test_a_place_and_a_contact_too(talking, lin, what):
    content = {
        "place": {"location": {"latitude": 1.5, "longitude": 2.5}},
        "contact": {"contact": {"phone_number": "123", "first_name": "A"}},
    }[what]
    await talking.receive_raw(**content)
    assert talking.keys == ["place-noted"]
    await lin.press("staff-button-read")
    assert f"staff-mark-{what}" in lin.keys


async def test_its_caption_goes_along_with_one_notice(talking, lin):
    before = len(lin.messages)
    await talking.send("photo", caption="this is my room")
    assert talking.keys == ["media-words-only", "said-with"]
    assert len(lin.messages) == before + 1
    await lin.press("staff-button-read")
    assert "this is my room" in lin.last.text and "staff-mark-photo" in lin.keys


async def test_so_it_is_where_the_caption_was_flagged(service, enrolled, lin, hire):
    await hire(lin)
    await enrolled.send("photo", caption=IMMINENT)
    assert {"out-card", "media-words-only"} <= set(enrolled.all_keys())
    await lin.press("staff-button-card")
    await lin.press("staff-button-take")
    await lin.press("staff-button-words")
    assert IMMINENT in lin.last.text.replace("**", "") and "staff-mark-photo" in lin.keys


async def test_while_nobody_has_taken_it(service, enrolled, lin, hire):
    await enrolled.write("/counselor")
    await enrolled.send("voice")
    assert enrolled.keys == ["media-noted"]
    (case,) = await rows(service, sa.select(Case))
    view = await hire(lin)
    opened = await service.handrail.services.talk.open_words(view.id, case.id)
    assert [(w.mark, w.body) for w in opened.words] == [(True, "voice")]


async def test_a_sound_that_has_a_title(service, talking, lin):
    audio = {
        "file_id": "x", "file_unique_id": "y", "duration": 3, "title": "a song", "performer": "me",
    }  # fmt: skip
    await talking.receive_raw(audio=audio)
    assert talking.keys == ["media-words-only", "said-with"]
    await lin.press("staff-button-read")
    assert "staff-mark-voice" in lin.keys and "a song" in lin.last.text
    assert service.handrail.health.parked == 0


async def test_without_a_case_nothing_is_noted(service, enrolled):
    await enrolled.send("photo")
    assert enrolled.keys == ["media-not-passed-on"]
    assert await rows(service, sa.select(Message)) == []


async def test_a_level_without_words_is_explained_to_the_counselor(ann, clock, lin, hire):
    await hire(lin)
    await ann.write(IMMINENT)
    clock.advance(dt.timedelta(minutes=61))
    await ann.press("h:ask")
    await ann.press("h:yes")
    for name in ("staff-button-card", "staff-button-take", "staff-button-words"):
        await lin.press(name)
    assert "staff-mark-unkept-words" in lin.keys
