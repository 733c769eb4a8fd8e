"""`python -m bot screen`: JSON lines in, JSON lines out, same order."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TextIO

from bot.risk_model import load_screen_lexicon
from flows.rules.risk import Assessment, Lexicon, screen_lexicon

_LANGUAGES = {"en", "zh"}


async def run(source: TextIO, target: TextIO) -> None:
    """Screen every line; a bad one gets {"error": …} and the run goes on.

    Lines are read as bytes where the stream has them, so that one that is no UTF-8 is only a bad
    line and not the end of the run.
    """
    lexicon = load_screen_lexicon()
    lines: Iterable[str | bytes] = getattr(source, "buffer", source)
    for line in lines:
        target.write(json.dumps(answer(line, lexicon), ensure_ascii=False) + "\n")
        target.flush()


def answer(line: str | bytes, lexicon: Lexicon) -> dict[str, Any]:
    """The answer to one line."""
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return {"error": "not JSON"}
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        return {"error": 'needs {"text": "..."}'}
    lang, context = asked.get("lang"), asked.get("context") or []
    if lang is not None and (not isinstance(lang, str) or lang not in _LANGUAGES):
        return {"error": 'lang is "en" or "zh"'}
    if not isinstance(context, list) or not all(isinstance(turn, str) for turn in context):
        return {"error": "context is a list of earlier turns"}
    return as_json(screen_lexicon(asked["text"], lexicon, lang=lang, context=context))


def as_json(found: Assessment) -> dict[str, Any]:
    """An assessment as the contract writes it."""
    return {
        "level": found.level.value,
        "score": round(found.score, 4),
        "lang": found.lang,
        "other": found.other,
        "abuse": round(found.abuse, 4),
        "signals": [
            {
                "kind": signal.kind,
                "tier": signal.tier,
                "level": signal.level.value,
                "reason": signal.reason,
                "start": signal.start,
                "end": signal.end,
                "version": signal.version,
            }
            for signal in found.signals
        ],
    }
