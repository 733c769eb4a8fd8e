"""What is no text: cannot be screened, is not passed on, and both are said."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from flows.errors import OutdatedAction
from handlers.rendered import Button, Rendered
from handlers.student.cards import crisis_card
from handlers.student.context import Context
from handlers.student.say import row, say
from handlers.student.talk import menu_row

router = Router(name="media")


@router.message(F.text.startswith("/"))
async def on_unknown_command(message: Message, context: Context) -> None:
    """A command that nothing here knows."""
    await say(message, Rendered(context.text("unknown-command"), menu_row(context)))


@router.message(~F.text)
async def on_media(message: Message, context: Context) -> None:
    """Voice, pictures, stickers, files, places: kindly refused. Their captions were screened."""
    if context.screened.flagged:
        if context.screened.person_id is None:
            await say(message, crisis_card(context))
        return
    buttons = (row(Button(context.text("button-numbers"), "x:crisis")),)
    await say(message, Rendered(context.text("media-not-passed-on"), buttons))


@router.callback_query(~F.data.contains("\x1d"))
async def on_unknown_button(callback: CallbackQuery, context: Context) -> None:
    """A plain button that nothing here knows any more."""
    raise OutdatedAction
