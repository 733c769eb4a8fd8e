"""The simulator's world: who exists, what was said, and which updates wait."""

import asyncio
import random
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.simulator.errors import SimulatorError, bad_request, forbidden
from bot.simulator.limits import FloodLimits
from bot.simulator.model import (
    ApiRequest,
    CallbackQuery,
    Chat,
    Group,
    Json,
    PendingUpdate,
    Person,
    SimBot,
    StoredFile,
    StoredMessage,
    utc_now,
)

QUERY_LIFETIME_S = 150
HISTORY_CAP = 5_000
# Kinds that Telegram leaves out unless a bot names them in allowed_updates.
_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})

Listener = Callable[[Json], None]


class World:
    """All state of one simulator; every method is synchronous, so nothing interleaves."""

    def __init__(self, *, seed: int | None = None, request_log: int = 100_000) -> None:
        self.random = random.Random(seed)  # noqa: S311 - repeatable starts, not secrets
        self.now: Callable[[], datetime] = utc_now
        self.bots: dict[str, SimBot] = {}
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self.files: dict[str, StoredFile] = {}
        self.limits: dict[int, FloodLimits] = {}
        self.requests: list[ApiRequest] = []
        self.request_log = request_log
        self.request_count = 0
        self.accepted_count = 0
        self.listeners: list[Listener] = []
        self.wakers: dict[int, asyncio.Event] = {}
        self.webhook_wakers: dict[int, asyncio.Event] = {}
        self.waiters: list[asyncio.Future[None]] = []
        self.dirty = False
        self.offset_s = 0.0

    def timestamp(self) -> int:
        """Return the present instant in whole seconds."""
        return int(self.now().timestamp())

    def new_file(
        self,
        kind: str,
        data: bytes,
        *,
        name: str | None = None,
        mime: str | None = None,
        size: int | None = None,
    ) -> StoredFile:
        """Keep bytes under a new file id; `size` stands for a file bigger than `data`."""
        stored = StoredFile(
            id=f"{kind.upper()[:3]}{secrets.token_urlsafe(30)}",
            unique_id=secrets.token_urlsafe(11),
            kind=kind,
            size=len(data) if size is None else size,
            data=data,
            name=name,
            mime=mime or _MIME.get(kind, "application/octet-stream"),
        )
        self.files[stored.id] = stored
        self.dirty = True
        return stored

    def chat_of(self, bot: SimBot, chat_id: int) -> Chat:
        """Return the bot's chat with a known person or group, made when it is new."""
        chat = bot.chats.get(chat_id)
        if chat is None:
            person, group = self.people.get(chat_id), self.groups.get(chat_id)
            if person is not None:
                chat = Chat(chat_id, person.private_chat())
            elif group is not None:
                chat = Chat(chat_id, group.chat(), is_group=True, started=True)
            else:
                raise bad_request("chat not found")
            bot.chats[chat_id] = chat
        return chat

    def reachable_chat(self, bot: SimBot, chat_id: Any) -> Chat:
        """Return a chat the bot may write to, or refuse as Telegram would."""
        if chat_id is None or chat_id == "":
            raise bad_request("chat_id is empty")
        if not isinstance(chat_id, int):
            raise bad_request("chat not found")
        chat = bot.chats.get(chat_id) or self.chat_of(bot, chat_id)
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def next_message_id(self, bot: SimBot, chat: Chat) -> int:
        """Count on: one sequence a bot for private chats, one a supergroup."""
        if chat.is_group:
            group = self.groups[chat.id]
            group.last_message_id += 1
            return group.last_message_id
        bot.last_message_id += 1
        return bot.last_message_id

    def add_message(self, bot: SimBot, chat: Chat, message: StoredMessage) -> StoredMessage:
        """Store a message and show it on the page."""
        chat.messages[message.id] = message
        if len(chat.messages) > HISTORY_CAP:
            for old in list(chat.messages)[: HISTORY_CAP // 10]:
                del chat.messages[old]
        self.dirty = True
        self.emit("message", bot, chat, message)
        return message

    def emit(
        self,
        kind: str,
        bot: SimBot | None = None,
        chat: Chat | None = None,
        message: StoredMessage | None = None,
        **extra: Any,
    ) -> None:
        """Tell the page's listeners; costs nothing while nobody listens."""
        self.dirty = True
        if not self.listeners:
            return
        event: Json = {"type": kind, **extra}
        if bot is not None:
            event["bot"] = bot.key
        if chat is not None:
            event["person"] = chat.id
        if message is not None:
            from bot.simulator.view import page_message

            event["message_id"] = message.id
            event["message"] = page_message(self, message)
        for listener in list(self.listeners):
            listener(event)

    def enqueue(
        self, bot: SimBot, kind: str, payload: Json, *, lane: int, expires: float | None = None
    ) -> int:
        """Queue an update for the bot unless its allowed_updates leave it out."""
        if bot.allowed is None or not bot.allowed:
            wanted = kind not in _NOT_BY_DEFAULT
        else:
            wanted = kind in bot.allowed
        if not wanted:
            return 0
        update_id = bot.next_update_id
        bot.next_update_id += 1
        self.queue_raw(bot, {"update_id": update_id, kind: payload}, kind, lane, expires)
        return update_id

    def queue_raw(
        self, bot: SimBot, body: Json, kind: str, lane: int, expires: float | None = None
    ) -> None:
        """Append a whole update, as it is, and wake whoever fetches."""
        bot.updates.append(PendingUpdate(body.get("update_id", 0), kind, lane, body, expires))
        self.dirty = True
        for wakers in (self.wakers, self.webhook_wakers):
            waker = wakers.get(bot.id)
            if waker is not None:
                waker.set()

    def drop_expired(self, bot: SimBot) -> None:
        """Forget callback queries nobody fetched in time, as Telegram does."""
        if any(update.expires is not None for update in bot.updates):
            now = self.now().timestamp()
            kept = [u for u in bot.updates if u.expires is None or u.expires > now]
            if len(kept) != len(bot.updates):
                bot.updates.clear()
                bot.updates.extend(kept)

    def new_query(self, bot: SimBot, person: int, chat: int) -> CallbackQuery:
        """Open a callback query, and forget those long dead."""
        now = self.now().timestamp()
        if len(bot.queries) > HISTORY_CAP:
            for old in [q for q in bot.queries.values() if q.at < now - QUERY_LIFETIME_S]:
                del bot.queries[old.id]
        query = CallbackQuery(
            str(self.random.randrange(10**17, 10**19)), person=person, chat=chat, at=now
        )
        bot.queries[query.id] = query
        return query

    def record(self, request: ApiRequest) -> None:
        """Log a finished request and wake those who wait for one."""
        self.requests.append(request)
        if len(self.requests) > self.request_log * 2:
            del self.requests[: self.request_log]
        self.wake()

    def wake(self) -> None:
        """Let every `wait_for` look again."""
        if self.waiters:
            waiters, self.waiters = self.waiters, []
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)

    def person(self, person_id: int) -> Person:
        """Return a known person or say who is missing."""
        try:
            return self.people[person_id]
        except KeyError:
            raise SimulatorError(f"add person {person_id} first") from None

    def bot(self, token: str) -> SimBot:
        """Return a known bot or say that it is missing."""
        try:
            return self.bots[token]
        except KeyError:
            raise SimulatorError("add this bot first") from None


_MIME = {
    "photo": "image/jpeg",
    "voice": "audio/ogg",
    "sticker": "image/webp",
    "video": "video/mp4",
    "audio": "audio/mpeg",
    "animation": "video/mp4",
}
