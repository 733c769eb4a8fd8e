"""Methods that change, delete or answer what is already in a chat."""

from typing import Any

from bot.simulator.errors import bad_request
from bot.simulator.methods.call import Call
from bot.simulator.methods.keyboards import read_markup
from bot.simulator.methods.media import MAX_DOWNLOAD, media_body, resolve_file
from bot.simulator.methods.sending import read_caption, read_text
from bot.simulator.model import Chat, Json, StoredMessage
from bot.simulator.params import as_bool, text_of
from bot.simulator.state import QUERY_LIFETIME_S

DELETE_WITHIN_S = 48 * 3600
MAX_ANSWER = 200
MAX_DELETE = 100
_CAPTION = ("caption", "caption_entities", "show_caption_above_media")
_MEDIA = (
    *_CAPTION,
    *("photo", "video", "document", "audio", "animation", "voice", "sticker"),
    "has_media_spoiler",
)


def _editable(call: Call) -> tuple[Chat, StoredMessage]:
    if call.params.get("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    chat = call.chat(is_edit=True)
    message = call.message(chat, "message to edit not found")
    if not message.from_bot:
        raise bad_request("message can't be edited")
    call.message_id = message.id
    return chat, message


def _replace(
    call: Call, chat: Chat, message: StoredMessage, drop: tuple[str, ...], content: Json
) -> Json:
    """Apply an edit, or refuse one that changes nothing."""
    inline, _ = read_markup(call.params.get("reply_markup"))
    before = message.body
    after = {k: v for k, v in before.items() if k not in drop and k != "reply_markup"} | content
    if inline is not None:
        after["reply_markup"] = inline
    ignored = ("edit_date", "link_preview_options")
    if {k: v for k, v in after.items() if k not in ignored} == {
        k: v for k, v in before.items() if k not in ignored
    }:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are "
            "exactly the same as a current content and reply markup of the message"
        )
    after["edit_date"] = call.world.timestamp()
    message.body = after
    call.world.emit("edit", call.bot, chat, message)
    return after


def edit_text(call: Call) -> Json:
    """Replace a message's text and buttons."""
    chat, message = _editable(call)
    if "text" not in message.body:
        raise bad_request("there is no text in the message to edit")
    text, entities = read_text(call)
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    if call.params.get("link_preview_options"):
        content["link_preview_options"] = call.params["link_preview_options"]
    return _replace(call, chat, message, ("text", "entities", "link_preview_options"), content)


def edit_caption(call: Call) -> Json:
    """Replace a file's caption and buttons."""
    chat, message = _editable(call)
    if "text" in message.body or message.kind in {"sticker", "location", "contact"}:
        raise bad_request("there is no caption in the message to edit")
    return _replace(call, chat, message, _CAPTION, read_caption(call, call.params))


def edit_markup(call: Call) -> Json:
    """Replace only the buttons."""
    chat, message = _editable(call)
    return _replace(call, chat, message, (), {})


def edit_media(call: Call) -> Json:
    """Replace a message's file and caption."""
    chat, message = _editable(call)
    media = call.params.get("media")
    if not isinstance(media, dict):
        raise bad_request("input media is not specified")
    kind = str(media.get("type"))
    if kind not in {"photo", "video", "document", "audio", "animation"}:
        raise bad_request("can't parse InputMedia: invalid media type specified")
    file = resolve_file(call, kind, media.get("media"))
    content = read_caption(call, media) | media_body(kind, file, media)
    body = _replace(call, chat, message, ("text", "entities", *_MEDIA), content)
    message.kind, message.file_id = kind, file.id
    return body


def _check_age(call: Call, message: StoredMessage) -> None:
    if call.world.now().timestamp() - message.at > DELETE_WITHIN_S:
        raise bad_request("message can't be deleted for everyone")


def _delete(call: Call, chat: Chat, message: StoredMessage) -> None:
    message.deleted = True
    message.pinned = False
    # Only the id goes to the page: what was deleted is shown nowhere any more.
    call.world.emit("delete", call.bot, chat, message_id=message.id)


def delete_message(call: Call) -> bool:
    """Delete a message not older than 48 hours."""
    chat = call.read_chat()
    message = call.message(chat, "message to delete not found")
    call.message_id = message.id
    _check_age(call, message)
    _delete(call, chat, message)
    return True


def delete_messages(call: Call) -> bool:
    """Delete up to 100 messages, all or none; those that are gone are skipped."""
    chat = call.read_chat()
    ids = call.params.get("message_ids")
    if not isinstance(ids, list) or not ids:
        raise bad_request("message identifiers are not specified")
    if len(ids) > MAX_DELETE:
        raise bad_request("too many message identifiers specified")
    found = [chat.messages.get(int(message_id)) for message_id in ids]
    there = [message for message in found if message is not None and not message.deleted]
    for message in there:
        _check_age(call, message)
    for message in there:
        _delete(call, chat, message)
    return True


def answer_callback_query(call: Call) -> bool:
    """Answer a pressed button within 150 seconds."""
    query = call.bot.queries.get(text_of(call.params, "callback_query_id"))
    now = call.world.now().timestamp()
    if query is None or now - query.at > QUERY_LIFETIME_S:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = text_of(call.params, "text")
    if len(text) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    query.answered = True
    chat = call.bot.chats.get(query.chat)
    if chat is not None:
        alert = as_bool(call.params.get("show_alert"))
        call.world.emit("answer", call.bot, chat, text=text, alert=alert, by=query.person)
    return True


def pin(call: Call) -> bool:
    """Pin a message."""
    chat = call.chat(is_edit=True)
    message = call.message(chat, "message to pin not found")
    message.pinned = True
    call.message_id = message.id
    call.world.emit("pin", call.bot, chat, message)
    return True


def unpin(call: Call) -> bool:
    """Unpin a message, the newest pinned one when none is named."""
    chat = call.chat(is_edit=True)
    if call.params.get("message_id"):
        message = call.message(chat, "message to unpin not found")
    else:
        pinned = [m for m in chat.messages.values() if m.pinned and not m.deleted]
        if not pinned:
            raise bad_request("message to unpin not found")
        message = max(pinned, key=lambda item: item.id)
    message.pinned = False
    call.message_id = message.id
    call.world.emit("pin", call.bot, chat, message)
    return True


def unpin_all(call: Call) -> bool:
    """Unpin everything."""
    chat = call.chat(is_edit=True)
    for message in chat.messages.values():
        if message.pinned:
            message.pinned = False
            call.world.emit("pin", call.bot, chat, message)
    return True


def get_file(call: Call) -> Json:
    """Return where to download a file of at most 20 MB."""
    file = call.world.files.get(text_of(call.params, "file_id"))
    if file is None:
        raise bad_request("invalid file_id")
    if file.size > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "file_path": f"{file.kind}s/{file.id}",
    }


METHODS: dict[str, Any] = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageReplyMarkup": edit_markup,
    "editMessageMedia": edit_media,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
    "pinChatMessage": pin,
    "unpinChatMessage": unpin,
    "unpinAllChatMessages": unpin_all,
    "getFile": get_file,
}
