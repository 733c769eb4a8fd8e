"""The limiter itself: who may send when, one a bot token, urgent ones first.

30 messages a second overall, one a second to a chat with a burst of three, 20 a minute to a group
(core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this), and every `retry_after`.
"""

from __future__ import annotations

import asyncio
import bisect
import collections
import contextlib
import contextvars
import dataclasses
import itertools
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from bot.tasks import spawn

_CHATS_REMEMBERED = 10_000
# the network shifts what was well spaced here: whoever waits, waits this much longer (seconds)
_JITTER_S = 0.02
# so many chats refused within a second: it is the bot that is refused, not the chats
_WIDESPREAD, _WIDESPREAD_WITHIN_S = 3, 1.0
_A_MINUTE_S = 60.0


@dataclasses.dataclass(frozen=True)
class Limits:
    """Messages a second, burst, messages a minute.

    `kept_free` of the `overall_per_s` places are not given to reminders and campaigns, so that a
    relay never waits for a whole second of them. `lifted` is for benchmarks: only `retry_after`
    is obeyed then.
    """

    overall_per_s: float = 30
    chat_per_s: float = 1
    chat_burst: int = 3
    group_per_min: int = 20
    kept_free: int = 3
    lifted: bool = False


@dataclasses.dataclass
class Sending:
    """What the request under way is: its priority class, and whether it waits out a 429 itself.

    0 cards and pages, 1 other alerts, 2 relays and ordinary replies, 3 reminders, 4 campaigns.
    `written` turns true when the request is about to leave: before that it certainly did not
    arrive.
    """

    priority: int = 2
    patient: bool = True
    written: bool = False


_sending: contextvars.ContextVar[Sending | None] = contextvars.ContextVar("sending", default=None)


@contextlib.contextmanager
def sending_as(priority: int, *, patient: bool = True) -> Iterator[Sending]:
    """Requests made inside have this priority; `patient` ones sit out a 429 and go again."""
    sending = Sending(priority, patient)
    token = _sending.set(sending)
    try:
        yield sending
    finally:
        _sending.reset(token)


def current_sending() -> Sending:
    """What the request under way is; an ordinary reply unless said otherwise."""
    return _sending.get() or Sending()


