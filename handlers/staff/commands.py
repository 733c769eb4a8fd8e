"""The command lists, by role and language, so that nobody sees what they may not do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from telegram import Bot, BotCommand, BotCommandScopeChat, BotCommandScopeDefault

from content.texts import LANGUAGES
from flows.staffing import StaffView
from handlers.services import Services

_EVERYBODY = ("start", "help")
_ANY_STAFF = ("name", "language", "help", "cancel")
_BY_ROLE = {
    "counselor": ("queue", "case", "oncall", *_ANY_STAFF),
    "admin": ("queue", "case", "oncall", *_ANY_STAFF),
}


def for_role(role: str) -> tuple[str, ...]:
    """The commands of a role."""
    return _BY_ROLE.get(role, _ANY_STAFF)


def says(name: str, role: str) -> str:
    """The text key of what a command does for a role: an admin goes on no call."""
    own = name == "oncall" and role == "admin"
    return f"staff-command-{name}{'-admin' if own else ''}"


def to_publish(bot: Bot, services: Services) -> list[Callable[[], Awaitable[object]]]:
    """The calls that set what a stranger sees. A chat's own list outlives restarts at Telegram."""
    return [
        partial(
            bot.set_my_commands,
            _listed(_EVERYBODY, language, services),
            scope=BotCommandScopeDefault(),
            language_code=None if language == "en" else language,
        )
        for language in LANGUAGES
    ]


async def publish_for(bot: Bot, chat_id: int, staff: StaffView, services: Services) -> None:
    """What one member of staff sees, in the language they chose here."""
    await bot.set_my_commands(
        _listed(for_role(staff.role), staff.language, services, staff.role),
        scope=BotCommandScopeChat(chat_id),
    )


async def withdraw(bot: Bot, chat_id: int) -> None:
    """Back to what a stranger sees."""
    await bot.delete_my_commands(scope=BotCommandScopeChat(chat_id))


def _listed(
    names: tuple[str, ...], language: str, services: Services, role: str = ""
) -> list[BotCommand]:
    return [BotCommand(name, services.texts.get(language, says(name, role))) for name in names]
