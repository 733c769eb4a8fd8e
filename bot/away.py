"""Telegram is away: what both libraries say when it cannot be reached, as one fault of ours."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator

from aiogram.exceptions import (
    ClientDecodeError,
    TelegramEntityTooLarge,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from telegram.error import BadRequest, NetworkError, RetryAfter

_AWAY = (TelegramNetworkError, TelegramServerError, TelegramRetryAfter, NetworkError, RetryAfter)


class TelegramAway(Exception):
    """Telegram cannot be reached, is restarting, or wants a pause; the row is not to blame."""


@contextlib.contextmanager
def telegram_faults() -> Iterator[None]:
    """Turn 'cannot be reached' of either library into TelegramAway; a refusal stays what it is."""
    try:
        yield
    except Exception as fault:
        if _is_away(fault):
            raise TelegramAway(type(fault).__name__) from fault
        raise


def _is_away(fault: Exception) -> bool:
    # both libraries file plain refusals under their network errors
    if isinstance(fault, BadRequest | TelegramEntityTooLarge):
        return False
    if isinstance(fault, ClientDecodeError):
        # a gateway's page in place of JSON
        return isinstance(fault.original, json.JSONDecodeError)
    return isinstance(fault, _AWAY)
