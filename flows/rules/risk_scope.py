"""What the words around a phrase make of it: denied, somebody else's, quoted, past, a joke.

Each rule errs toward care. What is denied, quoted or over still leaves "low" where it spoke of
death or self-harm, because a person who denies has been thinking; a joke leaves at most "low".
"""

from __future__ import annotations

import bisect
import collections
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from flows.rules.risk_lexicon import Hit, Lexicon, Scope, Words
from flows.rules.risk_types import RiskLevel, SignalKind

_SENTENCE_BREAK = re.compile(r"[.。!！?？;；\n…]")
_CLAUSE_BREAK = re.compile(r"[,，、.。!！?？;；\n…:：]")
_THIRD_SELF = re.compile(
    r"(?<![a-z])(?:himself|herself|themselves|themself|(?:his|her|their) ?(?:own )?(?:life|wrists?|arms?))"
    r"(?![a-z])"
)
_OWN_SELF = re.compile(r"(?<![a-z])(?:myself|my|me|i|im|ive)(?![a-z])|我")
_YOUR_SELF = re.compile(r"(?<![a-z])(?:yourself|urself|ur self|your|ur)(?![a-z])")
_I_AM = re.compile(
    r"(?:我(?:就|也|真|真的)?是|我(?:这种|这样|这个)|作为|(?<![a-z])(?:im|i am|as) )(?:一?个|a)? ?\Z"
)
# what somebody did to themselves, right after they were named ("室友割腕了，血止不住")
_ACT = re.compile(
    r"把(?:药|安眠药|所有药)|割|划[破开]|[吃吞喝服灌咽](?:了|下|完|光|掉|药|农药)|上吊|跳楼|跳河|烧炭|开(?:了|着)?煤气|自杀"
)
_ADDRESSED = re.compile(r"(?:[对跟和向给被]|告诉)\Z")
_PERSONS = ("third", "first", "second")
_COMMA = (",", "，", "、")
_QUOTED = re.compile(r"\"[^\"\n]{0,200}\"")
_WINDOW = 60
_ENOUGH = 4
_NAMED_WITHIN = 6
_SHORT_REST = 40
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
"""Kinds after which a short answer counts: "yes", "tonight"."""

WISHES = IDEATION - {SignalKind.SELF_HARM}
"""Kinds beside which a means or a time counts (``needs_ideation``): a blade beside cutting is not
yet a wish to die."""

