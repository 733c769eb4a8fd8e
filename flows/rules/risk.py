"""The screen: what a message says about risk, and why. Pure, and safe to call on any text.

The lexicon decides alone where no model is set. A model may raise what the lexicon says; nothing
lowers an explicit statement. Every number here is policy, not medical fact.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from content.risk_catalog import RiskLexicon
from content.risk_phrases import stems_of
from flows.rules.normalize import Normalized, closed_up, normalize, tighten, turned
from flows.rules.risk_lexicon import Hit, Lexicon
from flows.rules.risk_scope import IDEATION, WISHES, Reader, Verdict
from flows.rules.risk_types import (
    NOT_OWN_RISK,
    Assessment,
    ModelScore,
    RiskLevel,
    RiskModel,
    Signal,
    SignalKind,
    Thresholds,
)

__all__ = [
    "NOT_OWN_RISK",
    "Assessment",
    "Lexicon",
    "ModelScore",
    "RiskLevel",
    "RiskModel",
    "Signal",
    "SignalKind",
    "Thresholds",
    "combine",
    "detect_language",
    "failing_examples",
    "screen_lexicon",
]

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_ELLIPTIC_LENGTH = 60
_TURNS = 4
_MOST_SIGNALS = 40
_FLOORS = {
    RiskLevel.NONE: 0.0,
    RiskLevel.LOW: 0.3,
    RiskLevel.ELEVATED: 0.6,
    RiskLevel.IMMINENT: 0.9,
}
_CEILINGS = {
    RiskLevel.NONE: 0.0,
    RiskLevel.LOW: 0.5,
    RiskLevel.ELEVATED: 0.85,
    RiskLevel.IMMINENT: 0.99,
}
_STEP = 0.05
_ABUSE = {
    RiskLevel.NONE: 0.0,
    RiskLevel.LOW: 0.7,
    RiskLevel.ELEVATED: 0.9,
    RiskLevel.IMMINENT: 0.95,
}
_NOT_SCORED = frozenset({SignalKind.VIOLENCE_SUFFERED, SignalKind.THREAT_TO_OTHERS})
_LATIN_WORD = re.compile(r"[A-Za-z]+")


def detect_language(text: str) -> str:
    """ "zh" where at least as many Han characters as Latin words stand in the text, else "en"."""
    han = len(_HAN.findall(text))
    return "zh" if han and han >= len(_LATIN_WORD.findall(text)) else "en"


def screen_lexicon(
    text: str, lexicon: Lexicon, *, lang: str | None = None, context: Sequence[str] = ()
) -> Assessment:
    """Screen one message by the lexicon alone.

    Both languages are matched on every text; ``lang`` only labels the result. ``context`` holds
    earlier turns of the conversation, oldest first; the last four are read, and only where the
    message is too short to be judged alone.
    """
    normal = normalize(text)
    signals = _all_signals(normal, lexicon)
    seen = turned(text)
    if seen is not None:
        signals += _turned_signals(*seen, lexicon)
    if context and len(normal.text) <= _ELLIPTIC_LENGTH:
        signals += _from_context(normal.text, len(text), lexicon, context)
    return _assess(signals, lang or detect_language(text), lexicon.version)


def _all_signals(normal: Normalized, lexicon: Lexicon) -> list[Signal]:
    """What a message says as it stands, and with the gaps in it closed up."""
    stems = stems_of(normal.text)
    hits = lexicon.find(normal.text, stems)
    verdicts = _judged(normal.text, stems, hits, lexicon)
    signals = [_signal(verdict, normal, lexicon) for verdict in verdicts]
    # closing up changes no word of an English text, so its stems tell beforehand
    if not normal.text.isascii() or lexicon.may_hold_tight(stems):
        signals += _closed_up_signals(normal, lexicon, hits)
    return signals


def _turned_signals(text: str, order: Sequence[int], lexicon: Lexicon) -> list[Signal]:
    """What a message says as it is seen, where an override turns letters around; it is read as
    written besides, so turning plain words around hides nothing."""
    signals: list[Signal] = []
    for signal in _all_signals(normalize(text), lexicon):
        places = order[signal.start : signal.end]
        signals.append(dataclasses.replace(signal, start=min(places), end=max(places) + 1))
    return signals


def _closed_up_signals(normal: Normalized, lexicon: Lexicon, known: Sequence[Hit]) -> list[Signal]:
    """What shows only when nothing is left between the characters; a phrase that stood there
    already was judged with its quotes and commas."""
    closed = closed_up(normal.text)
    if closed is None:
        return []
    stems = stems_of(closed)
    hits = lexicon.find(closed, stems, tight=True)
    if not hits:
        return []
    tight = tighten(normal)
    seen: dict[str, set[int]] = {}
    for hit in known:
        seen.setdefault(hit.entry.id, set()).update(range(*normal.span(hit.start, hit.end)))
    new = [
        hit
        for hit in hits
        if seen.get(hit.entry.id, set()).isdisjoint(range(*tight.span(hit.start, hit.end)))
    ]
    return [_signal(v, tight, lexicon) for v in _judged(closed, stems, new, lexicon)]


def combine(
    lexicon_assessment: Assessment,
    model_score: ModelScore | None,
    thresholds: Thresholds,
    *,
    degraded: bool = False,
) -> Assessment:
    """Join lexicon and model: the worse level wins, so a model can raise and never lower.

    Without a score the lexicon's answer stands; ``degraded`` says that a score was expected. A
    score that is no number from 0 to 1 counts as missing.
    """
    if model_score is None or not _is_sound(model_score):
        missing = degraded or model_score is not None
        return dataclasses.replace(lexicon_assessment, degraded=missing)
    level = RiskLevel.NONE
    for candidate, chance, limit in (
        (RiskLevel.LOW, model_score.low, thresholds.low),
        (RiskLevel.ELEVATED, model_score.elevated, thresholds.elevated),
        (RiskLevel.IMMINENT, model_score.imminent, thresholds.imminent),
    ):
        level = candidate if chance >= limit else level
    spans = [s.end for s in lexicon_assessment.signals]
    signals = lexicon_assessment.signals
    if level.at_least(RiskLevel.LOW):
        signal = Signal(
            kind=SignalKind.MODEL,
            tier="model",
            level=level,
            reason=f"model.{level}",
            start=0,
            end=max(spans, default=0),
            version=model_score.version,
        )
        signals = (*signals, signal)
    worse = level if level.at_least(lexicon_assessment.level) else lexicon_assessment.level
    return dataclasses.replace(
        lexicon_assessment,
        level=worse,
        score=max(lexicon_assessment.score, model_score.elevated, _FLOORS[worse]),
        other=lexicon_assessment.other or model_score.other >= thresholds.other,
        abuse=max(lexicon_assessment.abuse, model_score.abuse),
        signals=signals,
        model_version=model_score.version,
        degraded=degraded,
    )


def failing_examples(source: RiskLexicon) -> list[str]:
    """Ids of entries with an example that the whole screen does not flag at the entry's level.

    ``content check`` shows them. Entries that count only beside others are left out.
    """
    lexicon = Lexicon.parse(source)
    failing = []
    for entry in source.entries:
        if entry.needs_ideation:
            continue
        wanted = RiskLevel(entry.level)
        for example in entry.examples:
            found = screen_lexicon(example, lexicon).signals
            if not any(s.level.at_least(wanted) for s in found):
                failing.append(f"{entry.id}: {example}")
    return failing


def _is_sound(score: ModelScore) -> bool:
    parts = (score.low, score.elevated, score.imminent, score.other, score.abuse)
    return all(0.0 <= part <= 1.0 for part in parts)


def _judged(text: str, stems: set[str], hits: Sequence[Hit], lexicon: Lexicon) -> list[Verdict]:
    """What counts of the hits; a means or a time only beside a sign of the wish to die, "so do I"
    only beside somebody else's."""
    if all(hit.entry.needs_ideation for hit in hits):
        return []
    reader = Reader(text, stems, lexicon)
    verdicts = _beside_others(reader, reader.judge_all(hits))
    wishes = [
        v.hit
        for v in verdicts
        if v.kind in WISHES
        and v.level.at_least(RiskLevel.ELEVATED)
        and not v.hit.entry.needs_ideation
    ]
    return [v for v in verdicts if v.level.at_least(RiskLevel.LOW) and _counts(v.hit, wishes)]


