"""Posting updates to a bot's webhook, in order a chat, with retries."""

import asyncio
import json
import logging
import time
from typing import Any

import aiohttp

from bot.simulator.api import BotApi
from bot.simulator.model import PendingUpdate, SimBot, Webhook
from bot.simulator.state import World

_log = logging.getLogger(__name__)
ANSWER_S = 60.0


class WebhookSender:
    """One lane a chat: a failing update holds up only its own chat, as at Telegram."""

    def __init__(self, world: World, api: BotApi) -> None:
        self._world = world
        self._api = api
        self._busy: dict[tuple[int, int], asyncio.Task[None]] = {}
        self._changed = asyncio.Event()
        self.first_retry_s = 0.5
        self.longest_retry_s = 60.0

    def wake(self) -> None:
        """Look again, because a bot was added."""
        self._changed.set()

    async def run(self) -> None:
        """Serve all bots until cancelled."""
        session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=ANSWER_S),
            connector=aiohttp.TCPConnector(limit=100),
        )
        pumps: dict[int, asyncio.Task[None]] = {}
        try:
            async with session:
                while True:
                    self._changed.clear()
                    for bot in self._world.bots.values():
                        if bot.id not in pumps:
                            pump = asyncio.create_task(self._pump(bot, session))
                            pumps[bot.id] = pump
                    await self._changed.wait()
        finally:
            tasks = [*pumps.values(), *self._busy.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _pump(self, bot: SimBot, session: aiohttp.ClientSession) -> None:
        waker = self._world.webhook_wakers[bot.id]
        while True:
            waker.clear()
            pause = self._start_lanes(bot, session) if bot.webhook is not None else None
            try:
                await asyncio.wait_for(waker.wait(), pause)
            except TimeoutError:
                continue

    def _start_lanes(self, bot: SimBot, session: aiohttp.ClientSession) -> float | None:
        """Start what may go out now; return the seconds until a retry is due."""
        hook = bot.webhook
        if hook is None:
            return None
        self._world.drop_expired(bot)
        now = time.monotonic()
        pause: float | None = None
        seen: set[int] = set()
        running = sum(1 for lane in self._busy if lane[0] == bot.id)
        for update in bot.updates:
            if running >= hook.max_connections:
                break
            if update.lane in seen:
                continue
            seen.add(update.lane)
            lane = (bot.id, update.lane)
            if lane in self._busy:
                continue
            due = hook.retries.get(update.lane, (0.0, 0))[0]
            if due > now:
                pause = min(pause or due - now, due - now)
                continue
            running += 1
            self._busy[lane] = asyncio.create_task(self._deliver(bot, hook, update, session))
        return pause

    async def _deliver(
        self, bot: SimBot, hook: Webhook, update: PendingUpdate, session: aiohttp.ClientSession
    ) -> None:
        lane = (bot.id, update.lane)
        try:
            answer = await self._post(hook, update, session)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            hook.last_error = str(error) or type(error).__name__
            hook.last_error_at = self._world.timestamp()
            tries = hook.retries.get(update.lane, (0.0, 0))[1] + 1
            wait = min(self.longest_retry_s, self.first_retry_s * 2 ** (tries - 1))
            hook.retries[update.lane] = (time.monotonic() + wait, tries)
        else:
            hook.retries.pop(update.lane, None)
            if update in bot.updates:
                bot.updates.remove(update)
            self._world.dirty = True
            if isinstance(answer, dict) and isinstance(answer.get("method"), str):
                self._api.call_from_webhook(bot, answer.pop("method"), answer)
            self._world.wake()
        finally:
            self._busy.pop(lane, None)
            self._world.webhook_wakers[bot.id].set()

    async def _post(
        self, hook: Webhook, update: PendingUpdate, session: aiohttp.ClientSession
    ) -> Any:
        headers = {"Content-Type": "application/json"}
        if hook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret
        body = json.dumps(update.body).encode()
        async with session.post(
            hook.url, data=body, headers=headers, allow_redirects=False
        ) as response:
            content = await response.read()
            if not 200 <= response.status < 300:
                raise aiohttp.ClientError(
                    f"Wrong response from the webhook: {response.status} {response.reason}"
                )
        try:
            return json.loads(content) if content else None
        except ValueError:
            return None
