"""Names that people choose: what is invisible goes, what is left can be read."""

from __future__ import annotations

import re
import unicodedata

# letters and a sign by their category, blank on the screen: Hangul fillers, Braille without dots
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")

_MOST_WORDS, _MOST_HAN = 3, 8
_HAN = re.compile(r"[\u3400-\u9fff]")
_SAYS = re.compile(
    r"[.!?,;:。！？，；：…](?:\s|$)|[。！？，；：…]|^(my name|i am|i'm|i’m|im|call me)\b|^(我|俺|请叫|叫我)",
    re.IGNORECASE,
)


def looks_like_a_sentence(typed: str) -> bool:
    """Whether somebody may have wanted to say this, not to be called so."""
    name = clean_name(typed)
    long = len(name.split()) > _MOST_WORDS or len(_HAN.findall(name)) > _MOST_HAN
    return long or _SAYS.search(name) is not None


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
