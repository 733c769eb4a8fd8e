"""The shipped lexicon, compiled once for all tests."""

from __future__ import annotations

import functools
from pathlib import Path

from content.risk_catalog import load_lexicon
from flows.rules.risk import Assessment, Lexicon, screen_lexicon

FOLDER = Path(__file__).resolve().parents[2] / "content" / "risk"


@functools.cache
def shipped() -> Lexicon:
    return Lexicon(load_lexicon(FOLDER))


def screen(text: str, **more) -> Assessment:
    return screen_lexicon(text, shipped(), **more)


def verdict(text: str, **more) -> str:
    """Level, other and abuse in one word for tables: "low", "none+other", "elevated+abuse"."""
    found = screen(text, **more)
    return found.level + "+other" * found.other + "+abuse" * (found.abuse > 0)
