"""The plain records of the simulator: people, bots, chats, messages, requests."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

Json = dict[str, Any]
Role = Literal["student", "helper", "counselor", "editor", "adviser", "admin"]


def utc_now() -> datetime:
    """Return the wall clock's present instant."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Person:
    """Somebody who chats with the bots; `id` is their Telegram user id."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str = "en"
    role: Role = "student"
    bot: str = "student"
    label: str = ""

    def user(self) -> Json:
        """Return the person as a Bot API User."""
        body: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        if self.username:
            body["username"] = self.username
        # Telegram apps never say plain "zh": a bot that compares with it must fail here too.
        body["language_code"] = "zh-hans" if self.language_code == "zh" else self.language_code
        return body

    def private_chat(self) -> Json:
        """Return the person's private chat as a Bot API Chat."""
        body: Json = {"id": self.id, "first_name": self.first_name, "type": "private"}
        if self.username:
            body["username"] = self.username
        return body


@dataclass(slots=True)
class Group:
    """A supergroup, with topics when `is_forum`; its id is negative, as Telegram's are."""

    id: int
    title: str
    is_forum: bool = False
    members: set[int] = field(default_factory=set)
    topics: dict[int, Json] = field(default_factory=dict)
    last_message_id: int = 1

    def chat(self) -> Json:
        """Return the group as a Bot API Chat."""
        body: Json = {"id": self.id, "title": self.title, "type": "supergroup"}
        if self.is_forum:
            body["is_forum"] = True
        return body


@dataclass(slots=True)
class StoredMessage:
    """One message: the Bot API object, and what only the apps know about it."""

    body: Json
    from_bot: bool
    at: float
    kind: str = "text"
    author: int = 0
    deleted: bool = False
    protected: bool = False
    pinned: bool = False
    silent: bool = False
    file_id: str | None = None
    markup: Json | None = None

    @property
    def id(self) -> int:
        """Return the message id."""
        return int(self.body["message_id"])


@dataclass(slots=True)
class Chat:
    """One bot's view of one chat."""

    id: int
    body: Json
    is_group: bool = False
    started: bool = False
    blocked: bool = False
    messages: dict[int, StoredMessage] = field(default_factory=dict)
    keyboard: Json | None = None


@dataclass(slots=True)
class StoredFile:
    """An uploaded or sent file; `size` may exceed `data` to stand for a big one."""

    id: str
    unique_id: str
    kind: str
    size: int
    data: bytes
    name: str | None = None
    mime: str = "application/octet-stream"


@dataclass(slots=True)
class PendingUpdate:
    """An update no poll has confirmed; `expires` is set for callback queries."""

    id: int
    kind: str
    lane: int
    body: Json
    expires: float | None = None


@dataclass(slots=True)
class CallbackQuery:
    """A pressed button that waits for its answer."""

    id: str
    person: int
    chat: int
    at: float
    answered: bool = False


@dataclass(slots=True)
class Webhook:
    """Where a bot's updates are posted."""

    url: str
    secret: str | None = None
    max_connections: int = 40
    # Lane -> (monotonic time of the next try, failed tries): a new webhook starts afresh.
    retries: dict[int, tuple[float, int]] = field(default_factory=dict)
    last_error_at: int | None = None
    last_error: str | None = None


@dataclass(slots=True)
class SimBot:
    """One bot: its profile, its chats and its update queue."""

    id: int
    token: str
    username: str
    name: str
    key: str
    next_update_id: int
    last_message_id: int
    description: str = ""
    short_description: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    commands: dict[str, list[Json]] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    queries: dict[str, CallbackQuery] = field(default_factory=dict)
    updates: deque[PendingUpdate] = field(default_factory=deque)
    allowed: frozenset[str] | None = None
    webhook: Webhook | None = None

    def user(self) -> Json:
        """Return the bot as a Bot API User."""
        return {
            "id": self.id,
            "is_bot": True,
            "first_name": self.name,
            "username": self.username,
        }


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button, with `["text"]` as well as `.text` for assertions."""

    text: str
    data: str | None = None
    url: str | None = None

    def __getitem__(self, key: str) -> str | None:
        """Return a field by its name in the page's JSON."""
        return {"text": self.text, "data": self.data, "url": self.url}[key]


@dataclass(frozen=True, slots=True)
class SimMessage:
    """A message as its reader's app shows it now."""

    id: int
    from_bot: bool
    text: str
    entities: list[Json]
    buttons: list[list[Button]]
    kind: str
    file: bytes | None
    deleted: bool
    edited: bool
    protected: bool
    pinned: bool
    at: datetime
    raw: Json
    silent: bool = False


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One Bot API request that was answered, or whose answer a fault withheld."""

    seq: int
    method: str
    token: str
    chat_id: int | None
    params: Json
    message_id: int | None
    ok: bool
    status: int
    at: datetime
    description: str | None = None
    fault: str | None = None


Advance = Callable[[float], Awaitable[tuple[str, float]]]


@dataclass(frozen=True, slots=True)
class PageConfig:
    """What the web page needs from Handrail: clock, time zone, notice, which bot is which."""

    advance: Advance | None = None
    now: Callable[[], datetime] = utc_now
    notice: str = ""
    time_zone: str = ""
    bots: dict[str, str] = field(default_factory=dict)