def _beside_others(reader: Reader, verdicts: list[Verdict]) -> list[Verdict]:
    """Without those that need the death, or the wish to die, of somebody who is not spoken of."""
    if any(v.hit.entry.needs_loss for v in verdicts) and not reader.hears_of_loss():
        verdicts = [v for v in verdicts if not v.hit.entry.needs_loss]
    if any(v.hit.entry.needs_other for v in verdicts) and not reader.hears_of_other(verdicts):
        verdicts = [v for v in verdicts if not v.hit.entry.needs_other]
    return verdicts


def _counts(hit: Hit, wishes: Sequence[Hit]) -> bool:
    """A time counts beside any wish, a means only where it is no part of the wish itself ("jump
    off a bridge")."""
    if not hit.entry.needs_ideation:
        return True
    if hit.entry.kind == SignalKind.TIME:
        return bool(wishes)
    return bool(wishes) and not any(w.start < hit.end and hit.start < w.end for w in wishes)


def _signal(verdict: Verdict, normal: Normalized, lexicon: Lexicon) -> Signal:
    start, end = normal.span(verdict.hit.start, verdict.hit.end)
    note = f":{verdict.note}" if verdict.note else ""
    return Signal(
        kind=str(verdict.kind),
        tier="lexicon",
        level=verdict.level,
        reason=verdict.hit.entry.id + note,
        start=start,
        end=end,
        version=lexicon.version,
    )


