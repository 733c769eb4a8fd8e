"""Names that people choose: what is invisible goes, what is left can be read."""

from __future__ import annotations

import unicodedata

# letters and a sign by their category, blank on the screen: Hangul fillers, Braille without dots
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def clean_name(typed: str) -> str:
    """The name on one line, without characters that hide, or turn what stands around them.

    Format characters (zero width, direction), controls, surrogates and unassigned ones go; empty
    when no letter and no digit is left.
    """
    shown = "".join(" " if c.isspace() else c for c in typed if c.isspace() or _is_seen(c))
    name = unicodedata.normalize("NFC", " ".join(shown.split()))
    return name if any(c.isalnum() for c in name) else ""


def _is_seen(char: str) -> bool:
    return char not in _BLANK and not unicodedata.category(char).startswith("C")
