"""What somebody wrote, in the stretches in which an update brings it."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """One stretch of words in an update: text, caption, edit, reply, button or media."""

    kind: str
    text: str
