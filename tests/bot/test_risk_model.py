"""The screen fails safe: whatever a model does, the lexicon's answer stands and is marked."""

from __future__ import annotations

import asyncio
import math

import pytest

from bot.risk_model import Screen, load_screen_lexicon
from flows.rules.risk import ModelScore, RiskLevel

LEXICON = load_screen_lexicon()
SAFE = ModelScore("m1", low=0.0, elevated=0.0, imminent=0.0)
GRAVE = ModelScore("m1", low=0.9, elevated=0.9, imminent=0.9)


class Answering:
    """A model that gives what it is told to, after a while."""

    version = "m1"

    def __init__(self, answer, wait_s=0.0):
        self.answer, self.wait_s = answer, wait_s

    async def score(self, texts, lang):
        await asyncio.sleep(self.wait_s)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def make(model):
    faults = []
    return Screen(LEXICON, model=model, budget_ms=50, on_fault=faults.append), faults


@pytest.mark.parametrize(
    "model",
    [
        Answering(RuntimeError("broken")),
        Answering([]),
        Answering(None),
        Answering([SAFE], wait_s=30),
        Answering([ModelScore("m1", low=math.nan, elevated=0.0, imminent=0.0)]),
        Answering([ModelScore("m1", low=0.0, elevated=7.0, imminent=0.0)]),
    ],
)
@pytest.mark.parametrize(("text", "level"), [("i want to die", "elevated"), ("hello", "none")])
async def test_a_broken_model_leaves_the_lexicon_and_tells_the_operator(model, text, level):
    screen, faults = make(model)
    found = await screen.assess(text)
    assert found.level == level
    assert found.degraded
    assert faults == ["risk_model_failed"]


@pytest.mark.parametrize(
    ("text", "score", "level"),
    [("hello", GRAVE, "imminent"), ("i want to die", SAFE, "elevated"), ("hello", SAFE, "none")],
)
async def test_a_sound_model_raises_and_never_lowers(text, score, level):
    screen, faults = make(Answering([score]))
    found = await screen.assess(text)
    assert found.level == level
    assert (found.model_version, found.degraded, faults) == ("m1", False, [])


async def test_without_a_model_nothing_is_missing():
    found = await Screen(LEXICON).assess("我想死")
    assert found.level == RiskLevel.ELEVATED
    assert (found.model_version, found.degraded) == (None, False)
