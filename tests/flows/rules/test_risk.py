"""The screen as a whole: signals that explain, context, a model beside the lexicon, any text."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.risk_catalog import load_lexicon
from flows.rules.risk import (
    NOT_OWN_RISK,
    ModelScore,
    RiskLevel,
    Signal,
    SignalKind,
    Thresholds,
    combine,
    detect_language,
    failing_examples,
)
from tests.flows.rules import risk_messages_en as en
from tests.flows.rules import risk_messages_zh as zh
from tests.support.lexicon import FOLDER, screen, shipped

ASKED = "Are you thinking about killing yourself?"
ASKED_ZH = "你有没有想过自杀？"


def score(**more):
    return ModelScore(**{"version": "m1", "low": 0.0, "elevated": 0.0, "imminent": 0.0, **more})


def reasons(found):
    return [signal.reason for signal in found.signals]


@pytest.mark.parametrize(
    "text", [*en.LOW, *en.ELEVATED, *en.IMMINENT, *zh.LOW, *zh.ELEVATED, *zh.IMMINENT]
)
def test_every_level_is_explained(text):
    found = screen(text)
    own = [s for s in found.signals if s.kind not in NOT_OWN_RISK]
    assert max(s.level.rank for s in own) == found.level.rank
    for signal in found.signals:
        assert text[signal.start : signal.end].strip()
        assert signal.version == found.lexicon_version == shipped().version
        assert signal.kind in set(SignalKind)
        assert signal.reason.partition(":")[0] in shipped().levels


def test_the_span_is_what_was_written():
    text = "ok so… I want to k\u200bill mysеlf, sorry"
    (signal,) = [s for s in screen(text).signals if s.reason == "en.active.kill_self"]
    assert text[signal.start : signal.end] == "k\u200bill mysеlf"


def test_the_span_of_turned_words_lies_where_they_were_written():
    text = f"ok \u202e{'kill myself'[::-1]} ot tnaw i\u202c thanks"
    (signal,) = [s for s in screen(text).signals if s.reason == "en.active.kill_self"]
    assert text[signal.start : signal.end] == "kill myself"[::-1]


def test_the_worst_signal_stands_first():
    found = screen("i feel hopeless. i'm going to kill myself tonight")
    assert found.signals[0].level == RiskLevel.IMMINENT
    ranks = [s.level.rank for s in found.signals]
    assert ranks == sorted(ranks, reverse=True)


def test_score_orders_levels_and_stays_within_them():
    none, low = screen("see you at lunch").score, screen("i feel hopeless").score
    elevated = screen("i want to die").score
    imminent = screen("i'm going to kill myself tonight").score
    assert 0.0 == none < low < elevated < imminent < 1.0


def test_what_others_do_is_no_own_risk_score():
    assert screen("my boyfriend hits me").level == RiskLevel.ELEVATED
    assert screen("my boyfriend hits me").score == 0.0


def test_the_level_heard_about_another_is_kept():
    found = screen("my friend wants to kill herself tonight")
    assert found.level == RiskLevel.NONE
    assert found.other_level.at_least(RiskLevel.ELEVATED)


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("hello", "en"),
        ("你好", "zh"),
        ("", "en"),
        ("😀", "en"),
        ("ok 我想回家", "zh"),
        ("i like 茶", "en"),
    ],
)
def test_language(text, lang):
    assert detect_language(text) == lang
    assert screen(text).lang == lang
    assert screen(text, lang="zh").lang == "zh"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_both_languages_are_read_whatever_the_label(lang):
    assert screen("i want to die", lang=lang).level == RiskLevel.ELEVATED
    assert screen("我想死", lang=lang).level == RiskLevel.ELEVATED
    assert screen("真的撑不下去了 i want to die", lang=lang).level == RiskLevel.ELEVATED


@pytest.mark.parametrize(
    ("asked", "answer", "level", "reason"),
    [
        (ASKED, "yes", "elevated", "context.affirmation"),
        (ASKED, "kinda", "elevated", "context.affirmation"),
        (ASKED, "maybe tonight", "imminent", "context.soon"),
        (ASKED, "Tonight.", "imminent", "context.soon"),
        (ASKED, "i have them here", "imminent", "context.obtained"),
        (ASKED, "no", "none", None),
        (ASKED, "what time is lunch", "none", None),
        ("Are you coming to lunch?", "yes", "none", None),
        ("Are you coming to lunch?", "tonight", "none", None),
        ("i want to kill myself", "tonight", "imminent", "context.soon"),
        ("my friend wants to die", "yes", "none", None),
        (ASKED_ZH, "嗯", "elevated", "context.affirmation"),
        (ASKED_ZH, "有时候会", "elevated", "context.affirmation"),
        (ASKED_ZH, "今晚", "imminent", "context.soon"),
        (ASKED_ZH, "都准备好了", "imminent", "context.obtained"),
        (ASKED_ZH, "没有", "none", None),
        ("你吃饭了吗？", "嗯", "none", None),
        ("我想自杀", "今晚", "imminent", "context.soon"),
    ],
)
def test_a_short_answer_is_read_with_what_was_asked(asked, answer, level, reason):
    found = screen(answer, context=[asked])
    assert found.level == level
    assert reasons(found) == ([reason] if reason else [])
    assert all((s.start, s.end) == (0, len(answer)) for s in found.signals)


def test_only_the_last_four_turns_and_short_answers_lean_on_context():
    assert screen("yes", context=[ASKED, "a", "b", "c"]).level == RiskLevel.ELEVATED
    assert screen("yes", context=[ASKED, "a", "b", "c", "d"]).level == RiskLevel.NONE
    long = "yes " + "we could talk about the course some other time " * 2
    assert screen(long, context=[ASKED]).level == RiskLevel.NONE


@pytest.mark.parametrize(
    ("text", "given_score", "level"),
    [
        ("hello", score(low=0.34), "none"),
        ("hello", score(low=0.35), "low"),
        ("hello", score(low=0.9, elevated=0.49), "low"),
        ("hello", score(low=0.9, elevated=0.5), "elevated"),
        ("hello", score(low=0.9, elevated=0.9, imminent=0.69), "elevated"),
        ("hello", score(low=0.9, elevated=0.9, imminent=0.7), "imminent"),
        ("i want to die", score(), "elevated"),
        ("i'm going to kill myself tonight", score(low=0.9, elevated=0.9), "imminent"),
    ],
)
def test_a_model_raises_and_never_lowers(text, given_score, level):
    found = combine(screen(text), given_score, Thresholds())
    assert found.level == level
    assert found.model_version == "m1"
    assert not found.degraded


def test_a_models_signal_says_so():
    found = combine(screen("hello"), score(low=0.9, elevated=0.8), Thresholds())
    signal = found.signals[-1]
    assert (signal.kind, signal.tier, signal.reason) == ("model", "model", "model.elevated")
    assert signal.version == "m1"


@pytest.mark.parametrize("bad", [math.nan, -0.1, 1.1, math.inf])
def test_a_score_that_is_no_probability_counts_as_missing(bad):
    by_lexicon = screen("i want to die")
    found = combine(by_lexicon, score(elevated=bad), Thresholds())
    assert found.degraded
    assert (found.level, found.signals) == (by_lexicon.level, by_lexicon.signals)


@pytest.mark.parametrize("degraded", [True, False])
def test_without_a_score_the_lexicon_stands(degraded):
    found = combine(screen("i want to die"), None, Thresholds(), degraded=degraded)
    assert found.level == RiskLevel.ELEVATED
    assert found.degraded is degraded
    assert found.model_version is None


def test_every_example_of_the_lexicon_holds():
    assert failing_examples(load_lexicon(FOLDER)) == []


ENGLISH = ("i want to ", "kill ", "myself ", "die ", "not ", "my friend ", "haha ", "k i l l ")
CHINESE = ("我", "想", "死", "他", "不", "药", "，", "自杀", "今晚")
ODD = ('"', "\n", "\u200b", "１", "\ud800", "😂")
SHARDS = st.sampled_from((*ENGLISH, *CHINESE, *ODD))
WORDY = st.lists(SHARDS, max_size=60).map("".join)


@given(st.one_of(st.text(), WORDY), st.lists(st.one_of(st.text(max_size=40), WORDY), max_size=3))
def test_no_text_makes_the_screen_raise(text, context):
    found = screen(text, context=context)
    assert 0.0 <= found.score <= 1.0
    assert 0.0 <= found.abuse <= 1.0
    for signal in found.signals:
        assert isinstance(signal, Signal)
        assert 0 <= signal.start <= signal.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " " * 4096,
        "😀" * 4096,
        "a" * 4096,
        ("i want to kill myself tonight. " * 140)[:4096],
        ("我想自杀，他也想自杀。" * 400)[:4096],
        "\"" * 4096,
        "not " * 1024,
        "不想要去" * 1024,
        "א" * 2000 + "ب" * 2000,
        "".join(map(chr, range(4096))),
        "\ud83d" * 50,
    ],
)  # fmt: skip
def test_long_and_odd_texts_are_answered(text):
    found = screen(text)
    assert (found.level == RiskLevel.NONE) is ("kill" not in text and "自杀" not in text)
    assert len(found.signals) <= 40


def test_padding_to_the_longest_message_hides_nothing():
    pad = "the weather was fine and we walked home. " * 97
    assert screen(pad + "i want to kill myself").level == RiskLevel.ELEVATED
    assert screen("i want to kill myself. " + pad).level == RiskLevel.ELEVATED
