"""The phrase language: what a phrase matches, and that its stems let no match through unseen."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.risk_catalog import load_lexicon
from content.risk_phrases import PhraseError, compile_loose, compile_phrase, stems_of
from tests.support.lexicon import FOLDER

LISTS = {"want": ["want to", "wanna"], "drug": ["(pills|tablets)"], "deep": ["{deep}"]}
LEXICON = load_lexicon(FOLDER)


def found(phrase, text, lang="en"):
    return re.search(compile_phrase(phrase, LISTS, lang).pattern, text) is not None


@pytest.mark.parametrize(
    ("phrase", "text", "hits"),
    [
        ("want to die", "i want to die", True),
        ("want to die", "i want to\ndie", True),
        ("want to die", "i want to diet", False),
        ("want to die", "unwant to die", False),
        ("(cut|hurt) myself", "i hurt myself", True),
        ("(cut|hurt) myself", "i love myself", False),
        ("(really)? sad", "sad", True),
        ("(really)? sad", "really sad", True),
        ("so (very)? sad", "so sad", True),
        ("so (very)? sad", "so very very sad", False),
        ("{want} go", "i wanna go", True),
        ("{want}? go", "go", True),
        ("suicid*", "suicidal", True),
        ("suicid*", "unsuicidal", False),
        ("kill .. me", "kill me", True),
        ("kill .. me", "kill all of me", True),
        ("kill .. me", "kill all of my old me", False),
        ("kill ..4 me", "kill all of my old me", True),
        ("kill .. me", "kill, then me", False),
        ("^bye", "bye now", True),
        ("^bye", "...bye now", True),
        ("^bye", "so bye", False),
        ("bye$", "so bye!! 😭", True),
        ("bye$", "bye now", False),
        ("# {drug}", "30 pills", True),
        ("# {drug}", "twenty tablets", True),
        ("# {drug}", "some tablets", False),
        ("my exi*stence", "my existence", True),
    ],
)
def test_english_phrases(phrase, text, hits):
    assert found(phrase, text) is hits


@pytest.mark.parametrize(
    ("phrase", "text", "hits"),
    [
        ("想死", "我想死了", True),
        ("(想|要)死", "要死", True),
        ("(想)?自杀", "自杀", True),
        ("想..死", "想要赶快死", True),
        ("想..死", "想吃饭，死", False),
        ("想..2死", "想要去死", True),
        ("想..2死", "想要赶快死", False),
        ("吃了#片", "吃了30片", True),
        ("吃了#片", "吃了三十片", True),
        ("^死$", "死！", True),
        ("^死$", "要死", False),
        ("ta死", "ta死了", True),
        ("ta", "documentary", False),
        ("ta", "怪ta啊", True),
    ],
)
def test_chinese_phrases(phrase, text, hits):
    assert found(phrase, text, "zh") is hits


@pytest.mark.parametrize(
    ("phrase", "word"),
    [
        ("(a", "without"),
        ("a)", "unmatched"),
        ("{no}", "no list"),
        ("", "empty"),
        ("(a|)", "empty"),
        ("(a)?", "optional"),
        ("..", "optional"),
        ("?", "nothing before"),
        ("}", "nothing before"),
        ("w[ao]nt", "means nothing"),
        ("kill+", "means nothing"),
        ("{deep}", "deeply"),
    ],
)
def test_a_phrase_that_cannot_be_read_is_quoted(phrase, word):
    with pytest.raises(PhraseError, match=word) as error:
        compile_phrase(phrase, LISTS, "en")
    assert repr(phrase) in str(error.value) or phrase == "{deep}"


def test_a_loose_phrase_may_lack_a_stem_and_cross_a_comma():
    assert compile_loose("#", LISTS, "en").groups == ()
    assert re.search(compile_loose("bye .. tomorrow", LISTS, "en").pattern, "bye, see u tomorrow")


PHRASES = [
    *(p for entry in LEXICON.entries for p in (*entry.phrases, *entry.unless)),
    *(p for idiom in LEXICON.idioms for p in idiom.phrases),
]


@given(st.sampled_from(PHRASES), st.data())
def test_a_text_that_matches_holds_every_group(phrase, data):
    """Were a stem wrong, the screen would pass over a phrase without ever trying it."""
    text = data.draw(st.from_regex(phrase.pattern, alphabet=st.sampled_from(SIGNS)))
    stems = stems_of(text)
    for group in phrase.groups:
        assert not group.isdisjoint(stems), text


SIGNS = sorted(
    {c for p in PHRASES for c in p.pattern if c not in "\\()[]{}?*+|^$"} | set(" \n,0!")
)
