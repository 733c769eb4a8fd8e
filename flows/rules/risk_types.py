"""What a screening result is made of.

Levels are triage policy, set with counselors and tuned on messages; they are no diagnosis and
no medical fact.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class RiskLevel(enum.StrEnum):
    """How soon a person should see a message; compare with ``at_least``, never as strings."""

    NONE = "none"
    LOW = "low"
    ELEVATED = "elevated"
    IMMINENT = "imminent"

    @property
    def rank(self) -> int:
        """0 (none) to 3 (imminent)."""
        return _RANKS[self]

    def at_least(self, other: RiskLevel) -> bool:
        """Whether this level is the same as the other or worse."""
        return self.rank >= other.rank


_RANKS = {level: rank for rank, level in enumerate(RiskLevel)}


class SignalKind(enum.StrEnum):
    """What a signal speaks of; a ``Signal.kind`` is one of these values."""

    MENTION = "mention"
    PASSIVE_IDEATION = "passive_ideation"
    HOPELESSNESS = "hopelessness"
    ACTIVE_IDEATION = "active_ideation"
    SELF_HARM = "self_harm"
    PAST_ATTEMPT = "past_attempt"
    METHOD_QUERY = "method_query"
    PLAN = "plan"
    MEANS = "means"
    PLACE = "place"
    PREPARATION = "preparation"
    FAREWELL = "farewell"
    TIME = "time"
    ACT_UNDER_WAY = "act_under_way"
    CONCERN_FOR_OTHER = "concern_for_other"
    PACT = "pact"
    EATING_DISORDER = "eating_disorder"
    VIOLENCE_SUFFERED = "violence_suffered"
    THREAT_TO_OTHERS = "threat_to_others"
    ABUSE_OF_PEER = "abuse_of_peer"
    MODEL = "model"


NOT_OWN_RISK = frozenset({SignalKind.CONCERN_FOR_OTHER, SignalKind.ABUSE_OF_PEER})
"""Kinds that never raise ``Assessment.level``: they are about somebody else."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason for a level.

    ``tier`` is "lexicon", "model" or "context". ``reason`` is the stable id of the lexicon entry,
    with ``:negated`` and the like when scope changed its level; it holds no words of the student.
    ``start`` and ``end`` are Python indices into the text as written, 0 <= start <= end <=
    len(text); a signal about the whole message spans all of it.
    """

    kind: str
    tier: str
    level: RiskLevel
    reason: str
    start: int
    end: int
    version: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the screen says of one message.

    ``level`` is the writer's own risk (and danger from or to others that needs a counselor);
    ``score`` is own risk from 0 to 1, an ordering and not a probability until a calibrated model
    is there. ``other`` says that the message speaks of another person at risk, ``abuse`` (0 to 1)
    that it attacks one. ``degraded`` says that a model was expected and did not answer.
    """

    level: RiskLevel
    score: float
    lang: str
    other: bool
    abuse: float
    signals: tuple[Signal, ...]
    lexicon_version: str
    model_version: str | None
    degraded: bool

    @property
    def other_level(self) -> RiskLevel:
        """The worst level heard about another person; none where nobody else is spoken of."""
        levels = (s.level for s in self.signals if s.kind == SignalKind.CONCERN_FOR_OTHER)
        return max(levels, key=lambda level: level.rank, default=RiskLevel.NONE)


@dataclass(frozen=True, slots=True)
class ModelScore:
    """What a model says of one text: calibrated probabilities from 0 to 1.

    ``low``, ``elevated`` and ``imminent`` are the chances that the writer's own risk is at that
    level or above.
    """

    version: str
    low: float
    elevated: float
    imminent: float
    other: float = 0.0
    abuse: float = 0.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which model probability (0 to 1) a level is given: policy, never medical fact."""

    low: float = 0.35
    elevated: float = 0.5
    imminent: float = 0.7
    other: float = 0.5


class RiskModel(Protocol):
    """The port of a learned model; adapters live in ``bot``.

    ``score`` answers one ``ModelScore`` a text, in order. It may raise or be slow: the caller then
    goes on with the lexicon and passes ``degraded=True`` to ``combine``.
    """

    version: str

    async def score(self, texts: Sequence[str], lang: str) -> Sequence[ModelScore]:
        """Scores for ``texts``, all in ``lang`` ("en" or "zh")."""
        ...
