"""One Bot API call on its way through a method."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.errors import bad_request
from bot.simulator.model import Chat, Json, SimBot, StoredMessage
from bot.simulator.params import Upload, required_int
from bot.simulator.state import World


@dataclass(slots=True)
class Call:
    """The world, the calling bot, and what it sent; a method notes the message it made."""

    world: World
    bot: SimBot
    params: Json
    files: dict[str, Upload] = field(default_factory=dict)
    limited: bool = False
    message_id: int | None = None

    def chat(self, *, is_edit: bool = False, name: str = "chat_id") -> Chat:
        """Return the chat written to, after counting the call against the flood limits."""
        chat = self.world.reachable_chat(self.bot, self.params.get(name))
        if self.limited:
            self.world.limits[self.bot.id].take(chat.id, is_group=chat.is_group, is_edit=is_edit)
        return chat

    def read_chat(self, name: str = "chat_id") -> Chat:
        """Return a chat that is only looked at, so no limit applies."""
        chat_id = self.params.get(name)
        if chat_id is None:
            raise bad_request("chat_id is empty")
        if not isinstance(chat_id, int):
            raise bad_request("chat not found")
        return self.world.chat_of(self.bot, chat_id)

    def message(self, chat: Chat, missing: str) -> StoredMessage:
        """Return the message named by message_id, or refuse with `missing`."""
        message_id = required_int(self.params, "message_id", "message identifier is not specified")
        message = chat.messages.get(message_id)
        if message is None or message.deleted:
            raise bad_request(missing)
        return message


Method = Callable[[Call], Any]
