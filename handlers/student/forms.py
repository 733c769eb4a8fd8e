"""Whether the chat's screen waits for words: then a text belongs to its form.

Words that a person is to read come before any form: flagged ones, and all of an open case. Only
a campus code, which nobody could mistake for words, goes to its form all the same.
"""

from __future__ import annotations

import re
from typing import Any

from aiogram import Bot
from aiogram.filters import BaseFilter
from aiogram.fsm.storage.base import BaseStorage, StorageKey
from aiogram.types import Message

from flows.codes import is_well_formed
from flows.receive import Screened
from handlers.student.states import CODE_FORMS, FORMS

# typed words that are commands; the rest of the texts are words for somebody
KEYWORDS = frozenset({"menu", "菜单", "crisis", "危机", "求助电话", "紧急求助"})
_COMMAND = re.compile(r"/[A-Za-z]")
# in the data of a form that was shown while a case was open, and said that it takes no words
TAKES_NO_WORDS = "takes_no_words"


class FreeWords(BaseFilter):
    """A text that is no command, no keyword, and that no form waits for.

    Reads the dialog's stack by itself: most updates are free words, and the dialog middlewares
    cost more than everything else on their way (docs/benchmarks.md).
    """

    async def __call__(self, event: Message, bot: Bot, fsm_storage: BaseStorage) -> bool:
        """True where words are for us."""
        text = event.text
        if text is None or _COMMAND.match(text) or text.strip().lower() in KEYWORDS:
            return False
        return not await form_waits(bot.id, event.chat.id, fsm_storage, text)


async def end_form(
    screened: Screened, bot_id: int, message: Message, storage: BaseStorage
) -> None:
    """End a form that words go past to a person: the answer to a counselor is no name.

    It stays ended: what somebody writes next, perhaps days later, is no answer to it either.
    """
    chat_id = message.chat.id
    cry = screened.flagged or screened.other_in_danger
    if not (cry or screened.open_case) or not await form_waits(bot_id, chat_id, storage):
        return
    if cry or not await _is_its_code(bot_id, chat_id, storage, message.text):
        await storage.set_data(_key(bot_id, chat_id, "aiogd:stack:"), {})


async def form_waits(
    bot_id: int, chat_id: int, storage: BaseStorage, text: str | None = None
) -> bool:
    """Whether the top screen of a private chat takes words, or this text at least."""
    top = await _top(bot_id, chat_id, storage)
    told = (top.get("dialog_data") or {}).get(TAKES_NO_WORDS)
    if told:
        return await _is_its_code(bot_id, chat_id, storage, text)
    return top.get("state") in FORMS


async def _is_its_code(bot_id: int, chat_id: int, storage: BaseStorage, text: str | None) -> bool:
    top = await _top(bot_id, chat_id, storage)
    return text is not None and top.get("state") in CODE_FORMS and is_well_formed(text)


async def _top(bot_id: int, chat_id: int, storage: BaseStorage) -> dict[str, Any]:
    """What is on top (aiogram-dialog's own keys)."""
    stack = await storage.get_data(_key(bot_id, chat_id, "aiogd:stack:"))
    intents = stack.get("intents") or []
    if not intents:
        return {}
    return await storage.get_data(_key(bot_id, chat_id, f"aiogd:context:{intents[-1]}"))


def _key(bot_id: int, chat_id: int, destiny: str) -> StorageKey:
    return StorageKey(bot_id=bot_id, chat_id=chat_id, user_id=chat_id, destiny=destiny)
