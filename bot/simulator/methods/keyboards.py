"""Reply markup: what Telegram accepts and how it refuses the rest."""

import re
from typing import Any

from bot.simulator.errors import bad_request
from bot.simulator.model import Json

MAX_BUTTONS = 100
MAX_CALLBACK_BYTES = 64
_ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_URL = re.compile(
    r"(?:(?:https?|tg|ton)://)?[^\s/]*[^\s/.]+(?:\.[^\s/]+|[/?:]).*|tel:.+", re.IGNORECASE
)


def read_markup(value: Any) -> tuple[Json | None, Json | None]:
    """Return (inline keyboard, other markup) of a checked reply_markup; raises 400."""
    if not value:
        return None, None
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in value:
        rows = _rows(value["inline_keyboard"], "inline keyboard", _inline_button)
        return ({"inline_keyboard": rows} if rows else None), None
    if "keyboard" in value:
        rows = _rows(value["keyboard"], "keyboard", _reply_button)
        return None, {**value, "keyboard": rows}
    if value.get("remove_keyboard") or value.get("force_reply"):
        return None, value
    return None, None


def _rows(value: Any, name: str, check: Any) -> list[list[Json]]:
    if not isinstance(value, list):
        raise bad_request(f'field "{name.replace(" ", "_")}" must be of type Array')
    rows = []
    count = 0
    for row in value:
        if not isinstance(row, list):
            raise bad_request(f"can't parse {name} button: expected an Array of Array")
        buttons = [check(button) for button in row]
        count += len(buttons)
        if buttons:
            rows.append(buttons)
    if count > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return rows


def _inline_button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad_request("can't parse inline keyboard button: can't find field \"text\"")
    if not text.strip():
        raise bad_request("inline keyboard button text must be non-empty")
    kept = {key: item for key, item in button.items() if item is not None}
    # An empty callback_data or url counts as absent, whatever else is wrong with the button.
    if not any(kept.get(action, "") != "" for action in _ACTIONS):
        raise bad_request(
            "can't parse inline keyboard button: text buttons are unallowed in the inline keyboard"
        )
    if "callback_data" in kept:
        size = len(str(kept["callback_data"]).encode())
        if not 1 <= size <= MAX_CALLBACK_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    elif "url" in kept and not _URL.fullmatch(str(kept["url"])):
        raise bad_request(f"inline keyboard button URL '{kept['url']}' is invalid: Wrong HTTP URL")
    return kept


def _reply_button(button: Any) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad_request("can't parse keyboard button: can't find field \"text\"")
    if not button["text"].strip():
        raise bad_request("keyboard button text must be non-empty")
    return {key: item for key, item in button.items() if item is not None}
