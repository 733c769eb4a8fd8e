"""A message ready for Telegram, whichever library sends it."""

from __future__ import annotations

import dataclasses
import re


@dataclasses.dataclass(frozen=True, slots=True)
class Button:
    """An inline button; `data` is at most 64 bytes."""

    text: str
    data: str


@dataclasses.dataclass(frozen=True, slots=True)
class Rendered:
    """HTML text of at most 4096 characters and its buttons."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    protect: bool = False
    silent: bool = False


_HAN = r"[\u3400-\u9fff]"
_TAG = r"((?:</?b>)*)"
_BEFORE_LATIN = re.compile(rf"(?<={_HAN}){_TAG}(?=[A-Za-z0-9])")
_AFTER_LATIN = re.compile(rf"(?<=[A-Za-z0-9]){_TAG}(?={_HAN})")


def spaced(text: str) -> str:
    """A Chinese sentence around a name: a space where Latin letters meet it."""
    return _AFTER_LATIN.sub(r"\1 ", _BEFORE_LATIN.sub(r" \1", text))
