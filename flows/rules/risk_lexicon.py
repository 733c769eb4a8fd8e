"""The lexicon compiled for matching: first what a text could hold, then the phrases themselves.

A phrase is looked for only in a text that holds all its groups of stems; ordinary chat passes a
few set operations and hardly ever reaches an expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from content.risk_catalog import LexiconEntry, RiskLexicon
from content.risk_phrases import Phrase
from flows.rules.risk_types import RiskLevel


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: which entry, and where in the normalized text."""

    entry: LexiconEntry
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A phrase ready to run. ``owner`` is the place of its entry or idiom in the file's order."""

    owner: int
    search: re.Pattern[str]
    groups: tuple[frozenset[str], ...]

    def is_possible(self, stems: set[str]) -> bool:
        """Whether a text with these stems could match."""
        return not any(group.isdisjoint(stems) for group in self.groups)


class Words:
    """The phrases of one list of scope words."""

    __slots__ = ("_patterns",)

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._patterns = [_Pattern(0, re.compile(p.pattern), p.groups) for p in phrases]

    def spans(self, text: str, stems: set[str]) -> list[tuple[int, int]]:
        """Where they stand in a text with these stems, in order."""
        found = [
            match.span()
            for pattern in self._patterns
            if pattern.is_possible(stems)
            for match in pattern.search.finditer(text)
        ]
        return sorted(found)


@dataclass(frozen=True, slots=True)
class Scope:
    """What changes the meaning of a hit, each list for both languages."""

    negated: re.Pattern[str]
    not_negated: re.Pattern[str]
    denial_undone: re.Pattern[str]
    third_after: re.Pattern[str]
    third_link: re.Pattern[str]
    affirmation: re.Pattern[str]
    asked: re.Pattern[str]
    soon: re.Pattern[str]
    obtained: re.Pattern[str]
    persons: tuple[Words, Words, Words]
    plea_for_other: Words
    media: Words
    laughter: Words
    earnest: Words
    hyperbole_cause: Words
    past: Words
    present: Words
    recovered: Words
    loss: Words


class _Index:
    """Phrases by their rarest group of stems."""

    __slots__ = ("_by_stem", "_keys", "_patterns")

    def __init__(self, owned: Iterable[tuple[int, Sequence[Phrase]]]) -> None:
        self._patterns: list[_Pattern] = []
        by_stem: dict[str, list[int]] = {}
        for owner, phrases in owned:
            for phrase in phrases:
                for stem in phrase.groups[0]:
                    by_stem.setdefault(stem, []).append(len(self._patterns))
                self._patterns.append(
                    _Pattern(owner, re.compile(phrase.pattern), phrase.groups[1:])
                )
        self._by_stem = {stem: tuple(numbers) for stem, numbers in by_stem.items()}
        self._keys = frozenset(by_stem)

    def possible(self, stems: set[str]) -> list[_Pattern]:
        """The phrases that a text with these stems could match, in the files' order."""
        numbers: set[int] = set()
        for stem in self._keys & stems:
            numbers.update(self._by_stem[stem])
        patterns = self._patterns
        return [patterns[n] for n in sorted(numbers) if patterns[n].is_possible(stems)]


