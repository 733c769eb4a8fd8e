"""A message ready for Telegram, whichever library sends it."""

from __future__ import annotations

import dataclasses


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
