"""What Telegram itself shows: commands, name, description, the pinned numbers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import BotCommand, CallbackQuery

from handlers.command_names import SHOWN
from handlers.crisis_card import pinned_numbers, short_numbers
from handlers.services import Services
from handlers.student.context import Context

_log = structlog.get_logger(__name__)
# Telegram's language codes; None is what everybody else sees
_LANGUAGES = {"en": None, "zh": "zh"}


def to_publish(bot: Bot, services: Services) -> list[Callable[[], Awaitable[object]]]:
    """The calls that set them in both languages; Telegram keeps them, so a refusal can wait."""
    text = services.texts.get
    calls: list[Callable[[], Awaitable[object]]] = []
    for language, code in _LANGUAGES.items():
        commands = [
            BotCommand(command=name, description=text(language, f"command-{name}"))
            for name in SHOWN
        ]
        about, short = description(services, language), text(language, "bot-short-description")
        calls += [
            partial(bot.set_my_commands, commands, language_code=code),
            partial(bot.set_my_description, about, language_code=code),
            partial(bot.set_my_short_description, short, language_code=code),
            partial(bot.set_my_name, text(language, "bot-name"), language_code=code),
        ]
    return calls


def description(services: Services, language: str) -> str:
    """What somebody reads before they press Start: what this is, and the numbers."""
    text = services.texts.get
    numbers = short_numbers(services.crisis.view(None), language, text)
    return f"{text(language, 'bot-description')}\n\n{numbers}"


async def pin_numbers(bot: Bot, chat_id: int, context: Context) -> None:
    """The numbers stay at the top of the chat, for when this process is down."""
    numbers = pinned_numbers(
        context.services.crisis.view(context.region), context.language, context.services.texts.get
    )
    try:
        sent = await bot.send_message(chat_id, numbers, disable_notification=True)
        await bot.pin_chat_message(chat_id, sent.message_id, disable_notification=True)
    except TelegramAPIError as refusal:
        _log.warning("not_pinned", fault=type(refusal).__name__)


async def pin_numbers_here(callback: CallbackQuery, context: Context) -> None:
    """The same, in the chat of a pressed button."""
    if callback.message is not None and callback.bot is not None:
        await pin_numbers(callback.bot, callback.message.chat.id, context)
