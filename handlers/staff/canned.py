"""Canned replies: chosen by title, seen in the student's language, then sent."""

from __future__ import annotations

import html

from telegram import Update

from content.desk_catalog import CannedReply
from flows.desk import CaseCard
from flows.errors import OutdatedAction
from handlers.rendered import Button, Rendered
from handlers.staff.card import button, is_writing
from handlers.staff.closing import own_case
from handlers.staff.context import StaffContext
from handlers.staff.screen import rows, show
from handlers.staff.talk import confirmation
from handlers.staff.wording import case_mark


async def choose(update: Update, context: StaffContext) -> None:
    """[Canned replies]: their titles in the counselor's language."""
    card, wording = await own_case(context), context.wording
    case = card.case_id.hex
    listed = (
        Button(reply.title, f"c:can:{case}:{reply.id}")
        for reply in context.canned.all(context.language)
    )
    text = wording("staff-canned-choose", case=case_mark(card.number))
    back = button(wording, "card", case)
    await show(update, context, Rendered(text, (*rows(listed, 1), (back,))))


async def preview(update: Update, context: StaffContext) -> None:
    """The reply as the student will read it; this case's talk is open from here."""
    card, reply = await _chosen(context)
    await context.services.talk.set_step(context.me.id, card.case_id, "talk")
    wording, case = context.wording, card.case_id.hex
    lines = [
        wording("staff-canned-preview", case=case_mark(card.number)),
        f"<blockquote>{html.escape(reply.text, quote=False)}</blockquote>",
    ]
    if card.student_language != context.language:
        own = context.canned.get(context.language, reply.id)
        if own is not None:
            lines.append(f"<i>{html.escape(own.text, quote=False)}</i>")
    # each preview has its own, also where one message shows several; no more digits than fit
    number = update.update_id % 10**8
    buttons = (
        Button(wording("staff-button-send"), f"c:say:{case}:{reply.id}:{number}"),
        Button(wording("staff-button-back"), f"c:canned:{case}"),
    )
    await show(update, context, Rendered("\n".join(lines), rows(buttons)))


async def send_reply(update: Update, context: StaffContext) -> None:
    """[Send]: only into the talk that the preview opened, and only once a preview."""
    card, reply = await _chosen(context)
    if not await is_writing(context, card):
        raise OutdatedAction
    said = await context.services.talk.say(
        context.me.id, reply.text, update.update_id, preview=int(context.choice(3))
    )
    await show(update, context, confirmation(said, context.wording))


async def _chosen(context: StaffContext) -> tuple[CaseCard, CannedReply]:
    card = await own_case(context)
    reply = context.canned.get(card.student_language, context.choice(2))
    if reply is None:
        raise OutdatedAction
    return card, reply
