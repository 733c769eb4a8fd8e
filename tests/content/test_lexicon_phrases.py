"""No phrase of the lexicon is dead: each matches some text as the screen reads it."""

from __future__ import annotations

import json
import random
import re
import string
import tomllib
from re import _constants as op
from re import _parser as reader

import pytest

from content.risk_catalog import load_lexicon
from content.risk_phrases import Phrase, compile_loose, compile_phrase, stems_of
from flows.rules.normalize import closed_up, normalize
from tests.support.lexicon import FOLDER

_TRIES = 60
LEXICON = load_lexicon(FOLDER)
RAW = {
    lang: tomllib.loads((FOLDER / f"lexicon.{lang}.toml").read_text("utf-8"))
    for lang in ("en", "zh")
}


def written(pattern: str, chance: random.Random) -> str:
    """Some text that the expression describes; what may stand around it is left to `matches`."""
    return _text(reader.parse(pattern), chance)


def _text(nodes, chance) -> str:
    return "".join(_node(kind, argument, chance) for kind, argument in nodes)


def _node(kind, argument, chance) -> str:
    if kind is op.LITERAL:
        return chr(argument)
    if kind is op.IN:
        return _one_of(argument, chance)
    if kind is op.BRANCH:
        return _text(chance.choice(argument[1]), chance)
    if kind is op.SUBPATTERN:
        return _text(argument[-1], chance)
    if kind is op.MAX_REPEAT:
        low, high, inner = argument
        count = chance.choice([low, min(high, low + 1)])
        return "".join(_text(inner, chance) for _ in range(count))
    assert kind in {op.ASSERT, op.ASSERT_NOT, op.AT}, kind
    return ""


def _one_of(choices, chance) -> str:
    kind, argument = chance.choice(choices)
    if kind is op.NEGATE:
        return "好"  # the gap of a Chinese phrase: anything but the end of a clause
    if kind is op.RANGE:
        return chr(chance.randint(*argument))
    return " " if kind is op.CATEGORY else chr(argument)


def matches(phrase: Phrase, tries: int = _TRIES) -> bool:
    """Whether one of some texts is found in it, after everything the screen does beforehand."""
    chance = random.Random(phrase.pattern)
    for _ in range(tries):
        text = normalize(written(phrase.pattern, chance)).text
        for seen in {text, closed_up(text) or text}:
            stems = stems_of(seen)
            if re.search(phrase.pattern, seen) and not any(
                group.isdisjoint(stems) for group in phrase.groups
            ):
                return True
    return False


OWNED = {
    **{entry.id: entry.phrases for entry in LEXICON.entries},
    **{f"{entry.id} unless": entry.unless for entry in LEXICON.entries if entry.unless},
    **{idiom.id: idiom.phrases for idiom in LEXICON.idioms},
    **{f"scope {name}": phrases for name, phrases in LEXICON.scope.items()},
}


@pytest.mark.parametrize("owner", OWNED)
def test_every_phrase_matches_some_text(owner):
    assert [phrase.pattern[:200] for phrase in OWNED[owner] if not matches(phrase)] == []


@pytest.mark.parametrize(
    "dead", ["don't stop", "Die now", "killl me", "kil me", "k m s", "想死$了", "自殺"]
)
def test_a_phrase_that_nothing_can_match_is_found_out(dead):
    lang = "en" if dead[0] in string.printable else "zh"
    assert not matches(compile_phrase(dead, {}, lang))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_word_of_a_list_matches_some_text(lang):
    lists = RAW[lang]["lists"]
    dead = [
        (name, word)
        for name, words in lists.items()
        for word in words
        if not matches(compile_loose(word, lists, lang))
    ]
    assert dead == []


def test_every_english_word_of_the_lexicon_reaches_its_phrases_as_it_is_written():
    """Mending odd spellings must not take ordinary words apart ("together": "to get her")."""
    texts = [
        json.dumps(RAW["en"][part], ensure_ascii=False)
        for part in ("lists", "scope", "idiom", "entry")
    ]
    words = sorted(set(re.findall(r"[a-z]{2,}", " ".join(texts))))
    # glued on purpose, to be found glued or apart
    assert {word for word in words if normalize(word).text != word} <= {"selfharm"}
