"""The service running: senders, sweeps, intake and the small web server, and how they end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any

import structlog

from bot.delivery import Delivery
from bot.health import BotHealth
from bot.intake import ALLOWED_UPDATES
from bot.server import build_server, serving
from bot.tasks import spawn, stop
from bot.watch import watch
from bot.wiring import Handrail
from handlers.staff import commands as staff_commands
from handlers.student import commands as student_commands
from storage.errors import StoreDown

_log = structlog.get_logger(__name__)

_DRAIN_WITHIN_S = 5.0
_FIRST_WAIT_S, _LONGEST_WAIT_S, _LONGEST_PUBLISH_WAIT_S = 0.5, 30.0, 600.0

Call = Callable[[], Awaitable[object]]


@contextlib.asynccontextmanager
async def running(handrail: Handrail, *, publish: bool = True) -> AsyncIterator[Handrail]:
    """Start senders, sweeps, intake and the small web server; stop them in reverse."""
    settings = handrail.settings
    sending: list[asyncio.Task[Any]] = []
    taking_in: list[asyncio.Task[Any]] = []
    telling: list[asyncio.Task[Any]] = []
    listen = settings.tuned.intake
    app = build_server(handrail.health, handrail.intakes, settings.webhook_secret)
    async with serving(app, listen.listen_host, listen.listen_port):
        try:
            sending += [spawn(_deliver(d), "delivery") for d in handrail.deliveries.values()]
            handrail.sweeper.start()
            telling.append(spawn(watch(handrail), "watch"))
            taking_in += [spawn(_take_in(handrail, bot), "intake") for bot in handrail.intakes]
            if settings.tuned.intake.mode == "webhook":
                telling += [spawn(_set_webhook(handrail, b), "webhook") for b in handrail.intakes]
            if publish:
                telling += [spawn(_publish(calls), "publish") for calls in _to_publish(handrail)]
            # measured: fewer full collections mean a third more throughput and a shorter tail
            gc.collect()
            gc.freeze()
            gc.set_threshold(50_000, 50, 100)
            # the writer thread and the event loop hand over several times an update: at Python's
            # 5 ms each hand-over could cost that much
            sys.setswitchinterval(0.0002)
            yield handrail
        finally:
            for task in (*telling, *taking_in):
                await stop(task)
            # what was taken in is finished where that goes quickly; the rest is for the next start
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(handrail.drained(), _DRAIN_WITHIN_S)
            # they would take a store that we closed for one that is lost, and say so to people
            for lanes in handrail.lanes.values():
                await lanes.stop()
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
    health = handrail.health.bots[bot]
    if bot == "staff" and handrail.application is not None:
        await _until_it_works("the bot cannot start", handrail.application.initialize, health)
        handrail.staff_ready.set()
    left = spawn(
        _until_it_works("what was left cannot be read", lambda: _resume(handrail, bot), health),
        "resume",
    )
    try:
        if handrail.settings.tuned.intake.mode == "polling":
            # also while the store is away: whoever asks for help then is answered
            await handrail.pollers[bot].run()
        await left
    finally:
        await stop(left)


async def _until_it_works(what_fails: str, step: Call, health: BotHealth) -> None:
    """Tried again, later each time; meanwhile everything else runs on."""
    wait = _FIRST_WAIT_S
    while True:
        try:
            await step()
            return
        except Exception as fault:
            health.bad(f"{what_fails} ({type(fault).__name__})")
            _log.error("tried_again", why=what_fails, fault=type(fault).__name__)
        await asyncio.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT_S)


async def _resume(handrail: Handrail, bot: str) -> None:
    """Should nobody write, what was left is handed over all the same once the store is there."""
    while True:
        try:
            await handrail.intakes[bot].resume()
            return
        except StoreDown:
            handrail.health.store_down = True
            await asyncio.sleep(1.0)


def _to_publish(handrail: Handrail) -> Iterator[Sequence[Call]]:
    if "student" in handrail.intakes:
        yield student_commands.to_publish(handrail.clients["student"], handrail.services)
    if handrail.staff_client is not None:
        yield staff_commands.to_publish(handrail.staff_client, handrail.services)


async def _publish(calls: Sequence[Call]) -> None:
    """Commands, names and descriptions; Telegram keeps them, so a failure can wait.

    Each by itself: Telegram lets a bot change its name a few times a day only, and the numbers in
    the description must not fall with it.
    """
    wait = _FIRST_WAIT_S
    while True:
        calls = [call for call in calls if not await _published(call)]
        if not calls:
            return
        await asyncio.sleep(wait)
        wait = min(wait * 2, _LONGEST_PUBLISH_WAIT_S)


async def _published(call: Call) -> bool:
    try:
        await call()
    except Exception as fault:
        _log.warning("not_published", fault=type(fault).__name__)
        return False
    return True


async def _set_webhook(handrail: Handrail, bot: str) -> None:
    settings = handrail.settings
    await _until_it_works(
        "the webhook cannot be set",
        lambda: handrail.clients[bot].set_webhook(
            f"{settings.tuned.intake.webhook_url.rstrip('/')}/hook/{bot}",
            secret_token=settings.webhook_secret,
            allowed_updates=ALLOWED_UPDATES,
        ),
        handrail.health.bots[bot],
    )
