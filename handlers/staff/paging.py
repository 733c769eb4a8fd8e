"""Pages: one tap says that somebody is on it."""

from __future__ import annotations

import html
import uuid

from telegram import Update

from flows.errors import OutdatedAction
from handlers.rendered import Rendered
from handlers.staff.card import button
from handlers.staff.context import StaffContext
from handlers.staff.screen import case_in, pressed_message, rows, show
from handlers.staff.wording import case_mark


async def acknowledge(update: Update, context: StaffContext) -> None:
    """[I'm on it]: the paging stops; whoever was slower sees who has the case."""
    try:
        done = await context.services.alerts.acknowledge(context.me.id, context.hex_id())
    except OutdatedAction:
        await _somebody_else(update, context)
        return
    wording = context.wording
    text = wording("staff-on-it", case=case_mark(done.number), at=wording.at(wording.now))
    verbs = ("take", "card") if done.waiting else ("card",)
    buttons = rows(button(wording, verb, done.case_id.hex) for verb in verbs)
    await show(update, context, Rendered(text, buttons, protect=True))


async def _somebody_else(update: Update, context: StaffContext) -> None:
    case = case_in(pressed_message(update))
    if case is None:
        raise OutdatedAction
    card = await context.services.desk.card(context.me.id, uuid.UUID(case))
    wording = context.wording
    key = {"waiting": "staff-on-it-already", "closed": "staff-on-it-closed"}.get(
        card.status, "staff-on-it-mine" if card.mine else "staff-on-it-taken"
    )
    text = wording(key, case=case_mark(card.number), name=_name(card.counselor_name, context))
    verbs = ("take", "card") if card.status == "waiting" else ("card",)
    buttons = rows(button(wording, verb, case) for verb in verbs)
    await show(update, context, Rendered(text, buttons, protect=True))


def _name(name: str | None, context: StaffContext) -> str:
    return html.escape(name or context.wording("staff-unnamed"))