def _from_context(
    text: str, length: int, lexicon: Lexicon, context: Sequence[str]
) -> list[Signal]:
    """What a short answer means after talk of death: "yes", "tonight", "I have them now"."""
    scope = lexicon.scope
    for name, pattern, kind, level in (
        ("obtained", scope.obtained, SignalKind.MEANS, RiskLevel.IMMINENT),
        ("soon", scope.soon, SignalKind.TIME, RiskLevel.IMMINENT),
        ("affirmation", scope.affirmation, SignalKind.ACTIVE_IDEATION, RiskLevel.ELEVATED),
    ):
        if pattern.search(text) and _speaks_of_death(lexicon, context[-_TURNS:]):
            return [
                Signal(
                    kind=str(kind),
                    tier="context",
                    level=level,
                    reason=f"context.{name}",
                    start=0,
                    end=length,
                    version=lexicon.version,
                )
            ]
    return []


def _speaks_of_death(lexicon: Lexicon, turns: Sequence[str]) -> bool:
    """Whether an earlier turn, by either side, stated or asked about the wish to die."""
    for turn in turns:
        normal = normalize(turn)
        if lexicon.scope.asked.search(normal.text):
            return True
        stems = stems_of(normal.text)
        hits = lexicon.find(normal.text, stems)
        for verdict in _judged(normal.text, stems, hits, lexicon):
            heavy = verdict.kind in IDEATION and verdict.level.at_least(RiskLevel.ELEVATED)
            if heavy and verdict.note != "other":
                return True
    return False


def _assess(signals: list[Signal], lang: str, version: str) -> Assessment:
    signals.sort(key=lambda s: (-s.level.rank, s.start, s.end, s.reason))
    own = [s for s in signals if s.kind not in NOT_OWN_RISK]
    level = max((s.level for s in own), key=lambda lv: lv.rank, default=RiskLevel.NONE)
    own_risk = [s for s in own if s.kind not in _NOT_SCORED]
    worst = max((s.level for s in own_risk), key=lambda lv: lv.rank, default=RiskLevel.NONE)
    score = _FLOORS[worst]
    if own_risk:
        kinds = len({s.kind for s in own_risk})
        score = min(score + _STEP * (kinds - 1), _CEILINGS[worst])
    hostile = [s.level for s in signals if s.kind == SignalKind.ABUSE_OF_PEER]
    threat = any(s.kind == SignalKind.THREAT_TO_OTHERS for s in signals)
    abuse = max((_ABUSE[lv] for lv in hostile), default=0.0)
    return Assessment(
        level=level,
        score=round(score, 4),
        lang=lang,
        other=any(s.kind == SignalKind.CONCERN_FOR_OTHER for s in signals),
        abuse=max(abuse, 0.6 if threat else 0.0),
        signals=tuple(signals[:_MOST_SIGNALS]),
        lexicon_version=version,
        model_version=None,
        degraded=False,
    )
