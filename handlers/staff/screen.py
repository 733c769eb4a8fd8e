"""Sending, editing and answering, the only place where the staff bot talks to Telegram."""

from __future__ import annotations

import re
from collections.abc import Iterable

from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from handlers.rendered import Button, Rendered
from handlers.staff.context import StaffContext, chat_of

# a preview would fetch a link out of a student's words
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_CASE_BUTTON = re.compile(r"c:[a-z-]+:([0-9a-f]{32})")
_ANSWER_LIMIT = 200
_SAME = "message is not modified"
_TOO_OLD = ("query is too old", "query id is invalid")
_GONE = ("message to edit not found", "message can't be edited")


def rows(buttons: Iterable[Button], width: int = 2) -> tuple[tuple[Button, ...], ...]:
    """Buttons laid out so many a row."""
    listed = list(buttons)
    return tuple(tuple(listed[i : i + width]) for i in range(0, len(listed), width))


def markup(rendered: Rendered) -> InlineKeyboardMarkup | None:
    """The inline keyboard, or None without buttons."""
    if not rendered.buttons:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(b.text, callback_data=b.data) for b in row]
         for row in rendered.buttons]
    )  # fmt: skip


async def send_to(bot: Bot, chat_id: int, rendered: Rendered) -> Message:
    """A new message in a chat."""
    return await bot.send_message(
        chat_id,
        rendered.text,
        parse_mode=ParseMode.HTML,
        reply_markup=markup(rendered),
        protect_content=rendered.protect,
        disable_notification=rendered.silent,
        link_preview_options=_NO_PREVIEW,
    )


async def send(update: Update, context: StaffContext, rendered: Rendered) -> Message:
    """A new message in the update's chat."""
    return await send_to(context.bot, chat_of(update), rendered)


async def ask(update: Update, context: StaffContext, text: str) -> Message:
    """A question whose answer comes as a reply; the question itself marks the step."""
    return await context.bot.send_message(
        chat_id=chat_of(update), text=text, reply_markup=ForceReply()
    )


async def edit(update: Update, context: StaffContext, message_id: int, rendered: Rendered) -> bool:
    """Change a message of ours; False when it is gone."""
    try:
        await context.bot.edit_message_text(
            rendered.text,
            chat_id=chat_of(update),
            message_id=message_id,
            parse_mode=ParseMode.HTML,
            reply_markup=markup(rendered),
            link_preview_options=_NO_PREVIEW,
        )
    except BadRequest as fault:
        reason = fault.message.lower()
        if _SAME in reason:
            return True
        if any(mark in reason for mark in _GONE):
            return False
        raise
    return True


async def show(update: Update, context: StaffContext, rendered: Rendered) -> None:
    """A screen: in place of the pressed message, unless that holds words; else new."""
    pressed = pressed_message(update)
    if (
        pressed is None
        or holds_words(pressed)
        or not await edit(update, context, pressed.message_id, rendered)
    ):
        await send(update, context, rendered)
    await answer(update)


def pressed_message(update: Update) -> Message | None:
    """The message whose button was pressed, as long as Telegram still gives it to us."""
    query = update.callback_query
    pressed = query.message if query is not None else None
    return pressed if isinstance(pressed, Message) else None


def holds_words(message: Message) -> bool:
    """Whether words were opened in this message: only there is the card opened by `c:open`."""
    return any(data.startswith("c:open:") for data in _data_of(message))


async def answer(update: Update, text: str | None = None, *, alert: bool = False) -> bool:
    """Stop the button's spinner; False when Telegram no longer takes an answer."""
    if update.callback_query is None:
        return False
    try:
        await update.callback_query.answer(
            text=text[:_ANSWER_LIMIT] if text else None, show_alert=alert
        )
    except BadRequest as fault:
        if any(mark in fault.message.lower() for mark in _TOO_OLD):
            return False
        raise
    return True


def case_in(message: Message | None) -> str | None:
    """The case that a message's buttons belong to, as its hex id."""
    found = (_CASE_BUTTON.match(data) for data in _data_of(message))
    return next((match[1] for match in found if match), None)


def _data_of(message: Message | None) -> list[str]:
    keyboard = message.reply_markup if message is not None else None
    if keyboard is None:
        return []
    return [
        button.callback_data
        for row in keyboard.inline_keyboard
        for button in row
        if isinstance(button.callback_data, str)
    ]
