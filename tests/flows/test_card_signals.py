"""Why a case was flagged, as its card says it: each reason once."""

from __future__ import annotations

import types

import pytest

from bot.risk_model import load_screen_lexicon
from flows.case_card import _signals
from flows.receive import assessment_facts
from flows.rules.risk import screen_lexicon


@pytest.fixture(scope="module")
def lexicon():
    return load_screen_lexicon()


def lines(lexicon, *texts):
    facts = [assessment_facts(screen_lexicon(text, lexicon)) for text in texts]
    return _signals([types.SimpleNamespace(**each) for each in facts])


def test_a_reason_found_twice_in_one_message_is_one_line(lexicon):
    (line,) = lines(lexicon, "我想自杀")
    assert line.kind == "active_ideation"
    assert line.reason.split(", ") == ["zh.active.suicide_want", "zh.active.suicide_bare"]


def test_a_reason_found_in_many_messages_is_one_line_at_its_worst(lexicon):
    assert lines(lexicon, *["我想自杀"] * 9) == lines(lexicon, "我想自杀")
    first, second = lines(lexicon, "I want to die", "I have the pills in my hand")
    assert (first.level, first.kind) == ("imminent", "means") and second.kind != "means"


@pytest.mark.parametrize(
    "text", ["I'm on the roof", "I'm standing on the bridge", "我现在站在天台上", "我在楼顶"]
)
def test_a_place_is_a_reason_of_its_own_and_no_tool(lexicon, text):
    (line,) = lines(lexicon, text)
    assert (line.kind, line.level) == ("place", "imminent")
