"""What is read out of a raw update before anything else sees it."""

from __future__ import annotations

import pytest

from bot.intake import has_id
from bot.updates import read_update

CHAT = {"id": 7, "type": "private", "first_name": "x"}


def message(**more):
    return {"message_id": 1, "date": 1, "chat": CHAT, "from": {"id": 7}} | more


def words(update):
    return [part.text for part in read_update(update).parts]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/menu", []),
        ("/menu@some_bot", []),
        ("/Menu so tired", ["so tired"]),
        ("/menu\nso tired", ["so tired"]),
        ("/tests and more", ["and more"]),
        ("/kms", ["kms"]),
        ("/end it now", ["it now"]),
        ("/kill myself", ["kill myself"]),
        ("/ so tired", ["/ so tired"]),
        ("/结束吧", ["/结束吧"]),
    ],
)
def test_what_follows_a_slash(text, found):
    assert words({"update_id": 1, "message": message(text=text)}) == found


def test_a_kind_nobody_foresaw_hides_no_known_one():
    update = {"update_id": 1, "new_thing": {"a": 1}, "message": message(text="so tired")}
    facts = read_update(update)
    assert (facts.kind, facts.chat_id, words(update)) == ("message", 7, ["so tired"])


@pytest.mark.parametrize(
    "more",
    [
        {"forward_from_chat": {"id": -1, "type": "channel", "title": "Ann's channel"}},
        {"external_reply": {"origin": {"sender_chat": {"id": -1, "title": "Ann's channel"}}}},
        {"chat_shared": {"request_id": 1, "chat_id": -1, "title": "Ann's channel"}},
    ],
)
def test_titles_of_chats_are_nobodys_words(more):
    assert words({"update_id": 1, "message": message(text="look", **more)}) == ["look"]


def test_a_polls_words_are_words():
    poll = {"id": "1", "type": "regular", "question": "so tired?", "options": [{"text": "yes"}]}
    assert words({"update_id": 1, "message": message(poll=poll)}) == ["so tired?\nyes"]


@pytest.mark.parametrize(
    ("update", "good"),
    [
        ({"update_id": 0}, True),
        ({"update_id": 2**63 - 1}, True),
        ({"update_id": 2**63}, False),
        ({"update_id": -1}, False),
        ({"update_id": True}, False),
        ({"update_id": "5"}, False),
        ({}, False),
        ([], False),
    ],
)
def test_ids_that_a_database_can_hold(update, good):
    assert has_id(update) is good
