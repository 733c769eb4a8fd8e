"""One-time codes, as people hand them on: read aloud, typed by hand, used once."""

from __future__ import annotations

import datetime as dt
import re
import secrets
import unicodedata

from flows.errors import FlowError, Refusal

# no 0/O, 1/I/L: they are mistaken for each other
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


_WRITTEN = re.compile(f"[{_ALPHABET}]{{5}}([- ]?)[{_ALPHABET}]{{5}}")


def make_code() -> str:
    """A one-time code of 49 bits, in two groups."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def normalize_code(code: str) -> str:
    """Case, width, spaces and hyphens do not matter, O is 0 and I is 1."""
    kept = "".join(c for c in unicodedata.normalize("NFKC", code).upper() if c.isalnum())
    return kept.replace("O", "0").replace("I", "1").replace("L", "1")


def is_well_formed(typed: str) -> bool:
    """Whether a text is one of these codes and nothing else: no word of a conversation looks so.

    In two groups with a hyphen, or written together or apart with a digit in it: 'UNDERSTAND' and
    'every three' are words.
    """
    text = unicodedata.normalize("NFKC", typed).strip().upper()
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return False
    return "-" in found[1] or any(letter.isdigit() for letter in text)


def require_usable(used_at: dt.datetime | None, expires_at: dt.datetime, now: dt.datetime) -> None:
    """FlowError USED_CODE or EXPIRED_CODE for a code that opens nothing any more."""
    if used_at is not None:
        raise FlowError(Refusal.USED_CODE)
    if expires_at <= now:
        raise FlowError(Refusal.EXPIRED_CODE)
