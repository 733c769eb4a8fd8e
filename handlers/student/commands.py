"""What Telegram itself shows: commands, name, description, the pinned numbers."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import BotCommand

from handlers.command_names import SHOWN
from handlers.crisis_card import pinned_numbers, short_numbers
from handlers.services import Services
from handlers.student.context import Context

_log = structlog.get_logger(__name__)
# Telegram's language codes; None is what everybody else sees
_LANGUAGES = {"en": None, "zh": "zh"}


async def publish(bot: Bot, services: Services) -> None:
    """Set them in both languages; Telegram keeps them, so a refusal can wait.

    Each by itself: Telegram lets a bot change its name a few times a day only, and the numbers
    in the description must not fall with it.
    """
    text = services.texts.get
    for language, code in _LANGUAGES.items():
        commands = [
            BotCommand(command=name, description=text(language, f"command-{name}"))
            for name in SHOWN
        ]
        calls = (
            bot.set_my_commands(commands, language_code=code),
            bot.set_my_description(description(services, language), language_code=code),
            bot.set_my_short_description(
                text(language, "bot-short-description"), language_code=code
            ),
            bot.set_my_name(text(language, "bot-name"), language_code=code),
        )
        for call in calls:
            try:
                await call
            except TelegramAPIError as refusal:
                _log.warning("not_published", fault=type(refusal).__name__)


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
