"""Reading raw updates: whose lane, whose words. Never raises on any JSON."""

from __future__ import annotations

import dataclasses
from typing import Any

from flows.rules.parts import Part
from handlers.command_names import KNOWN

_MESSAGES = (
    "message",
    "edited_message",
    "business_message",
    "edited_business_message",
    "channel_post",
    "edited_channel_post",
)
_KINDS = frozenset({*_MESSAGES, "callback_query", "my_chat_member", "chat_member"})
# chats that somebody forwards from or shares: their titles name people, and nobody wrote them
_CHATS = frozenset({"from", "chat", "sender_chat", "forward_origin", "forward_from",
                    "forward_from_chat", "chat_shared", "users_shared"})  # fmt: skip
_WORDS = frozenset({"text", "caption", "question", "description", "title"})
_DEEPEST = 12
_LONGEST = 16_384


@dataclasses.dataclass(frozen=True, slots=True)
class UpdateFacts:
    """What the worker needs to know before any framework sees an update."""

    update_id: int
    kind: str
    chat_id: int | None
    thread_id: int | None
    user_id: int | None
    private: bool
    parts: tuple[Part, ...]
    command: str | None
    callback_data: str | None

    @property
    def lane(self) -> str:
        """Chat and thread, else the user, else one lane for the odd ones."""
        if self.chat_id is not None:
            return f"chat:{self.chat_id}:{self.thread_id or 0}"
        return f"user:{self.user_id}" if self.user_id is not None else "odd"


def read_update(raw: Any) -> UpdateFacts:
    """The facts of an update; words of a shape nobody foresaw are found too."""
    update = raw if isinstance(raw, dict) else {}
    # a kind that we know comes before one that Telegram has yet to invent
    kinds = sorted((key for key in update if key != "update_id"), key=lambda k: k not in _KINDS)
    kind = kinds[0] if kinds else "unknown"
    body = _dict(update.get(kind))
    message = body if kind in _MESSAGES else _dict(body.get("message"))
    chat = _dict(message.get("chat")) or _dict(body.get("chat"))
    user = _dict(body.get("from")) or _dict(body.get("user"))
    text = message.get("text") if kind in _MESSAGES else None
    command = None
    if isinstance(text, str) and text.startswith("/"):
        command = text[1:].split(maxsplit=1)[0].split("@")[0].lower() if text[1:].strip() else None
    callback = body.get("data") if kind == "callback_query" else None
    return UpdateFacts(
        update_id=_int(update.get("update_id")) or 0,
        kind=kind,
        chat_id=_int(chat.get("id")),
        thread_id=_int(message.get("message_thread_id")),
        user_id=_int(user.get("id")),
        private=chat.get("type", "private") == "private",
        parts=_parts(kind, body),
        command=command,
        callback_data=callback if isinstance(callback, str) else None,
    )


def _parts(kind: str, body: dict[str, Any]) -> tuple[Part, ...]:
    if kind == "callback_query" or kind in {"my_chat_member", "chat_member"}:
        return ()
    edited = kind.startswith("edited_")
    parts: list[Part] = []
    if kind in _MESSAGES:
        if isinstance(body.get("text"), str) and not _is_command(body["text"]):
            parts.append(Part("edit" if edited else "text", body["text"][:_LONGEST]))
        elif isinstance(body.get("text"), str):
            # what follows a command is words too: "/start I can't go on"
            words = _beside_command(body["text"])
            if words:
                parts.append(Part("edit" if edited else "text", words[:_LONGEST]))
        if isinstance(body.get("caption"), str):
            parts.append(Part("caption", body["caption"][:_LONGEST]))
        quote = _dict(body.get("quote"))
        replied = _dict(body.get("reply_to_message"))
        ours = bool(_dict(replied.get("from")).get("is_bot"))
        if isinstance(quote.get("text"), str) and not ours:
            parts.append(Part("reply", quote["text"][:_LONGEST]))
        rest_of_it = {
            key: value
            for key, value in body.items()
            if key not in {"text", "caption", "quote", "reply_to_message", "from", "chat",
                           "sender_chat", "pinned_message", "reply_markup"}
        }  # fmt: skip
    else:
        rest_of_it = body
    found = "\n".join(_deep(rest_of_it, 0))[:_LONGEST]
    if found:
        parts.append(Part("media", found))
    return tuple(part for part in parts if part.text.strip())


def _deep(value: Any, depth: int) -> list[str]:
    """Words in polls, venues, and fields that Telegram has yet to invent."""
    if depth > _DEEPEST:
        return []
    found: list[str] = []
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str):
                if key in _WORDS:
                    found.append(inner)
            elif key not in _CHATS:
                found += _deep(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value[:100]:
            found += [inner] if isinstance(inner, str) else _deep(inner, depth + 1)
    return found


def _beside_command(text: str) -> str:
    """Words behind a command; a "command" that no bot has is words itself ("/kill myself")."""
    command, *rest = text[1:].split(maxsplit=1)
    if command.split("@")[0].lower() not in KNOWN:
        return text[1:]
    return rest[0] if rest else ""


def _is_command(text: str) -> bool:
    return text.startswith("/") and text[1:2].isascii() and text[1:2].isalpha()


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _int(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
