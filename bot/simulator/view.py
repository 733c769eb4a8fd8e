"""How a stored message looks: to the page, and to a test."""

from datetime import UTC, datetime
from typing import Any

from bot.simulator.model import Button, Json, SimMessage, StoredMessage
from bot.simulator.render import to_html
from bot.simulator.state import World


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def buttons_of(message: StoredMessage) -> list[list[Button]]:
    """Return the inline buttons, empty when there are none."""
    markup = message.body.get("reply_markup") or {}
    rows = markup.get("inline_keyboard") or []
    return [
        [
            Button(
                button.get("text", ""),
                button.get("callback_data"),
                button.get("url") or (button.get("web_app") or {}).get("url"),
            )
            for button in row
        ]
        for row in rows
    ]


def sim_message(world: World, message: StoredMessage) -> SimMessage:
    """Return the message as tests assert it."""
    body = message.body
    file = world.files.get(message.file_id) if message.file_id else None
    return SimMessage(
        id=message.id,
        from_bot=message.from_bot,
        text=body.get("text") or body.get("caption") or "",
        entities=body.get("entities") or body.get("caption_entities") or [],
        buttons=buttons_of(message),
        kind=message.kind,
        file=file.data if file else None,
        deleted=message.deleted,
        edited="edit_date" in body,
        protected=message.protected,
        pinned=message.pinned,
        at=datetime.fromtimestamp(message.at, UTC),
        raw=body,
        silent=message.silent,
    )


def page_message(world: World, message: StoredMessage) -> Json:
    """Return the message as the page's JSON; its `html` is already escaped."""
    body = message.body
    text = str(body.get("text") or body.get("caption") or "")
    entities: list[Any] = body.get("entities") or body.get("caption_entities") or []
    shown: Json = {
        "id": message.id,
        "from_bot": message.from_bot,
        "date": _iso(message.at),
        "kind": message.kind,
        "html": to_html(text, entities),
        "text": text,
    }
    if "edit_date" in body:
        shown["edit_date"] = _iso(body["edit_date"])
    if "caption" in body:
        shown["caption"] = body["caption"]
    file = world.files.get(message.file_id) if message.file_id else None
    if file is not None:
        shown["file"] = {
            "id": file.id,
            "name": file.name or message.kind,
            "mime": file.mime,
            "size": file.size,
        }
    rows = buttons_of(message)
    if rows:
        shown["buttons"] = [
            [
                {"text": b.text, **({"data": b.data} if b.data is not None else {"url": b.url})}
                for b in row
            ]
            for row in rows
        ]
    if "reply_to_message" in body:
        shown["reply_to"] = body["reply_to_message"]["message_id"]
    if message.author and not message.from_bot:
        shown["author"] = message.author
    for name, value in (
        ("protected", message.protected),
        ("pinned", message.pinned),
        ("spoiler", bool(body.get("has_media_spoiler"))),
        ("silent", message.silent),
    ):
        if value:
            shown[name] = True
    return shown
