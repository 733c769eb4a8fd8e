"""One send through an aiogram client, and what its end means for the outbox."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import SendMessage
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiohttp import ClientConnectorError

from bot.limits import Sending
from flows.post import Ending
from handlers.rendered import Rendered

# Telegram's words for a chat that will never answer; any other 400 is a fault of ours
_NOBODY = ("chat not found", "user not found", "peer_id_invalid", "deactivated")


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """How a send ended; `retry_after_s` is Telegram's own wish, in seconds.

    `odd` outcomes are not worth many tries. `operator` names what the operator must mend.
    """

    how: Ending
    reason: str | None = None
    message_id: int | None = None
    retry_after_s: float | None = None
    odd: bool = False
    operator: str | None = None


async def send(client: Bot, message: SendMessage, timeout_s: float, sending: Sending) -> Outcome:
    """Send one message; every way in which that can end is an outcome, not an exception.

    Telegram refused, or was never reached: the message certainly did not arrive. The answer was
    lost after the request had left: it may have.
    """
    try:
        # the limiter sits under the client: the request waits for its place there
        sent = await client(message, request_timeout=timeout_s)  # type: ignore[arg-type]
    except TelegramAPIError as fault:
        return _refused(fault)
    except ClientDecodeError as fault:
        return _read_odd_answer(fault.data)
    except Exception as fault:
        if not sending.written:
            raise
        # a library's fault: it may have been sent, and its words may quote ours
        return Outcome("unclear", type(fault).__name__, odd=True)
    return Outcome("sent", message_id=sent.message_id)


def _refused(refusal: TelegramAPIError) -> Outcome:
    if isinstance(refusal, TelegramRetryAfter):
        return Outcome("again", "429", retry_after_s=float(refusal.retry_after))
    # the library files "too large" (413, a plain no) under its network errors
    lost = isinstance(refusal, TelegramNetworkError)
    if lost and not isinstance(refusal, TelegramEntityTooLarge):
        if isinstance(refusal.__cause__, ClientConnectorError):
            return Outcome("again", "unreachable")
        return Outcome("unclear", "no_answer")
    if isinstance(refusal, TelegramServerError):
        return Outcome("again", "5xx")
    if isinstance(refusal, TelegramUnauthorizedError | TelegramNotFound):
        # the token was revoked or mistyped: nothing is lost while somebody mends that
        return Outcome("again", "token", operator="token_refused")
    return _answered_no(refusal)


def _answered_no(refusal: TelegramAPIError) -> Outcome:
    nobody = any(sign in refusal.message.lower() for sign in _NOBODY)
    if isinstance(refusal, TelegramForbiddenError):
        return Outcome("gone" if nobody else "blocked")
    if isinstance(refusal, TelegramBadRequest) and nobody:
        return Outcome("gone")
    return Outcome("failed", type(refusal).__name__)


def _read_odd_answer(answer: Any) -> Outcome:
    """An answer the library cannot read: a gateway's page, or a message type it does not know."""
    try:
        body = json.loads(answer) if isinstance(answer, str | bytes) else answer
        return Outcome("sent", message_id=int(body["result"]["message_id"]))
    except (ValueError, TypeError, KeyError):
        return Outcome("unclear", "odd_answer")


def as_message(chat_id: int, rendered: Rendered) -> SendMessage:
    """A rendered letter as a request, in HTML."""
    markup = None
    if rendered.buttons:
        markup = InlineKeyboardMarkup(
            inline_keyboard=[
                [InlineKeyboardButton(text=b.text, callback_data=b.data) for b in row]
                for row in rendered.buttons
            ]
        )
    return SendMessage(
        chat_id=chat_id,
        text=rendered.text,
        reply_markup=markup,
        parse_mode="HTML",
        protect_content=rendered.protect or None,
        disable_notification=rendered.silent or None,
    )
