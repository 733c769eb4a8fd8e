"""`python -m bot screen`: JSON lines in, JSON lines out, same order."""

from __future__ import annotations

import json
from typing import Any, TextIO

from bot.risk_model import load_screen_lexicon
from flows.rules.risk import Lexicon, screen_lexicon

_LANGUAGES = {"en", "zh"}


async def run(source: TextIO, target: TextIO) -> None:
    """Screen every line; a bad one gets {"error": …} and the run goes on."""
    lexicon = load_screen_lexicon()
    for line in source:
        if line.strip():
            target.write(json.dumps(answer(line, lexicon), ensure_ascii=False) + "\n")
            target.flush()


def answer(line: str, lexicon: Lexicon) -> dict[str, Any]:
    """The answer to one line."""
    try:
        asked = json.loads(line)
    except ValueError:
        return {"error": "not JSON"}
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        return {"error": 'needs {"text": "…"}'}
    lang, context = asked.get("lang"), asked.get("context", [])
    if lang is not None and lang not in _LANGUAGES:
        return {"error": 'lang is "en" or "zh"'}
    if not isinstance(context, list) or not all(isinstance(turn, str) for turn in context):
        return {"error": "context is a list of earlier turns"}
    found = screen_lexicon(asked["text"], lexicon, lang=lang, context=context)
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
