"""The numbers, for whoever wrote to this bot and needs help themselves."""

from __future__ import annotations

from telegram import Update

from handlers.crisis_card import render_card
from handlers.rendered import Rendered
from handlers.staff.context import StaffContext
from handlers.staff.screen import send


async def crisis(update: Update, context: StaffContext) -> None:
    """/crisis, for strangers and for staff."""
    await send(update, context, Rendered(_card(context)))


async def not_read_here(update: Update, context: StaffContext) -> None:
    """Worrying words of somebody who is not staff: nobody reads them here, and said so."""
    text = f"{context.wording('staff-nobody-reads')}\n\n{_card(context)}"
    await send(update, context, Rendered(text))


def _card(context: StaffContext) -> str:
    """Of the campus's region: theirs is not known here."""
    view = context.services.crisis.view(None)
    card = render_card(view, context.language, context.services.texts.get)
    return f"<b>{context.wording('crisis-title')}</b>\n\n{card}"
