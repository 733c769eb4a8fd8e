"""Watches the sweeps, the senders, the pollers and Telegram's side of a webhook.

What stays wrong is told by the path that needs no database and no sweep: those may be the cause.
"""

from __future__ import annotations

import asyncio

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramNotFound, TelegramUnauthorizedError

from bot.health import BotHealth
from bot.wiring import Handrail

_log = structlog.get_logger(__name__)

_EVERY_S = 60.0
# what lasts is told again so often
_TELL_AGAIN_S = 3600.0


async def watch(handrail: Handrail) -> None:
    """Look once a minute until cancelled."""
    before: set[str] = set()
    while True:
        await asyncio.sleep(_EVERY_S)
        before = await look(handrail, before)


async def look(handrail: Handrail, before: set[str]) -> set[str]:
    """Tell the operator what was wrong at the look before and is wrong still; what is wrong.

    Two looks, since a restart may overlap with the process before for some seconds.
    """
    health = handrail.health
    if handrail.settings.tuned.intake.mode == "webhook":
        for bot in handrail.intakes:
            await _ask_about_webhook(handrail.clients[bot], health.bots[bot])
    found = health.for_operator()
    for kind in found & before:
        _log.error("not_mended", kind=kind, overdue=health.overdue())
        await handrail.pager.operator_ping(kind, _TELL_AGAIN_S)
    return found


async def _ask_about_webhook(client: Bot, health: BotHealth) -> None:
    """How many updates wait at Telegram; its error may quote our address, so only that it is."""
    try:
        told = await client.get_webhook_info()
    except (TelegramUnauthorizedError, TelegramNotFound):
        health.bad("the token is not valid", refused=True)
    except Exception as fault:
        _log.warning("webhook_unknown", fault=type(fault).__name__)
    else:
        health.webhook = (told.pending_update_count, bool(told.last_error_message))