_DEATH = IDEATION | {
    SignalKind.MENTION,
    SignalKind.PASSIVE_IDEATION,
    SignalKind.PAST_ATTEMPT,
    SignalKind.MEANS,
    SignalKind.PLACE,
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

    sentence_start: int
    clause_start: int
    end: int


class Reader:
    """Judges the hits of one normalized text."""

    def __init__(self, text: str, stems: set[str], lexicon: Lexicon) -> None:
        self._text, self._stems, self._lexicon = text, stems, lexicon
        self._idioms = sorted(lexicon.idioms(text, stems), key=lambda idiom: idiom[1])
        self._scope: Scope = lexicon.scope
        self._spoken: dict[str, list[tuple[int, int]]] = {}

    def judge_all(self, hits: Iterable[Hit]) -> list[Verdict]:
        """Every hit judged, but no more of an entry that stands in full ``_ENOUGH`` times."""
        verdicts: list[Verdict] = []
        full: collections.Counter[str] = collections.Counter()
        for hit in hits:
            if full[hit.entry.id] >= _ENOUGH:
                continue
            verdict = self.judge(hit)
            verdicts.append(verdict)
            full[hit.entry.id] += not verdict.note
        return verdicts

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
            over = self._says("past", place)
            other = RiskLevel.LOW if over or kind == SignalKind.MENTION else level
            return Verdict(hit, SignalKind.CONCERN_FOR_OTHER, other, "other")
        if self._is_quoted(hit, place, person):
            return Verdict(hit, kind, _lower(level, RiskLevel.LOW), "quoted")
        if hit.entry.bare and not self._own_or_short(hit, place, person):
            return Verdict(hit, SignalKind.MENTION, RiskLevel.LOW, "mention")
        if self._is_over(hit, place, kind):
            return Verdict(hit, kind, _lower(level, RiskLevel.LOW), "past")
        if hit.entry.soft and self._is_hyperbole(place):
            return Verdict(hit, kind, _lower(level, RiskLevel.LOW), "hyperbole")
        return Verdict(hit, kind, level)

    def hears_of_loss(self) -> bool:
        """Whether the text says that somebody died, and not as an idiom."""
        return any(not self._is_playful(*span) for span in self._spans("loss"))

    def hears_of_other(self, verdicts: Iterable[Verdict]) -> bool:
        """Whether somebody else died or wishes to, and not as an idiom."""
        return self.hears_of_loss() or any(
            v.kind == SignalKind.CONCERN_FOR_OTHER
            and v.level.at_least(RiskLevel.ELEVATED)
            and not self._is_playful(v.hit.start, v.hit.end)
            for v in verdicts
        )

    def _is_playful(self, start: int, end: int) -> bool:
        return any(low < end and start < high for _, low, high in self._idioms)

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
        return _Place(begin, clause, end)

    def _idiom(self, hit: Hit) -> RiskLevel | None:
        """An idiom has to cover the whole phrase; what reaches beyond it stands."""
        levels = [lv for lv, a, b in self._idioms if a <= hit.start and hit.end <= b]
        return min(levels, key=lambda lv: lv.rank, default=None)

    def _is_negated(self, hit: Hit) -> bool:
        before = self._text[max(0, hit.start - _WINDOW) : hit.start]
        match = self._scope.negated.search(before)
        if match is None or self._scope.denial_undone.match(self._text, hit.end):
            return False
        return self._scope.not_negated.search(before[: match.start()].rstrip()) is None

    def _person(self, hit: Hit, place: _Place) -> str:
        """ "own", "other" or "" (nobody named: the writer)."""
        words = self._text[hit.start : hit.end]
        # "how do people kill themselves" with nobody spoken of is asked for oneself
        asks = hit.entry.kind == SignalKind.METHOD_QUERY
        if _THIRD_SELF.search(words) and not asks:
            return "other"
        if hit.entry.lang == "zh" and self._is_act_of_other(hit, place):
            return "other"
        if _OWN_SELF.search(words):
            return "own"
        last = self._last_person(place.sentence_start, hit.start)
        if _YOUR_SELF.search(words):
            return "" if asks and last is None else "other"
        if self._is_of_other(hit):
            return "other"
        third_form = words.startswith(("wants ", "tries ", "cuts ", "self harms"))
        if last is None:
            return "other" if third_form else ""
        start, end, person = last
        if person != "third":
            return "own" if person == "first" else "other"
        if third_form or hit.entry.lang == "en":
            return "other" if start >= place.clause_start or third_form else ""
        between = self._text[end : hit.start]
        if between.startswith(_COMMA):  # the last word of its clause: no subject of this one
            return ""
        linked = self._scope.third_link.fullmatch(between) is not None
        return "other" if linked or self._pleads else ""

    def _is_act_of_other(self, hit: Hit, place: _Place) -> bool:
        """Whether whoever was named last is said to have done it: "我室友吞了药" begins like
        "我", and what follows in the next clause ("血止不住") names nobody again."""
        if hit.entry.kind != SignalKind.ACT_UNDER_WAY:
            return False
        last = self._last_person(place.sentence_start, hit.start + _NAMED_WITHIN)
        if last is None or last[2] != "third":
            return False
        linked = self._scope.third_link.match(self._text, last[1])
        said = linked.end() if linked is not None else last[1]
        own = _OWN_SELF.search(self._text, last[1], hit.end)
        return own is None and _ACT.match(self._text, said) is not None

    def _is_of_other(self, hit: Hit) -> bool:
        """Whether the phrase only describes somebody named after it ("a suicidal friend")."""
        if not self._scope.third_after.match(self._text, hit.end):
            return False
        return _I_AM.search(self._text, max(0, hit.start - _WINDOW), hit.start) is None

    def _last_person(self, low: int, high: int) -> tuple[int, int, str] | None:
        """The last person named in full between two places, or None."""
        place = bisect.bisect_left(self._persons, high, key=lambda person: person[0])
        while place and self._persons[place - 1][0] >= low:
            place -= 1
            if self._persons[place][1] <= high:
                return self._persons[place]
        return None

    @functools.cached_property
    def _persons(self) -> list[tuple[int, int, str]]:
        """Everybody named, in order; of two that overlap the earlier, then the longer. Whoever is
        only spoken to ("跟他说") is no subject of what follows."""
        found = sorted(
            (start, order, -end)
            for order, words in enumerate(self._scope.persons)
            for start, end in words.spans(self._text, self._stems)
        )
        kept: list[tuple[int, int, str]] = []
        for start, order, minus_end in found:
            addressed = _ADDRESSED.search(self._text, max(0, start - 2), start) is not None
            if not addressed and (not kept or start >= kept[-1][1]):
                kept.append((start, -minus_end, _PERSONS[order]))
        return kept

    @functools.cached_property
    def _pleads(self) -> bool:
        return bool(self._spans("plea_for_other"))

    @functools.cached_property
    def _laughs(self) -> bool:
        """Laughter counts for nothing where the text says that it is meant in earnest."""
        return bool(self._spans("laughter")) and not self._spans("earnest")

    def _is_quoted(self, hit: Hit, place: _Place, person: str) -> bool:
        if not self._says("media", place):
            return False
        if hit.entry.bare:
            return True
        if any(
            m.start() <= hit.start and hit.end <= m.end() for m in _QUOTED.finditer(self._text)
        ):
            return True
        return person != "own" and hit.entry.soft

    def _own_or_short(self, hit: Hit, place: _Place, person: str) -> bool:
        if person == "own":
            return True
        if hit.entry.lang == "zh":
            return len(self._text) <= _SHORT_CHINESE_CHARACTERS
        return len(self._text.split()) <= _SHORT_ENGLISH_WORDS

    def _is_over(self, hit: Hit, place: _Place, kind: str) -> bool:
        if kind not in _DEATH or not self._says("past", place):
            return False
        if not self._says("present", place):
            return kind == SignalKind.ACTIVE_IDEATION or bool(self._spans("recovered"))
        return self._is_over_now(hit)

    def _is_over_now(self, hit: Hit) -> bool:
        """Whether the rest of the text says that it got better and nothing of it still being so
        ("used to want to die, I am better now"; not "... but now I want it again")."""
        better = self._first("recovered", hit.end)
        if better is None or better[0] - hit.end > _SHORT_REST:
            return False
        now = self._first("present", better[1])
        if now is not None and now[0] <= better[1] + 1:
            now = self._first("present", now[1])
        return now is None

    def _is_hyperbole(self, place: _Place) -> bool:
        return self._laughs or self._says("hyperbole_cause", place, clause=True)

    def _says(self, words: str, place: _Place, *, clause: bool = False) -> bool:
        """Whether the sentence (the clause) holds one of a list's words; the text is read once."""
        spans = self._spans(words)
        low = place.clause_start if clause else place.sentence_start
        first = bisect.bisect_left(spans, (low, 0))
        return first < len(spans) and spans[first][1] <= place.end

    def _first(self, words: str, low: int) -> tuple[int, int] | None:
        """The first of a list's words from a place on."""
        spans = self._spans(words)
        first = bisect.bisect_left(spans, (low, 0))
        return spans[first] if first < len(spans) else None

    def _spans(self, words: str) -> list[tuple[int, int]]:
        """Where a list's words stand; each list is looked for once a text."""
        spans = self._spoken.get(words)
        if spans is None:
            found: Words = getattr(self._scope, words)
            spans = self._spoken[words] = found.spans(self._text, self._stems)
        return spans


def _lower(level: RiskLevel, ceiling: RiskLevel) -> RiskLevel:
    return ceiling if level.at_least(ceiling) else level
