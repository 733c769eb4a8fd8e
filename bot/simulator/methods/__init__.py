"""The Bot API methods, by lower-cased name."""

from bot.simulator.methods import chats, editing, profile, sending, updates
from bot.simulator.methods.call import Method

METHODS: dict[str, tuple[str, Method]] = {
    name.lower(): (name, method)
    for table in (
        chats.METHODS,
        editing.METHODS,
        profile.METHODS,
        sending.METHODS,
        updates.METHODS,
    )
    for name, method in table.items()
}

__all__ = ["METHODS", "Method"]
