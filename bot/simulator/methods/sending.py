"""Methods that put a new message into a chat."""

from typing import Any

from bot.simulator.entities import formatted
from bot.simulator.errors import bad_request
from bot.simulator.markup_text import utf16_len
from bot.simulator.methods.call import Call, Method
from bot.simulator.methods.keyboards import read_markup
from bot.simulator.methods.media import media_body, resolve_file
from bot.simulator.model import Chat, Json, StoredMessage
from bot.simulator.params import as_bool, required_int, text_of

MAX_TEXT = 4096
MAX_CAPTION = 1024
ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)


def read_text(call: Call) -> tuple[str, list[Json]]:
    """Return the checked text of a message; raises 400 for empty or too long."""
    params = call.params
    text, entities = formatted(
        text_of(params, "text"), params.get("parse_mode"), params.get("entities")
    )
    if not text:
        raise bad_request("message text is empty")
    if utf16_len(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return text, mentions(call, entities)


def read_caption(call: Call, params: Json) -> Json:
    """Return the checked caption fields, none when there is no caption."""
    text, entities = formatted(
        text_of(params, "caption"), params.get("parse_mode"), params.get("caption_entities")
    )
    if utf16_len(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    body: Json = {"caption": text} if text else {}
    if text and entities:
        body["caption_entities"] = mentions(call, entities)
    if text and as_bool(params.get("show_caption_above_media")):
        body["show_caption_above_media"] = True
    return body


def mentions(call: Call, entities: list[Json]) -> list[Json]:
    """Turn user links into mentions of people who exist, and drop the others."""
    if not any(entity["type"] == "text_mention" for entity in entities):
        return entities
    kept = []
    for entity in entities:
        if entity["type"] == "text_mention":
            person = call.world.people.get(entity.get("user_id", 0))
            if person is None:
                continue
            entity = {k: v for k, v in entity.items() if k != "user_id"} | {"user": person.user()}
        kept.append(entity)
    return kept


def _reply_to(chat: Chat, params: Json) -> Json | None:
    reply = params.get("reply_parameters")
    if isinstance(reply, dict):
        target, lenient = reply.get("message_id"), reply.get("allow_sending_without_reply")
    else:
        target = params.get("reply_to_message_id")
        lenient = params.get("allow_sending_without_reply")
    if not target:
        return None
    message = chat.messages.get(int(target))
    if message is None or message.deleted:
        if as_bool(lenient):
            return None
        raise bad_request("message to be replied not found")
    return {k: v for k, v in message.body.items() if k != "reply_to_message"}


def _thread(call: Call, chat: Chat, params: Json) -> Json:
    thread = params.get("message_thread_id")
    if not thread:
        return {}
    if not chat.is_group or thread not in call.world.groups[chat.id].topics:
        raise bad_request("message thread not found")
    return {"message_thread_id": thread, "is_topic_message": True}


def deliver(
    call: Call,
    chat: Chat,
    content: Json,
    *,
    kind: str = "text",
    file_id: str | None = None,
    extra: Json | None = None,
) -> StoredMessage:
    """Store the bot's message with the options every sending method shares."""
    params, world, bot = call.params, call.world, call.bot
    inline, other = read_markup(params.get("reply_markup"))
    reply = _reply_to(chat, params)
    thread = _thread(call, chat, params)
    message_id = world.next_message_id(bot, chat)
    body: Json = {
        "message_id": message_id,
        "from": bot.user(),
        "chat": chat.body,
        "date": world.timestamp(),
        **thread,
        **content,
    }
    if extra:
        body |= extra
    if reply is not None:
        body["reply_to_message"] = reply
    if inline is not None:
        body["reply_markup"] = inline
    protected = as_bool(params.get("protect_content"))
    if protected:
        body["has_protected_content"] = True
    message = StoredMessage(
        body,
        from_bot=True,
        at=world.now().timestamp(),
        kind=kind,
        protected=protected,
        silent=as_bool(params.get("disable_notification")),
        file_id=file_id,
        markup=other,
    )
    if other is not None:
        chat.keyboard = None if other.get("remove_keyboard") else other
    world.add_message(bot, chat, message)
    call.message_id = message_id
    return message


def send_message(call: Call) -> Json:
    """Send text."""
    # Telegram parses the text before it looks for the chat; its refusals come in that order.
    text, entities = read_text(call)
    chat = call.chat()
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    if call.params.get("link_preview_options"):
        content["link_preview_options"] = call.params["link_preview_options"]
    return deliver(call, chat, content).body


def _sender(kind: str) -> Method:
    def send(call: Call) -> Json:
        chat = call.chat()
        content = {} if kind == "sticker" else read_caption(call, call.params)
        file = resolve_file(call, kind, call.params.get(kind))
        content |= media_body(kind, file, call.params)
        return deliver(call, chat, content, kind=kind, file_id=file.id).body

    send.__doc__ = f"Send a {kind}."
    return send


def send_media_group(call: Call) -> list[Json]:
    """Send an album of 2 to 10 files."""
    chat = call.chat()
    album = call.params.get("media")
    if not isinstance(album, list) or not 2 <= len(album) <= 10:
        raise bad_request("media group must include 2-10 items")
    group = {"media_group_id": str(call.world.random.randrange(10**16, 10**17))}
    parts = []
    for item in album:
        kind = str(item.get("type"))
        if kind not in {"photo", "video", "document", "audio"}:
            raise bad_request("can't parse InputMedia: invalid media type specified")
        file = resolve_file(call, kind, item.get("media"))
        content = read_caption(call, item) | media_body(kind, file, item)
        parts.append((content, kind, file.id))
    bodies = [
        deliver(call, chat, content, kind=kind, file_id=file_id, extra=group).body
        for content, kind, file_id in parts
    ]
    call.message_id = bodies[0]["message_id"]
    return bodies


def send_location(call: Call) -> Json:
    """Send a point on the map."""
    chat = call.chat()
    try:
        point = {name: float(call.params[name]) for name in ("latitude", "longitude")}
    except (KeyError, ValueError):
        raise bad_request("location is empty") from None
    return deliver(call, chat, {"location": point}, kind="location").body


def send_contact(call: Call) -> Json:
    """Send a phone contact."""
    chat = call.chat()
    if not call.params.get("phone_number") or not call.params.get("first_name"):
        raise bad_request("PHONE_NUMBER_INVALID")
    contact = {
        name: str(call.params[name])
        for name in ("phone_number", "first_name", "last_name", "vcard")
        if call.params.get(name)
    }
    return deliver(call, chat, {"contact": contact}, kind="contact").body


def send_chat_action(call: Call) -> bool:
    """Show that the bot is typing or uploading."""
    chat = call.world.reachable_chat(call.bot, call.params.get("chat_id"))
    action = text_of(call.params, "action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    call.world.emit("action", call.bot, chat, text=action)
    return True


def _source(call: Call, verb: str, missing: str) -> StoredMessage:
    origin = call.read_chat("from_chat_id")
    message_id = required_int(call.params, "message_id", "message identifier is not specified")
    message = origin.messages.get(message_id)
    if message is None or message.deleted:
        raise bad_request(missing)
    if message.protected:
        raise bad_request(f"the message can't be {verb}")
    return message


_SHARED = frozenset(
    [
        "message_id",
        "from",
        "chat",
        "date",
        "edit_date",
        "reply_markup",
        "reply_to_message",
        "has_protected_content",
        "message_thread_id",
        "is_topic_message",
        "media_group_id",
        "forward_origin",
    ]
)


def copy_message(call: Call) -> Json:
    """Send a copy without a link to its source; a new caption may replace the old."""
    chat = call.chat()
    source = _source(call, "copied", "message to copy not found")
    content = {key: value for key, value in source.body.items() if key not in _SHARED}
    if "caption" in call.params and source.kind not in {"text", "sticker"}:
        content.pop("caption", None)
        content.pop("caption_entities", None)
        content |= read_caption(call, call.params)
    message = deliver(call, chat, content, kind=source.kind, file_id=source.file_id)
    return {"message_id": message.id}


def forward_message(call: Call) -> Json:
    """Forward a message with its origin."""
    chat = call.chat()
    source = _source(call, "forwarded", "message to forward not found")
    content = {key: value for key, value in source.body.items() if key not in _SHARED}
    content["forward_origin"] = source.body.get("forward_origin") or {
        "type": "user",
        "date": source.body["date"],
        "sender_user": source.body["from"],
    }
    call.params.pop("reply_markup", None)
    return deliver(call, chat, content, kind=source.kind, file_id=source.file_id).body


METHODS: dict[str, Any] = {
    "sendMessage": send_message,
    **{
        f"send{kind.capitalize()}": _sender(kind)
        for kind in ("photo", "voice", "document", "sticker", "audio", "video", "animation")
    },
    "sendMediaGroup": send_media_group,
    "sendLocation": send_location,
    "sendContact": send_contact,
    "sendChatAction": send_chat_action,
    "copyMessage": copy_message,
    "forwardMessage": forward_message,
}
