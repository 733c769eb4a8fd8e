"""The student bot's commands by name; whatever else follows a slash is words."""

from __future__ import annotations

SHOWN = ("menu", "mood", "counselor", "crisis", "privacy", "settings", "help", "cancel")
# named in the design, not built yet: never advertised, kindly answered
LATER = (
    "tests", "read", "peer", "career", "plan", "story", "helper", "end", "report", "retract",
)  # fmt: skip
DATA = ("export", "forget")
KNOWN = frozenset({"start", *SHOWN, *LATER, *DATA})
