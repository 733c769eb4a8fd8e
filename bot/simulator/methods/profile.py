"""Methods about the bot itself: who it is, its commands and descriptions."""

import re
from typing import Any

from bot.simulator.errors import bad_request
from bot.simulator.methods.call import Call, Method
from bot.simulator.model import Json, Person, SimBot
from bot.simulator.params import text_of

MAX_COMMANDS = 100
_SCOPES = frozenset(
    [
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    ]
)
_TEXTS = {"Name": 64, "Description": 512, "ShortDescription": 120}


def get_me(call: Call) -> Json:
    """Return the bot."""
    return call.bot.user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _scope_key(call: Call) -> str:
    scope = call.params.get("scope") or {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    language = text_of(call.params, "language_code")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    key = str(kind)
    if kind in {"chat", "chat_administrators", "chat_member"}:
        chat_id = scope.get("chat_id")
        try:
            chat_id = int(str(chat_id))
        except ValueError:
            raise bad_request("chat not found") from None
        chat = call.world.chat_of(call.bot, chat_id)
        if not chat.started:
            # A bot knows only the people who wrote to it.
            raise bad_request("chat not found")
        key = f"{kind}:{chat_id}"
        if kind == "chat_member":
            key += f":{scope.get('user_id')}"
    return f"{key}/{language}"


def set_commands(call: Call) -> bool:
    """Set the command list of one scope and language."""
    commands = call.params.get("commands")
    if not isinstance(commands, list):
        raise bad_request("can't parse commands: expected an Array")
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    kept = []
    for item in commands:
        if not isinstance(item, dict):
            raise bad_request("can't parse BotCommand: expected an Object")
        command = str(item.get("command") or "").removeprefix("/")
        description = str(item.get("description") or "").strip()
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        kept.append({"command": command, "description": description})
    call.bot.commands[_scope_key(call)] = kept
    call.world.emit("commands", call.bot)
    return True


def delete_commands(call: Call) -> bool:
    """Delete the command list of one scope and language."""
    call.bot.commands.pop(_scope_key(call), None)
    call.world.emit("commands", call.bot)
    return True


def get_commands(call: Call) -> list[Json]:
    """Return the command list of exactly one scope and language."""
    return call.bot.commands.get(_scope_key(call), [])


def commands_for(bot: SimBot, person: Person) -> list[Json]:
    """Return the commands a person's app shows in the private chat, narrowest scope first."""
    language = person.language_code[:2]
    for scope in (f"chat:{person.id}", "all_private_chats", "default"):
        for suffix in (language, ""):
            found = bot.commands.get(f"{scope}/{suffix}")
            if found:
                return found
    return []


def _setter(name: str, limit: int) -> Method:
    field = re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()

    def set_text(call: Call) -> bool:
        value = text_of(call.params, field)
        if len(value) > limit:
            raise bad_request(f"{field.replace('_', ' ')} is too long")
        language = text_of(call.params, "language_code")
        call.bot.texts[f"{name}/{language}"] = value
        if not language:
            if name == "Name" and value:
                call.bot.name = value
            elif name == "Description":
                call.bot.description = value
            elif name == "ShortDescription":
                call.bot.short_description = value
        call.world.emit("state", call.bot)
        return True

    set_text.__doc__ = f"Set the bot's {field}, at most {limit} characters."
    return set_text


def _getter(name: str) -> Method:
    field = re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()

    def get_text(call: Call) -> Json:
        language = text_of(call.params, "language_code")
        texts = call.bot.texts
        value = texts.get(f"{name}/{language}") or texts.get(f"{name}/")
        return {field: value or (call.bot.name if name == "Name" else "")}

    get_text.__doc__ = f"Return the bot's {field}."
    return get_text


def set_menu_button(call: Call) -> bool:
    """Set what the menu button opens, for one chat or all."""
    chat_id = call.params.get("chat_id")
    if chat_id is not None:
        call.read_chat()
    call.bot.menu_buttons[chat_id or 0] = call.params.get("menu_button") or {"type": "default"}
    return True


def get_menu_button(call: Call) -> Json:
    """Return what the menu button opens."""
    buttons = call.bot.menu_buttons
    return buttons.get(call.params.get("chat_id") or 0) or buttons.get(0) or {"type": "default"}


def stand_down(_: Call) -> bool:
    """Log out or close; the simulator keeps serving the token."""
    return True


METHODS: dict[str, Any] = {
    "getMe": get_me,
    "logOut": stand_down,
    "close": stand_down,
    "setMyCommands": set_commands,
    "deleteMyCommands": delete_commands,
    "getMyCommands": get_commands,
    "setChatMenuButton": set_menu_button,
    "getChatMenuButton": get_menu_button,
    **{f"setMy{name}": _setter(name, limit) for name, limit in _TEXTS.items()},
    **{f"getMy{name}": _getter(name) for name in _TEXTS},
}
