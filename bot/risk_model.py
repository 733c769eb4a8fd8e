"""The whole screen as flows see it: the lexicon now; the trained model's place is kept.

Only this module may ever import a model run-time. Whatever is missing, slow or broken leaves the
lexicon's answer, marked `degraded`, and tells the operator: never "no risk" for want of a model.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from pathlib import Path

import structlog

from content.risk_catalog import load_lexicon
from flows.rules.risk import (
    Assessment,
    Lexicon,
    ModelScore,
    RiskModel,
    Thresholds,
    combine,
    screen_lexicon,
)

_log = structlog.get_logger(__name__)
FOLDER = Path(__file__).resolve().parent.parent / "content" / "risk"


@functools.cache
def load_screen_lexicon() -> Lexicon:
    """The shipped lexicon, compiled: a second or two, once a process."""
    return Lexicon(load_lexicon(FOLDER, examples=False))


class Screen:
    """Lexicon, then (once there is one) the model, within the budget."""

    def __init__(
        self,
        lexicon: Lexicon,
        *,
        model: RiskModel | None = None,
        thresholds: Thresholds | None = None,
        budget_ms: int = 50,
        on_fault: Callable[[str], None] | None = None,
    ) -> None:
        self._lexicon = lexicon
        self._model = model
        self._thresholds = thresholds or Thresholds()
        self._budget_s = budget_ms / 1000
        self._on_fault = on_fault or (lambda kind: None)

    async def assess(self, text: str) -> Assessment:
        """What one text says. Never raises for the model's sake."""
        by_lexicon = screen_lexicon(text, self._lexicon)
        if self._model is None:
            return by_lexicon
        score: ModelScore | None = None
        fault = "no_probability"
        try:
            async with asyncio.timeout(self._budget_s):
                score = (await self._model.score([text], by_lexicon.lang))[0]
        except Exception as error:
            fault = type(error).__name__
        combined = combine(by_lexicon, score, self._thresholds, degraded=score is None)
        if combined.degraded:
            _log.error("risk_model_failed", fault=fault)
            self._on_fault("risk_model_failed")
        return combined