class _Bucket:
    """A token bucket: `rate` tokens a second, at most `size` saved up."""

    __slots__ = ("at", "level", "rate", "size")

    def __init__(self, rate: float, size: float, now: float) -> None:
        self.rate, self.size, self.level, self.at = rate, size, size, now

    def wait(self, now: float) -> float:
        """Seconds until one token is there."""
        self.level = min(self.size, self.level + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.level >= 1 - 1e-9 else (1 - self.level) / self.rate + _JITTER_S

    def take(self, _now: float) -> None:
        """Use one."""
        self.level -= 1


class _Window:
    """At most `most` in any `seconds`: a bucket would let twice as many through at first."""

    __slots__ = ("most", "seconds", "times")

    def __init__(self, most: int, seconds: float) -> None:
        self.most, self.seconds = most, seconds
        self.times: collections.deque[float] = collections.deque()

    def free(self, now: float) -> int:
        """Places left at this moment."""
        while self.times and self.times[0] <= now - self.seconds + 1e-9:
            self.times.popleft()
        return self.most - len(self.times)

    def wait(self, now: float) -> float:
        """Seconds until one place is free."""
        return 0.0 if self.free(now) > 0 else self.times[0] + self.seconds - now

    def take(self, now: float) -> None:
        """Use one."""
        self.times.append(now)


@dataclasses.dataclass(order=True, slots=True)
class _Ticket:
    priority: int
    place: int
    chat_id: int = dataclasses.field(compare=False)
    edit: bool = dataclasses.field(compare=False)
    granted: asyncio.Future[None] = dataclasses.field(compare=False)


class Limiter:
    """Says when a message to a chat may go: the urgent first, then in the order asked."""

    def __init__(
        self,
        limits: Limits,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        whole = max(1, int(limits.overall_per_s))
        self._overall = _Window(whole, whole / limits.overall_per_s)
        self._chats: collections.OrderedDict[int, _Bucket | _Window] = collections.OrderedDict()
        # monotonic seconds until which a chat (None: the whole bot) is closed by a 429
        self._closed: dict[int | None, float] = {}
        self._refused: dict[int, float] = {}
        self._line: list[_Ticket] = []
        self._places = itertools.count()
        self._pump: asyncio.Task[Any] | None = None
        self._pump_until = 0.0

    async def acquire(self, chat_id: int, *, priority: int = 2, edit: bool = False) -> None:
        """Wait until a message (or an edit) may go to this chat, and count it."""
        if not self._line and self._wait(chat_id, edit=edit) <= 0:
            self._take(chat_id, edit=edit)
            return
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        ticket = _Ticket(priority, next(self._places), chat_id, edit, granted)
        bisect.insort(self._line, ticket)
        self._keep_pumping(self._admit())
        try:
            await granted
        finally:
            if ticket in self._line:
                self._line.remove(ticket)

    def wait_s(self, chat_id: int) -> float:
        """Seconds until a message to this chat might go; 0 for now."""
        return max(0.0, self._wait(chat_id, edit=False))

    def room(self) -> int:
        """How many messages could go now, apart from those that wait already."""
        if self._limits.lifted:
            return 0 if self._closed_s(None) > 0 else 1_000_000
        if self._closed_s(None) > 0:
            return 0
        return self._overall.free(self._clock()) - len(self._line)

    @property
    def kept_free(self) -> int:
        """Places that reminders and campaigns leave to others."""
        return 0 if self._limits.lifted else self._limits.kept_free

    def room_in_s(self) -> float:
        """Seconds until a place is free."""
        wait = 0.0 if self._limits.lifted else self._overall.wait(self._clock())
        return max(wait, self._closed_s(None), 0.0)

    def obey(self, chat_id: int, retry_after: float) -> None:
        """Telegram said 429: nothing to this chat for so many seconds.

        It does not say whether the chat or the bot is meant; several chats refused within a
        second mean the bot.
        """
        now = self._clock()
        self._close(chat_id, now + retry_after)
        self._refused = {
            c: at for c, at in self._refused.items() if now - at < _WIDESPREAD_WITHIN_S
        }
        self._refused[chat_id] = now
        if len(self._refused) >= _WIDESPREAD:
            self._close(None, now + retry_after)
            self._refused.clear()

    def _close(self, key: int | None, until: float) -> None:
        now = self._clock()
        self._closed = {k: t for k, t in self._closed.items() if t > now}
        self._closed[key] = max(until, self._closed.get(key, 0.0))

    def _closed_s(self, key: int | None) -> float:
        until = self._closed.get(key)
        return 0.0 if until is None else until - self._clock()

    def _wait(self, chat_id: int, *, edit: bool) -> float:
        closed = max(self._closed_s(None), self._closed_s(chat_id)) if self._closed else 0.0
        if self._limits.lifted:
            return closed
        now = self._clock()
        wait = max(closed, self._overall.wait(now))
        return max(wait, self._chat(chat_id, now).wait(now)) if _own(chat_id, edit=edit) else wait

    def _take(self, chat_id: int, *, edit: bool) -> None:
        if self._limits.lifted:
            return
        now = self._clock()
        self._overall.take(now)
        if _own(chat_id, edit=edit):
            self._chat(chat_id, now).take(now)

    def _admit(self) -> float:
        """Let through whoever may go; seconds until the next might (0 when nobody waits)."""
        soonest = float("inf")
        behind: set[int] = set()
        for ticket in list(self._line):
            if ticket.granted.done():
                self._line.remove(ticket)
                continue
            if ticket.chat_id in behind and _own(ticket.chat_id, edit=ticket.edit):
                continue
            wait = self._wait(ticket.chat_id, edit=ticket.edit)
            if wait > 0:
                behind.add(ticket.chat_id)
                soonest = min(soonest, wait)
                continue
            self._take(ticket.chat_id, edit=ticket.edit)
            self._line.remove(ticket)
            ticket.granted.set_result(None)
        return soonest if self._line else 0.0

    def _keep_pumping(self, wait: float) -> None:
        if not self._line:
            return
        running = self._pump is not None and not self._pump.done()
        if running and self._pump_until <= self._clock() + wait:
            return
        if running and self._pump is not None:
            self._pump.cancel()
        self._pump = spawn(self._pumping(wait), "limiter")

    async def _pumping(self, wait: float) -> None:
        while self._line:
            self._pump_until = self._clock() + wait
            await self._sleep(wait)
            wait = self._admit()

    def _chat(self, chat_id: int, now: float) -> _Bucket | _Window:
        kept = self._chats.get(chat_id)
        if kept is not None:
            self._chats.move_to_end(chat_id)
            return kept
        limits = self._limits
        kept = self._chats[chat_id] = (
            _Window(limits.group_per_min, _A_MINUTE_S)
            if chat_id < 0
            else _Bucket(limits.chat_per_s, limits.chat_burst, now)
        )
        while len(self._chats) > _CHATS_REMEMBERED:
            self._chats.popitem(last=False)
        return kept


def _own(chat_id: int, *, edit: bool) -> bool:
    """Whether a request draws on the chat's own limit: an edit in a private chat does not."""
    return chat_id < 0 or not edit
