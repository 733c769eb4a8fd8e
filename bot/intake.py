"""Intake: an update is on our disk, encrypted, before Telegram is told that we have it."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import aiohttp
import structlog

from bot.emergency import Emergency
from bot.health import BotHealth, Health
from bot.lanes import Lanes
from bot.updates import read_update
from flows.clock import Clock
from storage import inbox
from storage.database import Database
from storage.errors import StoreDown
from storage.inbox import Arrival

_log = structlog.get_logger(__name__)

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
_BATCH = 100


def read_json(body: bytes) -> Any:
    """What Telegram sent. ValueError when it is no JSON.

    Bytes that are no UTF-8 are replaced: one odd update must not hold up those behind it, and its
    other words are still read.
    """
    return json.loads(body.decode("utf-8", "replace"))


def has_id(update: Any) -> bool:
    """Whether it has an id that a database can hold: 63 bits, as Telegram's own."""
    if not isinstance(update, dict):
        return False
    number = update.get("update_id")
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**63


class Taking(Protocol):
    """What a poller or a webhook hands updates to."""

    bot: str

    async def take(self, updates: Sequence[dict[str, Any]]) -> None:
        """Keep them; StoreDown when that cannot be done now (do not acknowledge)."""
        ...


class Intake:
    """Stores a batch of raw updates, then hands them to the lanes. Webhook and poller share it."""

    def __init__(
        self,
        bot: str,
        database: Database,
        clock: Clock,
        lanes: Lanes,
        emergency: Emergency,
        health: Health,
    ) -> None:
        self.bot = bot
        self._database = database
        self._clock = clock
        self._lanes = lanes
        self._emergency = emergency
        self._health = health
        self._resuming, self._resumed = asyncio.Lock(), False

    async def take(self, updates: Sequence[dict[str, Any]]) -> None:
        """Store and hand over; StoreDown when nothing could be stored (do not acknowledge).

        Before StoreDown is raised, whoever asked for help or is in danger has been answered.
        """
        now = self._clock.now()
        keys = self._database.keys
        arrivals = []
        for update in updates:
            facts = read_update(update)
            arrivals.append(
                Arrival(
                    facts.update_id,
                    keys.hash("lane", f"{self.bot}:{facts.lane}")[:16],
                    json.dumps(update, ensure_ascii=False, separators=(",", ":")).encode(
                        "utf-8", "surrogatepass"
                    ),
                )
            )
        try:
            await self.resume()
            stored = await self._database.transact(
                lambda unit: inbox.store(unit, self.bot, arrivals, now), beside=True
            )
        except StoreDown:
            self._health.store_down = True
            await self._emergency.answer(self.bot, updates)
            raise
        self._health.store_down = False
        self._health.updates.labels(self.bot).inc(self._lanes.put(stored))

    async def resume(self) -> None:
        """Hand over what the run before left, once and before anything new of the same chats."""
        async with self._resuming:
            if self._resumed:
                return
            left = await self._database.read(lambda unit: inbox.waiting(unit, self.bot))
            self._lanes.put(left)
            self._resumed = True
        self._health.store_down = False
        _log.info("resumed", bot=self.bot, updates=len(left))

    async def take_up(self) -> None:
        """Hand over what `parked retry` put back while we run."""
        if self._resumed:
            back = await self._database.read(
                lambda unit: inbox.waiting(unit, self.bot, put_back=True)
            )
            self._lanes.put(back)


async def look_at_parked(
    database: Database, health: Health, intakes: Mapping[str, Intake]
) -> None:
    """How many updates are put aside, and those that were put back."""
    health.parked = await database.read(inbox.count_parked)
    for intake in intakes.values():
        await intake.take_up()


class Poller:
    """Long polling: the offset moves on only after the batch is stored."""

    def __init__(
        self, intake: Taking, api_url: str, token: str, health: BotHealth, timeout_s: int
    ) -> None:
        self._intake = intake
        self._url = f"{api_url}/bot{token}/getUpdates"
        self._health = health
        self._timeout_s = timeout_s

    async def run(self) -> None:
        """Poll until cancelled; every fault is waited out, with jitter."""
        offset, wait = 0, 0.0
        timeout = aiohttp.ClientTimeout(total=self._timeout_s + 15, connect=10)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                if wait:
                    await asyncio.sleep(wait * random.uniform(0.75, 1.25))  # noqa: S311
                try:
                    updates = await self._poll(session, offset)
                    if updates:
                        await self._intake.take(updates)
                        offset = max(update["update_id"] for update in updates) + 1
                    wait = 0.0
                except StoreDown:
                    wait = 1.0
                except _Refused as refusal:
                    self._health.bad(refusal.name, refused=refusal.for_operator)
                    _log.warning("polling_refused", bot=self._intake.bot, why=refusal.name)
                    wait = refusal.wait_s
                except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as fault:
                    self._health.bad(f"Telegram cannot be reached ({type(fault).__name__})")
                    wait = min(max(wait * 2, 0.5), 30.0)
                except Exception as fault:  # whatever it is, nobody may be left unread for it
                    self._health.bad(f"updates cannot be taken in ({type(fault).__name__})")
                    _log.error("intake_failed", fault=type(fault).__name__)
                    wait = min(max(wait * 2, 0.5), 30.0)

    async def _poll(self, session: aiohttp.ClientSession, offset: int) -> list[dict[str, Any]]:
        body: dict[str, Any] = {
            "timeout": self._timeout_s,
            "limit": _BATCH,
            "allowed_updates": ALLOWED_UPDATES,
        }
        if offset:
            body["offset"] = offset
        async with session.post(self._url, json=body) as response:
            answer = read_json(await response.read())
        if not isinstance(answer, dict) or not answer.get("ok"):
            raise _Refused(answer if isinstance(answer, dict) else {})
        self._health.good()
        return [update for update in answer["result"] if has_id(update)]


class _Refused(Exception):
    def __init__(self, answer: dict[str, Any]) -> None:
        code = answer.get("error_code")
        # no waiting mends these
        self.for_operator = code in {401, 404, 409}
        self.name, self.wait_s = {
            409: ("another process polls this token, or a webhook is set (409)", 3.0),
            401: ("the token is not valid (401)", 30.0),
            404: ("the token is not valid (404)", 30.0),
        }.get(code or 0, (f"refused ({code})", 3.0))
        if code == 429:
            self.wait_s = float((answer.get("parameters") or {}).get("retry_after", 3))
        super().__init__(self.name)
