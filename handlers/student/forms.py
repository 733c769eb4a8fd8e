"""Whether the chat's screen waits for words: then a text belongs to its form."""

from __future__ import annotations

import re

from aiogram import Bot
from aiogram.filters import BaseFilter
from aiogram.fsm.storage.base import BaseStorage, StorageKey
from aiogram.types import Message

from flows.receive import Screened
from handlers.student.states import FORMS

# typed words that are commands; the rest of the texts are words for somebody
KEYWORDS = frozenset({"menu", "菜单", "crisis", "危机", "求助电话", "紧急求助"})
_COMMAND = re.compile(r"/[A-Za-z]")


class FreeWords(BaseFilter):
    """A text that is no command, no keyword, and that no form waits for.

    Flagged words are never a form's: nobody is given "I want to die" as a name. Reads the
    dialog's stack by itself: most updates are free words, and the dialog middlewares cost more
    than everything else on their way (docs/benchmarks.md).
    """

    async def __call__(
        self, event: Message, bot: Bot, fsm_storage: BaseStorage, screened: Screened
    ) -> bool:
        """True where words are for us."""
        text = event.text
        if text is None or _COMMAND.match(text) or text.strip().lower() in KEYWORDS:
            return False
        return screened.flagged or not await form_waits(bot.id, event.chat.id, fsm_storage)


async def form_waits(bot_id: int, chat_id: int, storage: BaseStorage) -> bool:
    """Whether the top screen of a private chat takes words (aiogram-dialog's own keys)."""

    def key(destiny: str) -> StorageKey:
        return StorageKey(bot_id=bot_id, chat_id=chat_id, user_id=chat_id, destiny=destiny)

    stack = await storage.get_data(key("aiogd:stack:"))
    intents = stack.get("intents") or []
    if not intents:
        return False
    top = await storage.get_data(key(f"aiogd:context:{intents[-1]}"))
    return top.get("state") in FORMS
