"""The risk lexicon as its files say it: read, checked, and plain.

The files hold phrases (``content.risk_phrases``), grouped by what they are a sign of, and the
words that change what a phrase means: negation, other people, quotation, idiom, past. Levels are
triage policy, not medical fact; a file nobody qualified has signed says so by empty
``reviewed_by`` and ``reviewed_on``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from content.risk_phrases import Phrase, PhraseError, compile_loose, compile_phrase

DEFAULT_LEVELS = {
    "mention": "low",
    "passive_ideation": "low",
    "hopelessness": "low",
    "active_ideation": "elevated",
    "self_harm": "elevated",
    "past_attempt": "elevated",
    "method_query": "elevated",
    "plan": "imminent",
    "means": "imminent",
    "place": "imminent",
    "preparation": "imminent",
    "farewell": "imminent",
    "time": "imminent",
    "act_under_way": "imminent",
    "concern_for_other": "elevated",
    "pact": "imminent",
    "eating_disorder": "low",
    "violence_suffered": "elevated",
    "threat_to_others": "elevated",
    "abuse_of_peer": "low",
}
"""The kinds an entry may have, and the level of one that names none."""

LEVELS = ("none", "low", "elevated", "imminent")
LANGUAGES = ("en", "zh")
SCOPE_LISTS = (
    "negation",
    "negation_filler",
    "not_negation",
    "denial_undone",
    "first_person",
    "second_person",
    "third_person",
    "third_after",
    "third_link",
    "plea_for_other",
    "media",
    "laughter",
    "earnest",
    "hyperbole_cause",
    "past",
    "present",
    "recovered",
    "affirmation",
    "asked",
    "soon",
    "obtained",
    "loss",
)
"""The word lists of ``[scope]``; each file has them all."""

_NEEDS = ("needs_ideation", "needs_loss", "needs_other")
_FLAGS = ("soft", "bare", "fixed", "tight", *_NEEDS)
_ENTRY_KEYS = {"id", "kind", "level", "phrases", "unless", "example", "not_example", *_FLAGS}
_FILE_KEYS = {"version", "lang", "reviewed_by", "reviewed_on", "lists", "scope", "idiom", "entry"}
_ID = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+")


class LexiconError(ValueError):
    """A fault in a lexicon file; the message names file and entry."""


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """Phrases that are a sign of one thing.

    ``soft``: hyperbole can lower it. ``bare``: counts in full only where the writer speaks of
    themselves, else it is a mention. ``fixed``: scope (negation, person, past, quotation) does
    not touch it. ``needs_ideation``: counts only beside a sign of the wish to die,
    ``needs_loss``: beside the death of somebody, ``needs_other``: beside that or somebody else's
    wish to die. ``tight``: plain enough to be matched with everything between its characters
    removed.
    """

    id: str
    kind: str
    level: str
    lang: str
    phrases: tuple[Phrase, ...]
    unless: tuple[Phrase, ...]
    examples: tuple[str, ...]
    not_examples: tuple[str, ...]
    soft: bool = False
    bare: bool = False
    fixed: bool = False
    needs_ideation: bool = False
    needs_loss: bool = False
    needs_other: bool = False
    tight: bool = False


@dataclass(frozen=True, slots=True)
class Idiom:
    """Words that take the edge off what they cover; ``level`` (none or low) is what is left."""

    id: str
    level: str
    lang: str
    phrases: tuple[Phrase, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RiskLexicon:
    """Both files together. ``scope`` has, by list name, phrases of both languages."""

    version: str
    entries: tuple[LexiconEntry, ...]
    idioms: tuple[Idiom, ...]
    scope: Mapping[str, tuple[Phrase, ...]]


def load_lexicon(folder: Path, *, examples: bool = True) -> RiskLexicon:
    """The lexicon in ``folder`` (``lexicon.en.toml``, ``lexicon.zh.toml``), checked.

    Raises LexiconError, naming file and entry, for a file missing or unreadable, an unknown key,
    an id used twice, a phrase that does not compile, or (with ``examples``: for `content check`, a
    running service must not stay down for one) an example that does not hold.
    """
    versions: list[str] = []
    entries: list[LexiconEntry] = []
    idioms: list[Idiom] = []
    scope: dict[str, tuple[Phrase, ...]] = {}
    for lang in LANGUAGES:
        name = f"lexicon.{lang}.toml"
        raw = _read(folder / name, name)
        if raw.get("lang") != lang:
            raise LexiconError(f"{name}: lang is not {lang!r}")
        lists: dict[str, list[str]] = raw.get("lists", {})
        versions.append(f"{lang}-{raw['version']}")
        entries += (_entry(item, lists, lang, name) for item in raw.get("entry", ()))
        idioms += (_idiom(item, lists, lang, name) for item in raw.get("idiom", ()))
        for key, words in _scope(raw.get("scope", {}), lists, lang, name):
            scope[key] = scope.get(key, ()) + words
    lexicon = RiskLexicon("+".join(versions), tuple(entries), tuple(idioms), scope)
    _check(lexicon, examples=examples)
    return lexicon


def _read(path: Path, name: str) -> dict[str, Any]:
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise LexiconError(f"{name}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LexiconError(f"{name}: {error}") from error
    for key in ("version", "reviewed_by", "reviewed_on"):
        if not isinstance(raw.get(key), str):
            raise LexiconError(f"{name}: {key} is missing or no text")
    _known(raw, _FILE_KEYS, name)
    return raw


def _known(raw: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(raw) - known)
    if unknown:
        raise LexiconError(f"{where}: unknown key {unknown[0]!r}")


def _texts(raw: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = raw.get(key, [])
    if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
        raise LexiconError(f"{where}: {key} is not a list of texts")
    return tuple(value)


def _entry(
    raw: Mapping[str, Any], lists: Mapping[str, Sequence[str]], lang: str, file: str
) -> LexiconEntry:
    where = f"{file}: entry {raw.get('id', '(no id)')}"
    _known(raw, _ENTRY_KEYS, where)
    kind = raw.get("kind", "")
    if kind not in DEFAULT_LEVELS:
        raise LexiconError(f"{where}: unknown kind {kind!r}")
    level = raw.get("level", DEFAULT_LEVELS[kind])
    if level not in LEVELS[1:]:
        raise LexiconError(f"{where}: unknown level {level!r}")
    try:
        phrases = tuple(compile_phrase(p, lists, lang) for p in _texts(raw, "phrases", where))
        unless = tuple(compile_loose(p, lists, lang) for p in _texts(raw, "unless", where))
    except PhraseError as error:
        raise LexiconError(f"{where}: {error}") from error
    return LexiconEntry(
        id=_identifier(raw, where),
        kind=kind,
        level=level,
        lang=lang,
        phrases=phrases,
        unless=unless,
        examples=_texts(raw, "example", where),
        not_examples=_texts(raw, "not_example", where),
        **{flag: raw.get(flag, False) is True for flag in _FLAGS},
    )


def _idiom(
    raw: Mapping[str, Any], lists: Mapping[str, Sequence[str]], lang: str, file: str
) -> Idiom:
    where = f"{file}: idiom {raw.get('id', '(no id)')}"
    _known(raw, {"id", "level", "phrases", "example"}, where)
    level = raw.get("level", "none")
    if level not in ("none", "low"):
        raise LexiconError(f"{where}: an idiom leaves none or low, not {level!r}")
    try:
        phrases = tuple(compile_phrase(p, lists, lang) for p in _texts(raw, "phrases", where))
    except PhraseError as error:
        raise LexiconError(f"{where}: {error}") from error
    return Idiom(_identifier(raw, where), level, lang, phrases, _texts(raw, "example", where))


def _identifier(raw: Mapping[str, Any], where: str) -> str:
    value = raw.get("id")
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise LexiconError(f"{where}: an id is lower-case words joined by dots")
    return value


def _scope(
    raw: Mapping[str, Any], lists: Mapping[str, Sequence[str]], lang: str, file: str
) -> Iterator[tuple[str, tuple[Phrase, ...]]]:
    where = f"{file}: scope"
    _known(raw, set(SCOPE_LISTS), where)
    for name in SCOPE_LISTS:
        words = _texts(raw, name, where)
        if not words:
            raise LexiconError(f"{where}: {name} is missing or empty")
        try:
            yield name, tuple(compile_loose(word, lists, lang) for word in words)
        except PhraseError as error:
            raise LexiconError(f"{where}: {name}: {error}") from error


def _check(lexicon: RiskLexicon, *, examples: bool) -> None:
    """Ids once; every example hits a phrase of its entry, every not_example hits none.

    This looks at phrases alone; what scope makes of the examples is for the rules to check
    (``flows.rules.risk.failing_examples``).
    """
    seen: set[str] = set()
    items: list[LexiconEntry | Idiom] = [*lexicon.entries, *lexicon.idioms]
    for item in items:
        where = f"lexicon.{item.lang}.toml: {item.id}"
        if item.id in seen:
            raise LexiconError(f"{where}: the id is used twice")
        seen.add(item.id)
        if not item.phrases or not item.examples:
            raise LexiconError(f"{where}: needs at least one phrase and one example")
        if not examples:
            continue
        for example in item.examples:
            if not _hits(item, example):
                raise LexiconError(f"{where}: example {example!r} does not hit")
        if isinstance(item, LexiconEntry):
            for example in item.not_examples:
                if _hits(item, example):
                    raise LexiconError(f"{where}: not_example {example!r} hits")


def _hits(item: LexiconEntry | Idiom, example: str) -> bool:
    text = unicodedata.normalize("NFKC", example).casefold()
    text = re.sub(r"['’]", "", text)
    text = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text)
    hits = [m.span() for p in item.phrases for m in re.finditer(p.pattern, text)]
    if isinstance(item, LexiconEntry):
        spared = [m.span() for p in item.unless for m in re.finditer(p.pattern, text)]
        hits = [(a, b) for a, b in hits if not any(c < b and a < d for c, d in spared)]
    return bool(hits)
