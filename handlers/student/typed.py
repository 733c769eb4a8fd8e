"""Commands that are not here: announced ones that come later, and typing mistakes."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import Message

from flows.rules.risk import RiskLevel
from handlers.command_names import DATA, LATER
from handlers.rendered import Rendered
from handlers.student.cards import way_back
from handlers.student.context import Context
from handlers.student.say import say
from handlers.student.talk import on_words

router = Router(name="typed")


@router.message(Command(*LATER))
async def on_later(message: Message, context: Context) -> None:
    """Something that this bot will learn."""
    await say(message, Rendered(context.text("not-here-yet"), (way_back(context),)))


@router.message(Command(*DATA))
async def on_own_data(message: Message, context: Context) -> None:
    """A copy of everything, or everything erased: said truthfully what there is instead."""
    days = context.services.policy.retention.turns_days
    await say(message, Rendered(context.text("own-data-not-yet", days=days), (way_back(context),)))


@router.message(F.text.startswith("/"))
async def on_unknown(message: Message, context: Context) -> None:
    """A command that nothing here knows; words behind it are words all the same."""
    screened, more = context.screened, len((message.text or "").split()) > 1
    words = screened.message_ids or screened.level is not RiskLevel.NONE
    if screened.flagged or (more and words):
        await on_words(message, context)
        return
    await say(message, Rendered(context.text("unknown-command"), (way_back(context),)))