class Lexicon:
    """Compiled and immutable; build it once with ``parse`` and share it freely."""

    __slots__ = (
        "_entries",
        "_idiom_levels",
        "_idioms",
        "_index",
        "_tight",
        "_unless",
        "levels",
        "scope",
        "version",
    )

    def __init__(self, source: RiskLexicon) -> None:
        self.version = source.version
        self.scope = _compile_scope(source)
        self.levels = {e.id: RiskLevel(e.level) for e in source.entries}
        self._entries = source.entries
        self._unless = [
            [_Pattern(n, re.compile(p.pattern), p.groups) for p in entry.unless]
            for n, entry in enumerate(source.entries)
        ]
        self._index = _Index((n, e.phrases) for n, e in enumerate(source.entries))
        self._tight = _Index((n, e.phrases) for n, e in enumerate(source.entries) if e.tight)
        self._idiom_levels = [RiskLevel(i.level) for i in source.idioms]
        self._idioms = _Index((n, i.phrases) for n, i in enumerate(source.idioms))

    @classmethod
    def parse(cls, source: RiskLexicon) -> Lexicon:
        """The compiled form of what ``content.risk_catalog.load_lexicon`` read."""
        return cls(source)

    def find(self, text: str, stems: set[str], *, tight: bool = False) -> list[Hit]:
        """Every phrase in a normalized text with these stems (``stems_of``), entry by entry;
        ``tight``: of tight entries only."""
        by_entry: dict[int, list[tuple[int, int]]] = {}
        for pattern in (self._tight if tight else self._index).possible(stems):
            spans = [match.span() for match in pattern.search.finditer(text)]
            if spans:
                by_entry.setdefault(pattern.owner, []).extend(spans)
        return [
            Hit(self._entries[owner], start, end)
            for owner, spans in by_entry.items()
            for start, end in self._spared(owner, _apart(spans), text, stems)
        ]

    def may_hold_tight(self, stems: set[str]) -> bool:
        """Whether a text with these stems could hold a phrase of a tight entry."""
        return bool(self._tight.possible(stems))

    def idioms(self, text: str, stems: set[str]) -> list[tuple[RiskLevel, int, int]]:
        """What is left (none or low) of the phrases that each idiom of the text covers."""
        return [
            (self._idiom_levels[pattern.owner], *match.span())
            for pattern in self._idioms.possible(stems)
            for match in pattern.search.finditer(text)
        ]

    def _spared(
        self, owner: int, spans: list[tuple[int, int]], text: str, stems: set[str]
    ) -> list[tuple[int, int]]:
        """The spans that no ``unless`` of the entry touches."""
        harmless = [
            match.span()
            for pattern in self._unless[owner]
            if pattern.is_possible(stems)
            for match in pattern.search.finditer(text)
        ]
        if not harmless:
            return spans
        covered = bytearray(len(text) + 1)
        for start, end in harmless:
            covered[start:end] = b"\1" * (end - start)
        return [(a, b) for a, b in spans if not any(covered[a:b])]


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of spans that overlap the one that begins first, of those that begin together the longest:
    a phrase is one reason, however many ways it was found."""
    spans.sort(key=lambda span: (span[0], -span[1]))
    kept: list[tuple[int, int]] = []
    for span in spans:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def _any(phrases: Iterable[Phrase]) -> str:
    return "|".join(phrase.pattern for phrase in phrases)


def _compile_scope(source: RiskLexicon) -> Scope:
    words = source.scope
    negation, filler, link = (
        _any(words[name]) for name in ("negation", "negation_filler", "third_link")
    )
    return Scope(
        negated=re.compile(rf"(?:{negation})(?:\s?(?:{filler})){{0,6}}\s?\Z"),
        not_negated=re.compile(rf"(?:{_any(words['not_negation'])})\Z"),
        denial_undone=re.compile(rf"\s?(?:{_any(words['denial_undone'])})"),
        third_after=re.compile(rf"\s?(?:{_any(words['third_after'])})"),
        third_link=re.compile(rf"(?:\s?(?:{link})){{0,6}}\s?"),
        affirmation=re.compile(_any(words["affirmation"])),
        asked=re.compile(_any(words["asked"])),
        soon=re.compile(_any(words["soon"])),
        obtained=re.compile(_any(words["obtained"])),
        persons=(
            Words(words["third_person"]),
            Words(words["first_person"]),
            Words(words["second_person"]),
        ),
        plea_for_other=Words(words["plea_for_other"]),
        media=Words(words["media"]),
        laughter=Words(words["laughter"]),
        earnest=Words(words["earnest"]),
        hyperbole_cause=Words(words["hyperbole_cause"]),
        past=Words(words["past"]),
        present=Words(words["present"]),
        recovered=Words(words["recovered"]),
        loss=Words(words["loss"]),
    )
