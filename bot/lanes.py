"""Lanes: one chat's updates in order, many chats at once.

A failing row is tried three times within five seconds, then parked, counted and shown, and the
lane goes on. While Telegram is away a row waits for about a minute before it is parked. A lost
database parks nothing: whoever is in danger is answered without it, and the lane waits until it is
back.

Words are screened and stored before their row waits for a place: a place is held while Telegram is
asked, and a slow answer to one student must not hold up the case of another.
"""

from __future__ import annotations

import asyncio
import collections
import itertools
import uuid
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import structlog

from bot.away import TelegramAway
from bot.tasks import spawn, stop
from storage.errors import StoreDown
from storage.inbox import Stored

_log = structlog.get_logger(__name__)

# waits before the second and third try: all three fit into five seconds
_WAITS_S = (0.5, 2.0)
# growing pauses while Telegram is away: about a minute altogether
_AWAY_WAITS_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_STORE_WAIT_S = 1.0
# how often it is looked who has come to stand behind a row that waits for Telegram
_LOOK_EVERY_S = 1.0
# rows that ended lately: intake may have read one as waiting just before it ended
_REMEMBERED = 10_000

Screen = Callable[[Stored, bool], Awaitable[Any]]
Handle = Callable[[Stored, Any], Awaitable[None]]
Park = Callable[[Stored, str], Awaitable[None]]
Stranded = Callable[[Sequence[Stored]], Awaitable[None]]


class Lanes:
    """Runs `screen(row, again)`, then `handle(row, screened)`; `park(row, reason)` after the last
    try.

    `again` says that a try before, here or in the run before, may have left something behind.
    `at_once` is how many may be handled at a time, and apart from them how many screened.
    `stranded(rows)` gets a whole lane while the database is away: a cry for help may stand second.
    Those behind a row that waits for Telegram are screened meanwhile, for the same reason: their
    case and its pages need no answer of Telegram's to this chat.
    """

    def __init__(
        self,
        screen: Screen,
        handle: Handle,
        park: Park,
        at_once: int,
        stranded: Stranded,
    ) -> None:
        self._screen = screen
        self._handle = handle
        self._park = park
        self._stranded = stranded
        self._screened: set[uuid.UUID] = set()
        self._may_screen = asyncio.Semaphore(at_once)
        self._free = asyncio.Semaphore(at_once)
        self._lanes: dict[bytes, collections.deque[Stored]] = {}
        self._held: set[uuid.UUID] = set()
        self._ended: collections.OrderedDict[uuid.UUID, None] = collections.OrderedDict()
        self._idle = asyncio.Event()
        self._idle.set()
        self._running: set[asyncio.Task[Any]] = set()
        self._stopped = False

    def put(self, rows: Iterable[Stored]) -> int:
        """Queue stored rows, in order, but none twice; how many were new.

        Once stopped, none: they are for the next start.
        """
        if self._stopped:
            return 0
        before = len(self._held)
        for row in rows:
            if row.id in self._held or row.id in self._ended:
                continue
            self._held.add(row.id)
            lane = self._lanes.get(row.lane)
            if lane is not None:
                lane.append(row)
                continue
            self._lanes[row.lane] = collections.deque([row])
            self._idle.clear()
            run = spawn(self._run(row.lane), "lane")
            self._running.add(run)
            run.add_done_callback(self._running.discard)
        return len(self._held) - before

    @property
    def waiting(self) -> int:
        """Rows not done yet."""
        return sum(len(lane) for lane in self._lanes.values())

    async def drained(self) -> None:
        """Wait until nothing is left to do."""
        await self._idle.wait()

    async def stop(self) -> None:
        """What is not done by now stays in the inbox for the next start."""
        self._stopped = True
        await asyncio.gather(*(stop(run) for run in self._running))

    async def _run(self, name: bytes) -> None:
        lane = self._lanes[name]
        try:
            while lane:
                try:
                    await self._one(lane)
                except Exception as fault:
                    # not even parked: it stays in the inbox for the next start, the chat goes on
                    _log.error("update_left", bot=lane[0].bot, fault=type(fault).__name__)
                self._end(lane.popleft())
        finally:
            if not lane:
                del self._lanes[name]
            if not self._lanes:
                self._idle.set()

    def _end(self, row: Stored) -> None:
        self._held.discard(row.id)
        self._screened.discard(row.id)
        self._ended[row.id] = None
        if len(self._ended) > _REMEMBERED:
            self._ended.popitem(last=False)

    async def _one(self, lane: Sequence[Stored]) -> None:
        row = lane[0]
        again = row.attempts > 0 or row.id in self._screened
        waits, away = iter(_WAITS_S), iter(_AWAY_WAITS_S)
        while True:
            try:
                async with self._may_screen:
                    screened = await self._screen(row, again)
                async with self._free:
                    await self._handle(row, screened)
                return
            except StoreDown:
                await self._answer_stranded(tuple(lane))
                wait = _STORE_WAIT_S
            except Exception as fault:
                left = away if isinstance(fault, TelegramAway) else waits
                wait = next(left, -1.0)
                if wait < 0:
                    await self._park_for_good(lane, type(fault).__name__)
                    return
                if left is away:
                    await self._wait_for_telegram(lane, wait)
                    wait = 0.0
            again = True
            # the place is free for other chats while this one waits
            await asyncio.sleep(wait)

    async def _answer_stranded(self, lane: Sequence[Stored]) -> None:
        try:
            await self._stranded(lane)
        except Exception as fault:  # the row is still to be handled once the store is back
            _log.error("stranded_unanswered", bot=lane[0].bot, fault=type(fault).__name__)

    async def _wait_for_telegram(self, lane: Sequence[Stored], seconds: float) -> None:
        """Meanwhile whoever stands behind is screened, and whoever comes to stand there."""
        while True:
            for row in tuple(lane)[1:]:
                await self._screen_ahead(row)
            if seconds <= 0:
                return
            step = min(seconds, _LOOK_EVERY_S)
            await asyncio.sleep(step)
            seconds -= step

    async def _screen_ahead(self, row: Stored) -> None:
        if row.id in self._screened:
            return
        try:
            async with self._may_screen:
                await self._screen(row, True)
        except StoreDown:
            return  # soon again
        except Exception as fault:  # its own turn says more
            _log.error("not_screened_ahead", bot=row.bot, fault=type(fault).__name__)
        self._screened.add(row.id)

    async def _park_for_good(self, lane: Sequence[Stored], reason: str) -> None:
        """A card that the row owes goes out first, so this too waits while Telegram is away: the
        next message to this chat would meet the same, and a restart finds the row unparked."""
        row = lane[0]
        _log.error("update_parked", bot=row.bot, reason=reason)
        waits = itertools.chain(_AWAY_WAITS_S, itertools.repeat(_AWAY_WAITS_S[-1]))
        while True:
            try:
                await self._park(row, reason)
                return
            except StoreDown:
                await asyncio.sleep(_STORE_WAIT_S)
            except TelegramAway:
                await self._wait_for_telegram(lane, next(waits))
