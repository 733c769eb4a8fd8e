"""What Telegram itself shows: commands, name, description, the pinned numbers."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import BotCommand

from handlers.crisis_card import short_numbers
from handlers.services import Services
from handlers.student.context import Context

_log = structlog.get_logger(__name__)
NAMES = ("menu", "mood", "counselor", "crisis", "privacy", "settings", "help", "cancel")
# Telegram's language codes; None is what everybody else sees
_LANGUAGES = {"en": None, "zh": "zh"}


async def publish(bot: Bot, services: Services) -> None:
    """Set them in both languages; Telegram keeps them, so a refusal can wait."""
    for language, code in _LANGUAGES.items():
        text = services.texts.get
        commands = [
            BotCommand(command=name, description=text(language, f"command-{name}"))
            for name in NAMES
        ]
        numbers = short_numbers(services.crisis.view(None), language, text)
        try:
            await bot.set_my_commands(commands, language_code=code)
            await bot.set_my_name(text(language, "bot-name"), language_code=code)
            await bot.set_my_description(
                f"{text(language, 'bot-description')}\n\n{numbers}"[:512], language_code=code
            )
            await bot.set_my_short_description(
                text(language, "bot-short-description")[:120], language_code=code
            )
        except TelegramAPIError as refusal:
            _log.warning("not_published", fault=type(refusal).__name__)


async def pin_numbers(bot: Bot, chat_id: int, context: Context) -> None:
    """The numbers stay at the top of the chat, for when this process is down."""
    numbers = short_numbers(
        context.services.crisis.view(context.region), context.language, context.services.texts.get
    )
    try:
        sent = await bot.send_message(chat_id, numbers, disable_notification=True)
        await bot.pin_chat_message(chat_id, sent.message_id, disable_notification=True)
    except TelegramAPIError as refusal:
        _log.warning("not_pinned", fault=type(refusal).__name__)
