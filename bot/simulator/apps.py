"""What people do in their Telegram apps: write, edit, send files, press, block."""

from typing import Any

from bot.simulator.entities import detect
from bot.simulator.errors import SimulatorError
from bot.simulator.markup_text import utf16_len
from bot.simulator.methods.editing import DELETE_WITHIN_S
from bot.simulator.methods.media import media_body
from bot.simulator.methods.sending import MAX_CAPTION, MAX_TEXT
from bot.simulator.model import Chat, Json, Person, SimBot, StoredMessage
from bot.simulator.state import QUERY_LIFETIME_S, World

KINDS = frozenset({"photo", "voice", "sticker", "document", "video", "audio", "animation"})


def _sendable(text: str) -> str:
    """Return the text as an app sends it: whole characters only, not empty, not too long."""
    # Half a surrogate pair cannot be sent; every client puts a replacement character there.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not text.strip():
        raise SimulatorError("write something first", "empty")
    if utf16_len(text) > MAX_TEXT:
        raise SimulatorError(f"shorten the text to {MAX_TEXT} characters", "too_long")
    return text


class Apps:
    """The apps of all people; each action changes the chat and queues the bot's update."""

    def __init__(self, world: World) -> None:
        self._world = world

    def _enter(self, person: Person, bot: SimBot, chat_id: int | None) -> Chat:
        chat = self._world.chat_of(bot, person.id if chat_id is None else chat_id)
        if chat.blocked:
            raise SimulatorError("unblock the bot before writing to it", "blocked")
        if chat.is_group and person.id not in self._world.groups[chat.id].members:
            raise SimulatorError("this person is not a member of the group")
        chat.started = True
        return chat

    def _message(
        self,
        person: Person,
        bot: SimBot,
        chat: Chat,
        content: Json,
        *,
        kind: str = "text",
        file_id: str | None = None,
        reply_to: int | None = None,
        thread: int | None = None,
    ) -> int:
        world = self._world
        message_id = world.next_message_id(bot, chat)
        body: Json = {
            "message_id": message_id,
            "from": person.user(),
            "chat": chat.body,
            "date": world.timestamp(),
        }
        if thread is not None:
            body |= {"message_thread_id": thread, "is_topic_message": True}
        if reply_to is not None:
            target = chat.messages.get(reply_to)
            if target is None or target.deleted:
                raise SimulatorError("reply to a message that is in the chat", "gone")
            body["reply_to_message"] = {
                k: v for k, v in target.body.items() if k != "reply_to_message"
            }
        body |= content
        message = StoredMessage(
            body,
            from_bot=False,
            at=world.now().timestamp(),
            kind=kind,
            author=person.id,
            file_id=file_id,
        )
        if chat.keyboard and chat.keyboard.get("one_time_keyboard"):
            chat.keyboard = None
        world.add_message(bot, chat, message)
        world.enqueue(bot, "message", body, lane=chat.id)
        return message_id

    def send_text(
        self,
        person_id: int,
        token: str,
        text: str,
        *,
        reply_to: int | None = None,
        entities: list[Json] | None = None,
        forward_from: int | None = None,
        chat_id: int | None = None,
        thread: int | None = None,
    ) -> int:
        """Send text; `forward_from` is a person id whose words are passed on."""
        person, bot = self._world.person(person_id), self._world.bot(token)
        text = _sendable(text)
        chat = self._enter(person, bot, chat_id)
        content: Json = {"text": text}
        found = detect(text, entities or [])
        if found:
            content["entities"] = found
        if forward_from is not None:
            content["forward_origin"] = self._origin(forward_from)
        return self._message(person, bot, chat, content, reply_to=reply_to, thread=thread)

    def _origin(self, forward_from: int) -> Json:
        date = self._world.timestamp()
        person = self._world.people.get(forward_from)
        if person is not None:
            return {"type": "user", "date": date, "sender_user": person.user()}
        return {"type": "hidden_user", "date": date, "sender_user_name": "Hidden"}

    def send_media(
        self,
        person_id: int,
        token: str,
        kind: str,
        data: bytes,
        *,
        caption: str | None = None,
        size: int | None = None,
        file_name: str | None = None,
        mime: str | None = None,
        chat_id: int | None = None,
    ) -> int:
        """Send a file; `size` pretends that it is that big."""
        person, bot = self._world.person(person_id), self._world.bot(token)
        if kind not in KINDS:
            raise SimulatorError(f"send one of {', '.join(sorted(KINDS))}")
        if caption and utf16_len(caption) > MAX_CAPTION:
            raise SimulatorError(f"shorten the caption to {MAX_CAPTION} characters", "too_long")
        chat = self._enter(person, bot, chat_id)
        file = self._world.new_file(kind, data, name=file_name, size=size, mime=mime)
        content = media_body(kind, file, {})
        if caption and kind != "sticker":
            content["caption"] = caption
            found = detect(caption, [])
            if found:
                content["caption_entities"] = found
        return self._message(person, bot, chat, content, kind=kind, file_id=file.id)

    def edit_text(self, person_id: int, token: str, message_id: int, text: str) -> None:
        """Edit one's own text message, not older than 48 hours; the same text is no edit."""
        person, bot = self._world.person(person_id), self._world.bot(token)
        chat = self._enter(person, bot, None)
        message = chat.messages.get(message_id)
        if message is None or message.from_bot or message.deleted or "text" not in message.body:
            raise SimulatorError("edit one of your own text messages", "gone")
        if self._world.now().timestamp() - message.at > DELETE_WITHIN_S:
            raise SimulatorError("edit a message of the last 48 hours", "too_old")
        text = _sendable(text)
        if text == message.body["text"]:
            return
        body = {k: v for k, v in message.body.items() if k != "entities"}
        body |= {"text": text, "edit_date": self._world.timestamp()}
        found = detect(text, [])
        if found:
            body["entities"] = found
        message.body = body
        self._world.emit("edit", bot, chat, message)
        self._world.enqueue(bot, "edited_message", body, lane=chat.id)

    def press(
        self, person_id: int, token: str, message_id: int, data: str, chat_id: int | None = None
    ) -> str:
        """Press the button with this callback data; returns the callback query id."""
        person, bot = self._world.person(person_id), self._world.bot(token)
        chat = self._enter(person, bot, chat_id)
        message = chat.messages.get(message_id)
        if message is None or message.deleted:
            raise SimulatorError("this message is not in the chat any more", "gone")
        rows = (message.body.get("reply_markup") or {}).get("inline_keyboard") or []
        if not any(button.get("callback_data") == data for row in rows for button in row):
            raise SimulatorError("this message has no such button now", "gone")
        query = self._world.new_query(bot, person.id, chat.id)
        payload: Json = {
            "id": query.id,
            "from": person.user(),
            "message": message.body,
            "chat_instance": str(chat.id * 7919 + bot.id),
            "data": data,
        }
        self._world.enqueue(
            bot, "callback_query", payload, lane=person.id, expires=query.at + QUERY_LIFETIME_S
        )
        return query.id

    def press_label(self, person_id: int, token: str, label: str) -> str:
        """Press the newest button whose text contains `label`.

        A reply-keyboard button sends its text, as in the apps, and returns "".
        """
        person, bot = self._world.person(person_id), self._world.bot(token)
        chat = self._world.chat_of(bot, person.id)
        for message in sorted(chat.messages.values(), key=lambda m: m.id, reverse=True):
            if message.deleted:
                continue
            rows = (message.body.get("reply_markup") or {}).get("inline_keyboard") or []
            for button in (button for row in rows for button in row):
                if label in button["text"] and "callback_data" in button:
                    return self.press(person_id, token, message.id, button["callback_data"])
        for row in (chat.keyboard or {}).get("keyboard", []):
            for button in row:
                if label in button["text"]:
                    self.send_text(person_id, token, button["text"])
                    return ""
        raise SimulatorError(f"no button in this chat says {label!r}")

    def block(self, person_id: int, token: str, *, blocked: bool) -> None:
        """Block or unblock the bot, which learns it by my_chat_member."""
        person, bot = self._world.person(person_id), self._world.bot(token)
        chat = self._world.chat_of(bot, person.id)
        if chat.blocked == blocked:
            return
        chat.blocked = blocked
        states: list[Any] = [
            {"status": "member", "user": bot.user()},
            {"status": "kicked", "user": bot.user(), "until_date": 0},
        ]
        if not blocked:
            states.reverse()
        self._world.emit("block", bot, chat, blocked=blocked)
        if chat.started:
            payload: Json = {
                "chat": chat.body,
                "from": person.user(),
                "date": self._world.timestamp(),
                "old_chat_member": states[0],
                "new_chat_member": states[1],
            }
            self._world.enqueue(bot, "my_chat_member", payload, lane=chat.id)
