"""Closing a case: how it ended, then once more to be sure."""

from __future__ import annotations

from telegram import Update

from flows.desk import CaseCard
from flows.errors import FlowError, OutdatedAction, Refusal
from flows.rules.triage import DISPOSITIONS
from handlers.rendered import Button, Rendered
from handlers.staff.card import button, rendered_card
from handlers.staff.context import StaffContext
from handlers.staff.screen import rows, show
from handlers.staff.wording import Wording, case_mark


async def choose(update: Update, context: StaffContext) -> None:
    """[Close]: which disposition. What nobody has opened comes first."""
    card, wording = await own_case(context), context.wording
    if card.unread:
        await _read_first(update, context, card)
        return
    listed = (
        Button(disposition(each, wording), f"c:close-as:{card.case_id.hex}:{each}")
        for each in DISPOSITIONS
    )
    text = wording("staff-close-choose", case=case_mark(card.number))
    back = button(wording, "card", card.case_id.hex)
    await show(update, context, Rendered(text, (*rows(listed), (back,))))


async def confirm(update: Update, context: StaffContext) -> None:
    """What closing does, and [Close it]."""
    card, wording = await own_case(context), context.wording
    chosen = context.choice(2)
    text = wording(
        "staff-close-confirm",
        case=case_mark(card.number), reason=disposition(chosen, wording),
        hours=context.services.policy.cases.follow_up_after_h,
    )  # fmt: skip
    case = card.case_id.hex
    buttons = (
        Button(wording("staff-button-close-yes"), f"c:closed:{case}:{chosen}"),
        Button(wording("staff-button-back"), f"c:close:{case}"),
    )
    await show(update, context, Rendered(text, rows(buttons)))


async def close(update: Update, context: StaffContext) -> None:
    """[Close it]: the student is told. Not over anything that nobody has opened."""
    try:
        card = await context.services.desk.close(
            context.me.id, context.hex_id(), context.choice(2)
        )
    except OutdatedAction:
        card = await own_case(context)
        if not card.unread:
            raise
        await _read_first(update, context, card)
        return
    await show(update, context, await rendered_card(context, card))


async def _read_first(update: Update, context: StaffContext, card: CaseCard) -> None:
    wording = context.wording
    text = wording("staff-close-unread", case=case_mark(card.number), n=card.unread)
    buttons = (button(wording, verb, card.case_id.hex) for verb in ("read", "card"))
    await show(update, context, Rendered(text, rows(buttons)))


async def own_case(context: StaffContext) -> CaseCard:
    """The pressed button's case, if it is mine and open."""
    card = await context.services.desk.card(context.me.id, context.hex_id())
    if card.status != "taken":
        raise OutdatedAction
    if not card.mine:
        raise FlowError(Refusal.NOT_YOURS)
    return card


def disposition(value: str, wording: Wording) -> str:
    """How a case ended, in words."""
    if value not in DISPOSITIONS:
        raise FlowError(Refusal.BAD_VALUE)
    return wording(f"staff-disposition-{value.replace('_', '-')}")
