"""Sending and showing, the same way everywhere."""

from __future__ import annotations

import contextlib

from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    CallbackQuery,
    InaccessibleMessage,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)

from handlers.rendered import Button, Rendered


def markup(rendered: Rendered) -> InlineKeyboardMarkup | None:
    """Buttons as aiogram wants them."""
    if not rendered.buttons:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=b.text, callback_data=b.data) for b in row]
            for row in rendered.buttons
        ]
    )


async def settle(callback: CallbackQuery, text: str | None = None) -> None:
    """Take the button's clock away; a query that is too old (150 s) no longer minds."""
    with contextlib.suppress(TelegramBadRequest):
        await callback.answer(text)


async def say(event: Message | CallbackQuery, rendered: Rendered) -> None:
    """A new message in the chat of a message or a pressed button."""
    if isinstance(event, CallbackQuery):
        await settle(event)
        if event.message is not None:
            assert event.bot is not None
            await event.bot.send_message(
                event.message.chat.id, rendered.text, reply_markup=markup(rendered)
            )
        return
    await event.answer(rendered.text, reply_markup=markup(rendered))


async def show(event: CallbackQuery, rendered: Rendered) -> None:
    """The same message, changed: a step of a path. A message too old is sent anew."""
    if event.message is None or isinstance(event.message, InaccessibleMessage):
        await say(event, rendered)
        return
    await settle(event)
    await event.message.edit_text(rendered.text, reply_markup=markup(rendered))


def row(*buttons: Button) -> tuple[Button, ...]:
    """One row of buttons."""
    return buttons
