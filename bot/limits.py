"""Telegram's limits under both libraries: one `Limiter` a bot token, shared by its clients.

Only requests that write into a chat count. A request made inside `sending_as(..., patient=False)`
(the outbox) hears of a 429 at once; ordinary replies wait and go again, a few times.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.limiter import Limiter, Limits, Sending, current_sending, sending_as

__all__ = ["AiogramLimits", "Limiter", "Limits", "PtbLimits", "Sending", "sending_as"]

_TRIES = 4
_LONGEST_WAIT_S = 30.0
_SENDING = ("send", "copy", "forward", "edit")
# named like a message, but Telegram does not count it as one
_UNCOUNTED = frozenset({"sendChatAction"})


class AiogramLimits(BaseRequestMiddleware):
    """The limiter under aiogram: `bot.session.middleware(AiogramLimits(limiter))`."""

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Wait for a place, send, obey; TelegramRetryAfter when it does not pay to wait."""
        sending, attempt = current_sending(), 0
        chat_id = _counted(method.__api_method__, getattr(method, "chat_id", None))
        while True:
            attempt += 1
            await _place(self._limiter, chat_id, method.__api_method__, sending)
            try:
                return await make_request(bot, method)
            except TelegramRetryAfter as refusal:
                if not await _sit_out(
                    self._limiter, chat_id, refusal.retry_after, attempt, sending
                ):
                    raise


class PtbLimits(BaseRateLimiter[Any]):
    """The limiter under python-telegram-bot (its own stops everything at one 429)."""

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter

    async def initialize(self) -> None:
        """Nothing to start."""

    async def shutdown(self) -> None:
        """Nothing to stop."""

    async def process_request(
        self,
        callback: Callable[..., Awaitable[Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Any,
    ) -> Any:
        """Wait for a place, send, obey; RetryAfter when it does not pay to wait."""
        sending, attempt = current_sending(), 0
        chat_id = _counted(endpoint, data.get("chat_id"))
        while True:
            attempt += 1
            await _place(self._limiter, chat_id, endpoint, sending)
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as refusal:
                if not await _sit_out(
                    self._limiter, chat_id, _retry_after_s(refusal), attempt, sending
                ):
                    raise


def _retry_after_s(refusal: RetryAfter) -> float:
    """Seconds; the library is on its way from numbers to durations."""
    wait = refusal.retry_after
    return wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)


def _counted(method: str, chat_id: object) -> int | None:
    """The chat a request counts for; None where Telegram's limits on messages do not apply."""
    if not method.startswith(_SENDING) or method in _UNCOUNTED:
        return None
    return chat_id if isinstance(chat_id, int) else None


async def _place(limiter: Limiter, chat_id: int | None, method: str, sending: Sending) -> None:
    if chat_id is not None:
        await limiter.acquire(chat_id, priority=sending.priority, edit=method.startswith("edit"))
    sending.written = True


async def _sit_out(
    limiter: Limiter, chat_id: int | None, retry_after: float, attempt: int, sending: Sending
) -> bool:
    """Obey a 429; whether the request goes again.

    One for a method that does not count (setMyName: up to a day) closes nothing else.
    """
    if chat_id is not None:
        limiter.obey(chat_id, retry_after)
    if not sending.patient or attempt >= _TRIES or retry_after > _LONGEST_WAIT_S:
        return False
    if chat_id is None:
        await asyncio.sleep(retry_after)
    return True
