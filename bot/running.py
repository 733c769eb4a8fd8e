"""The service running: senders, sweeps, intake and the small web server, and how they end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
from collections.abc import AsyncIterator
from typing import Any

import structlog
from telegram.error import TelegramError

from bot.delivery import Delivery
from bot.intake import ALLOWED_UPDATES
from bot.server import build_server, serving
from bot.settings import SettingsFault
from bot.tasks import spawn, stop
from bot.wiring import Handrail
from handlers.staff import commands as staff_commands
from handlers.student import commands as student_commands
from storage.errors import StoreDown

_log = structlog.get_logger(__name__)

_DRAIN_WITHIN_S = 5.0


@contextlib.asynccontextmanager
async def running(handrail: Handrail, *, publish: bool = True) -> AsyncIterator[Handrail]:
    """Start senders, sweeps, intake and the small web server; stop them in reverse."""
    settings = handrail.settings
    sending: list[asyncio.Task[Any]] = []
    taking_in: list[asyncio.Task[Any]] = []
    publishing: list[asyncio.Task[Any]] = []
    listen = settings.tuned.intake
    app = build_server(handrail.health, handrail.intakes, settings.webhook_secret)
    async with serving(app, listen.listen_host, listen.listen_port):
        try:
            sending += [spawn(_deliver(d), "delivery") for d in handrail.deliveries.values()]
            handrail.sweeper.start()
            taking_in += [spawn(_take_in(handrail, bot), "intake") for bot in handrail.intakes]
            if settings.tuned.intake.mode == "webhook":
                await _set_webhooks(handrail)
            if publish:
                publishing.append(spawn(_publish(handrail), "publish"))
            # measured: fewer full collections mean a third more throughput and a shorter tail
            gc.collect()
            gc.freeze()
            gc.set_threshold(50_000, 50, 100)
            # the writer thread and the event loop hand over several times an update: at Python's
            # 5 ms each hand-over could cost that much
            sys.setswitchinterval(0.0002)
            yield handrail
        finally:
            for task in (*publishing, *taking_in):
                await stop(task)
            # what was taken in is finished where that goes quickly; the rest is for the next start
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(handrail.drained(), _DRAIN_WITHIN_S)
            for task in sending:
                await stop(task)
            handrail.sweeper.stop()


async def _deliver(delivery: Delivery) -> None:
    """First what the run before left half sent; waits while the store is away."""
    while True:
        try:
            await delivery.recover()
            break
        except StoreDown:
            await asyncio.sleep(1.0)
    await delivery.run()


async def _take_in(handrail: Handrail, bot: str) -> None:
    """First what the run before left, then what comes. Waits for Telegram where PTB needs it."""
    if bot == "staff" and handrail.application is not None:
        wait = 0.5
        while True:
            try:
                await handrail.application.initialize()
                break
            except TelegramError as fault:
                handrail.health.bots[bot].bad(type(fault).__name__)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 30.0)
    if handrail.settings.tuned.intake.mode == "polling":
        # also while the store is away: whoever asks for help then is answered
        await asyncio.gather(_resume(handrail, bot), handrail.pollers[bot].run())
    else:
        await _resume(handrail, bot)


async def _resume(handrail: Handrail, bot: str) -> None:
    """Should nobody write, what was left is handed over all the same once the store is there."""
    while True:
        try:
            await handrail.intakes[bot].resume()
            return
        except StoreDown:
            handrail.health.store_down = True
            await asyncio.sleep(1.0)


async def _publish(handrail: Handrail) -> None:
    """Commands, names and descriptions; Telegram keeps them, so a failure can wait."""
    if "student" in handrail.intakes:
        await student_commands.publish(handrail.clients["student"], handrail.services)
    if handrail.staff_client is not None:
        await staff_commands.publish(handrail.staff_client, handrail.services)


async def _set_webhooks(handrail: Handrail) -> None:
    settings = handrail.settings
    if not settings.webhook_secret or not settings.tuned.intake.webhook_url:
        raise SettingsFault(
            "webhooks need intake.webhook_url and HANDRAIL_WEBHOOK_SECRET "
            "(letters, digits, _ and -)"
        )
    for bot in handrail.intakes:
        await handrail.clients[bot].set_webhook(
            f"{settings.tuned.intake.webhook_url.rstrip('/')}/hook/{bot}",
            secret_token=settings.webhook_secret,
            allowed_updates=ALLOWED_UPDATES,
        )
