"""/crisis: before consent, in any state, in both languages."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from handlers.student.cards import crisis_card
from handlers.student.context import Context
from handlers.student.forms import KEYWORDS
from handlers.student.say import say

router = Router(name="crisis")


@router.message(Command("crisis"))
@router.message(F.text.lower().in_(KEYWORDS - {"menu", "菜单"}))
async def on_command(message: Message, context: Context) -> None:
    """The numbers of the person's region."""
    await say(message, crisis_card(context))


@router.callback_query(F.data.regexp(r"^x:crisis(:|$)"))
async def on_button(callback: CallbackQuery, context: Context) -> None:
    """The same, by button."""
    await say(callback, crisis_card(context))


@router.callback_query(F.data.startswith("x:more:"))
async def on_more(callback: CallbackQuery, context: Context) -> None:
    """All numbers of the region."""
    await say(callback, crisis_card(context, everything=True))
