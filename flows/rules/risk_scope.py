"""What the words around a phrase make of it: denied, somebody else's, quoted, past, a joke.

Each rule errs toward care. What is denied, quoted or over still leaves "low" where it spoke of
death or self-harm, because a person who denies has been thinking; a joke leaves at most "low".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.rules.risk_lexicon import Hit, Lexicon, Scope
from flows.rules.risk_types import RiskLevel, SignalKind

_SENTENCE_BREAK = re.compile(r"[.。!！?？;；\n…]")
_CLAUSE_BREAK = re.compile(r"[,，、.。!！?？;；\n…:：]")
_THIRD_SELF = re.compile(
    r"(?<![a-z])(?:himself|herself|themselves|themself|(?:his|her|their) ?(?:own )?(?:life|wrists?|arms?))"
    r"(?![a-z])"
)
_OWN_SELF = re.compile(r"(?<![a-z])(?:myself|my|me|i|im|ive)(?![a-z])|我")
_YOUR_SELF = re.compile(r"(?<![a-z])(?:yourself|urself|ur self|your|ur)(?![a-z])")
_QUOTED = re.compile(r"\"[^\"\n]{0,200}\"")
_WINDOW = 60
_SHORT_ENGLISH_WORDS = 4
_SHORT_CHINESE_CHARACTERS = 8

IDEATION = frozenset(
    {
        SignalKind.ACTIVE_IDEATION,
        SignalKind.SELF_HARM,
        SignalKind.METHOD_QUERY,
        SignalKind.PLAN,
        SignalKind.FAREWELL,
        SignalKind.PREPARATION,
    }
)
"""Kinds beside which a means or a time counts (``needs_ideation``)."""

_DEATH = IDEATION | {
    SignalKind.MENTION,
    SignalKind.PASSIVE_IDEATION,
    SignalKind.PAST_ATTEMPT,
    SignalKind.MEANS,
    SignalKind.TIME,
    SignalKind.ACT_UNDER_WAY,
    SignalKind.PACT,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A hit judged: the kind and level it stands for, and the rule that changed it ("" if none)."""

    hit: Hit
    kind: str
    level: RiskLevel
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a hit stands: the bounds of its sentence and clause."""

    text: str
    sentence: str
    sentence_start: int
    clause_start: int
    clause: str


class Reader:
    """Judges the hits of one normalized text."""

    __slots__ = ("_idioms", "_laughs", "_lexicon", "_scope", "_text")

    def __init__(
        self, text: str, lexicon: Lexicon, idioms: list[tuple[RiskLevel, int, int]]
    ) -> None:
        self._text, self._lexicon, self._idioms = text, lexicon, idioms
        self._scope: Scope = lexicon.scope
        self._laughs = bool(self._scope.laughter.search(text))

    def judge(self, hit: Hit) -> Verdict:
        """The first rule that applies decides; an entry that is ``fixed`` stands as it is."""
        kind, level = hit.entry.kind, self._lexicon.levels[hit.entry.id]
        idiom = self._idiom(hit)
        if idiom is not None:
            return Verdict(hit, kind, _lower(level, idiom), "idiom")
        if hit.entry.fixed:
            return Verdict(hit, kind, level)
        place = self._place(hit)
        death = kind in _DEATH
        if self._is_negated(hit):
            left = RiskLevel.LOW if death and kind != SignalKind.MENTION else RiskLevel.NONE
            return Verdict(hit, kind, _lower(level, left), "negated")
        person = self._person(hit, place)
        if person == "other":
            over = self._scope.past.search(place.sentence) is not None
            other = RiskLevel.LOW if over or kind == SignalKind.MENTION else level
            return Verdict(hit, SignalKind.CONCERN_FOR_OTHER, other, "other")
        if self._is_quoted(hit, place, person):
            return Verdict(hit, kind, _lower(level, RiskLevel.LOW), "quoted")
        if hit.entry.bare and not self._own_or_short(hit, place, person):
            return Verdict(hit, SignalKind.MENTION, RiskLevel.LOW, "mention")
        if self._is_over(place, kind):
            return Verdict(hit, kind, _lower(level, RiskLevel.LOW), "past")
        if hit.entry.soft and self._is_hyperbole(place):
            return Verdict(hit, kind, _lower(level, RiskLevel.LOW), "hyperbole")
        return Verdict(hit, kind, level)

    def _place(self, hit: Hit) -> _Place:
        text = self._text
        low, high = max(0, hit.start - 200), min(len(text), hit.end + 120)
        begin = clause = low
        for match in _CLAUSE_BREAK.finditer(text, low, hit.start):
            clause = match.end()
            if _SENTENCE_BREAK.match(match[0]):
                begin = match.end()
        after = _SENTENCE_BREAK.search(text, hit.end, high)
        end = after.start() if after else high
        return _Place(text, text[begin:end], begin, clause, text[clause:end])

    def _idiom(self, hit: Hit) -> RiskLevel | None:
        """An idiom has to cover the whole phrase; what reaches beyond it stands."""
        levels = [lv for lv, a, b in self._idioms if a <= hit.start and hit.end <= b]
        return min(levels, key=lambda lv: lv.rank, default=None)

    def _is_negated(self, hit: Hit) -> bool:
        before = self._text[max(0, hit.start - _WINDOW) : hit.start]
        match = self._scope.negated.search(before)
        if match is None:
            return False
        return self._scope.not_negated.search(before[: match.start()].rstrip()) is None

    def _person(self, hit: Hit, place: _Place) -> str:
        """ "own", "other" or "" (nobody named: the writer)."""
        words = self._text[hit.start : hit.end]
        if _THIRD_SELF.search(words):
            return "other"
        if _OWN_SELF.search(words):
            return "own"
        last = None
        for match in self._scope.person.finditer(self._text, place.sentence_start, hit.start):
            last = match
        if _YOUR_SELF.search(words):
            return "other"
        third_form = words.startswith(("wants ", "tries ", "cuts ", "self harms"))
        if last is None:
            return "other" if third_form else ""
        if last.lastgroup != "third":
            return "own" if last.lastgroup == "first" else "other"
        if third_form or hit.entry.lang == "en":
            return "other" if last.start() >= place.clause_start or third_form else ""
        between = self._text[last.end() : hit.start]
        if self._scope.third_link.fullmatch(between) or self._scope.plea_for_other.search(
            self._text
        ):
            return "other"
        return ""

    def _is_quoted(self, hit: Hit, place: _Place, person: str) -> bool:
        media = self._scope.media.search(place.sentence) is not None
        if not media:
            return False
        if any(
            m.start() <= hit.start and hit.end <= m.end() for m in _QUOTED.finditer(self._text)
        ):
            return True
        return person != "own" and (hit.entry.bare or hit.entry.soft)

    def _own_or_short(self, hit: Hit, place: _Place, person: str) -> bool:
        if person == "own":
            return True
        if hit.entry.lang == "zh":
            return len(self._text) <= _SHORT_CHINESE_CHARACTERS
        return len(self._text.split()) <= _SHORT_ENGLISH_WORDS

    def _is_over(self, place: _Place, kind: str) -> bool:
        if kind not in _DEATH or self._scope.present.search(place.sentence):
            return False
        if not self._scope.past.search(place.sentence):
            return False
        return kind == SignalKind.ACTIVE_IDEATION or bool(self._scope.recovered.search(self._text))

    def _is_hyperbole(self, place: _Place) -> bool:
        return self._laughs or self._scope.hyperbole_cause.search(place.clause) is not None


def _lower(level: RiskLevel, ceiling: RiskLevel) -> RiskLevel:
    return ceiling if level.at_least(ceiling) else level
