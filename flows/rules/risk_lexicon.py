"""The lexicon compiled for matching: a prefilter of stems, then the phrases that have one.

Most chat holds no stem and is done after two passes of one expression a language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from content.risk_catalog import Idiom, LexiconEntry, RiskLexicon
from flows.rules.risk_types import RiskLevel


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: which entry, and where in the normalized text."""

    entry: LexiconEntry
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What changes the meaning of a hit, each list one expression of both languages."""

    negated: re.Pattern[str]
    not_negated: re.Pattern[str]
    person: re.Pattern[str]
    third_link: re.Pattern[str]
    plea_for_other: re.Pattern[str]
    media: re.Pattern[str]
    laughter: re.Pattern[str]
    hyperbole_cause: re.Pattern[str]
    past: re.Pattern[str]
    present: re.Pattern[str]
    recovered: re.Pattern[str]
    affirmation: re.Pattern[str]
    asked: re.Pattern[str]
    soon: re.Pattern[str]
    obtained: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Matcher:
    """One entry or idiom: its phrases as one expression."""

    item: LexiconEntry | Idiom
    phrases: re.Pattern[str]
    unless: re.Pattern[str] | None


class Lexicon:
    """Compiled and immutable; build it once with ``parse`` and share it freely."""

    __slots__ = ("_by_stem", "_matchers", "_stems", "levels", "scope", "version")

    def __init__(self, source: RiskLexicon) -> None:
        self.version = source.version
        self.scope = _compile_scope(source)
        self.levels = {e.id: RiskLevel(e.level) for e in source.entries} | {
            e.id: RiskLevel(e.level) for e in source.idioms
        }
        self._matchers: list[_Matcher] = []
        by_stem: dict[str, set[int]] = {}
        spaced: set[str] = set()
        solid: set[str] = set()
        items: tuple[LexiconEntry | Idiom, ...] = (*source.entries, *source.idioms)
        for item in items:
            unless = item.unless if isinstance(item, LexiconEntry) else ()
            number = len(self._matchers)
            self._matchers.append(
                _Matcher(
                    item, _any(p.pattern for p in item.phrases), _any(unless) if unless else None
                )
            )
            for stem in (s for p in item.phrases for s in p.stems):
                by_stem.setdefault(stem, set()).add(number)
                (spaced if item.lang == "en" and stem[0].isalnum() else solid).add(stem)
        # A match gives the longest stem at a place; shorter ones that begin it are found too.
        self._by_stem = {
            stem: tuple(
                sorted(
                    {n for size in range(1, len(stem) + 1) for n in by_stem.get(stem[:size], ())}
                )
            )
            for stem in by_stem
        }
        self._stems = re.compile(
            rf"(?<![a-z0-9])(?=({_trie(spaced)}))|(?=({_trie(solid)}))"
            if spaced and solid
            else rf"(?=({_trie(spaced | solid)}))()"
        )

    @classmethod
    def parse(cls, source: RiskLexicon) -> Lexicon:
        """The compiled form of what ``content.risk_catalog.load_lexicon`` read."""
        return cls(source)

    def find(self, text: str) -> tuple[list[Hit], list[tuple[Idiom, int, int]]]:
        """Every phrase and idiom in a normalized text; linear but for the phrases found."""
        candidates: set[int] = set()
        for match in self._stems.finditer(text):
            candidates.update(self._by_stem[match[1] or match[2]])
        hits: list[Hit] = []
        idioms: list[tuple[Idiom, int, int]] = []
        for number in sorted(candidates):
            matcher = self._matchers[number]
            for start, end in self._spans(matcher, text):
                if isinstance(matcher.item, LexiconEntry):
                    hits.append(Hit(matcher.item, start, end))
                else:
                    idioms.append((matcher.item, start, end))
        return hits, idioms

    @staticmethod
    def _spans(matcher: _Matcher, text: str) -> Iterator[tuple[int, int]]:
        found = [m.span() for m in matcher.phrases.finditer(text)]
        if not found or matcher.unless is None:
            yield from found
            return
        spared = [m.span() for m in matcher.unless.finditer(text)]
        for start, end in found:
            if not any(a < end and start < b for a, b in spared):
                yield start, end


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


def _trie(words: Iterable[str]) -> str:
    """An expression for any of the words, the longest at a place first, shared heads once."""
    root: dict[str, dict] = {}  # type: ignore[type-arg]
    for word in words:
        node = root
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}

    def write(node: dict[str, dict]) -> str:  # type: ignore[type-arg]
        branches = [re.escape(c) + write(child) for c, child in sorted(node.items()) if c]
        if not branches:
            return ""
        body = (
            branches[0] if len(branches) == 1 and "" not in node else f"(?:{'|'.join(branches)})"
        )
        return body + "?" if "" in node else body

    return write(root)


def _compile_scope(source: RiskLexicon) -> Scope:
    words = source.scope
    filler = "|".join(words["negation_filler"])
    persons = "|".join(
        f"(?P<{name}>{'|'.join(words[f'{name}_person'])})" for name in ("third", "first", "second")
    )
    return Scope(
        negated=re.compile(rf"(?:{'|'.join(words['negation'])})(?:\s?(?:{filler})){{0,6}}\s?\Z"),
        not_negated=re.compile(rf"(?:{'|'.join(words['not_negation'])})\Z"),
        person=re.compile(persons),
        third_link=re.compile(rf"(?:\s?(?:{'|'.join(words['third_link'])})){{0,6}}\s?"),
        **{
            name: _any(words[name])
            for name in (
                "plea_for_other",
                "media",
                "laughter",
                "hyperbole_cause",
                "past",
                "present",
                "recovered",
                "affirmation",
                "asked",
                "soon",
                "obtained",
            )
        },
    )
