"""The store cannot be opened yet: cries for help are answered meanwhile, and it is tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog

from bot.emergency import Emergency
from bot.faults import explain
from bot.health import Health
from bot.intake import Poller
from bot.server import build_server, serving
from bot.settings import Settings
from bot.tasks import spawn, stop
from storage import opening
from storage.database import Database
from storage.errors import StoreDown, StoreRefused

_log = structlog.get_logger(__name__)
_WAIT_S, _LONGEST_WAIT_S = 1.0, 10.0

Open = Callable[[], Awaitable[Database]]


class ClosedIntake:
    """Takes nothing in, since there is nowhere to put it; whoever is in danger is answered."""

    def __init__(self, bot: str, emergency: Emergency) -> None:
        self.bot = bot
        self._emergency = emergency

    async def take(self, updates: Sequence[dict[str, Any]]) -> None:
        """Answer who needs it, then StoreDown: Telegram keeps the updates for us."""
        await self._emergency.answer(self.bot, updates)
        raise StoreDown("not open yet")


async def open_when_it_is_there(
    open_store: Open,
    settings: Settings,
    emergency: Emergency,
    health: Health,
    tokens: Mapping[str, str],
) -> Database:
    """The store, as soon as its server is there; `tokens` are those of the bots that run here.

    What waiting does not mend is raised at once: a wrong password, no such database, an older or
    newer schema, wrong keys, and whatever keeps an embedded file from being opened.
    """
    try:
        return await open_store()
    except StoreDown as fault:
        if isinstance(fault, StoreRefused) or opening.is_sqlite(settings.database_url):
            raise
        _say(fault)
    health.store_down = True
    closed = {bot: ClosedIntake(bot, emergency) for bot in tokens}
    intake = settings.tuned.intake
    pollers = []
    try:
        async with serving(
            build_server(health, closed, settings.webhook_secret),
            intake.listen_host,
            intake.listen_port,
        ):
            if intake.mode == "polling":
                pollers = [
                    spawn(
                        Poller(
                            closed[bot],
                            settings.bot_api_url,
                            token,
                            health.bots[bot],
                            intake.poll_timeout_s,
                        ).run(),
                        "closed intake",
                    )
                    for bot, token in tokens.items()
                ]
            database = await _opened(open_store)
            health.store_down = False
            return database
    finally:
        for poller in pollers:
            await stop(poller)


async def _opened(open_store: Open) -> Database:
    wait = _WAIT_S
    while True:
        await asyncio.sleep(wait)
        try:
            database = await open_store()
        except StoreRefused:
            raise
        except StoreDown as fault:
            _say(fault)
            wait = min(wait * 2, _LONGEST_WAIT_S)
        else:
            return database


def _say(fault: StoreDown) -> None:
    _log.warning("waiting_for_the_database", why=explain(fault))
