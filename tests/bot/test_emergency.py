"""The path without a database: who is answered, and where."""

from __future__ import annotations

import json
import uuid

import pytest

from bot.emergency import Emergency
from bot.risk_model import load_screen_lexicon
from storage.inbox import Stored

ANN, GROUP = 710_000_001, -100_123


def update(chat, **more):
    message = {
        "message_id": 1,
        "date": 1,
        "chat": chat,
        "from": {"id": ANN, "is_bot": False, "first_name": "x"},
        "text": "I want to kill myself",
    }
    return {"update_id": 5, "message": message | more}


@pytest.fixture
def sent():
    return []


@pytest.fixture
def emergency(sent):
    async def send(chat_id, text):
        sent.append(chat_id)

    async def send_of_staff(chat_id, text):
        sent.append(("staff", chat_id))

    async def ping(kind):
        pass

    sends = {"student": send, "staff": send_of_staff}
    return Emergency(load_screen_lexicon(), lambda region: "card", sends, ping, "again")


@pytest.mark.parametrize(
    "chat",
    [
        {"id": ANN, "type": "private"},
        {"id": GROUP, "type": "supergroup"},
        {"id": GROUP, "type": "group"},
    ],
)
async def test_a_card_goes_to_the_person_and_never_into_a_group(emergency, sent, chat):
    assert await emergency.answer("student", [update(chat), update(chat)]) == 1
    assert sent == [ANN]


async def test_the_card_comes_through_the_bot_that_was_written_to(emergency, sent):
    chat = {"id": ANN, "type": "private"}
    assert await emergency.answer("staff", [update(chat), update(chat)]) == 1
    # another bot counts its updates by itself
    assert await emergency.answer("student", [update(chat)]) == 1
    assert sent == [("staff", ANN), ANN]


async def test_a_group_post_of_nobody_is_not_answered(emergency, sent):
    post = update({"id": GROUP, "type": "supergroup"}, **{"from": None})
    assert await emergency.answer("student", [post]) == 0
    assert sent == []


async def test_a_damaged_row_keeps_nobody_else_of_the_lane_from_the_numbers(emergency, sent):
    whole = json.dumps(update({"id": ANN, "type": "private"})).encode()
    rows = [
        Stored(uuid.uuid4(), "student", n, b"a", payload, False, 0)
        for n, payload in enumerate((b"", b"{", whole))
    ]
    await emergency.answer_stored(rows)
    assert sent == [ANN]


@pytest.mark.parametrize("data", ["x:crisis", "x:crisis:en", "x:crisis:zh:!3"])
async def test_the_button_of_the_numbers_is_known_in_all_its_forms(emergency, sent, data):
    pressed = {
        "update_id": 6,
        "callback_query": {
            "id": "1",
            "chat_instance": "1",
            "from": {"id": ANN, "is_bot": False, "first_name": "x"},
            "data": data,
            "message": update({"id": ANN, "type": "private"})["message"] | {"text": "numbers"},
        },
    }
    assert await emergency.answer("student", [pressed]) == 1 and sent == [ANN]


@pytest.mark.parametrize(
    ("text", "answered"),
    [
        ("my roommate swallowed pills and won't wake up", 1),
        ("有人明天要来学校砍人", 1),
        ("my roommate won't wake up for class", 0),
    ],
)
async def test_the_card_comes_for_somebody_else_who_may_be_dying(emergency, sent, text, answered):
    private = {"id": ANN, "type": "private"}
    assert await emergency.answer("student", [update(private, text=text)]) == answered
    assert len(sent) == answered
