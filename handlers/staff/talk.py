"""What a counselor types: an answer, a note, or nothing anybody gets."""

from __future__ import annotations

import uuid

from telegram import Update

from flows.desk import DESK_ROLES, CaseCard
from flows.errors import FlowError, OutdatedAction
from flows.talk import Said
from handlers.rendered import Button, Rendered
from handlers.staff import joining
from handlers.staff.card import button, rendered_card
from handlers.staff.context import StaffContext, message_of
from handlers.staff.screen import case_in, rows, send, show
from handlers.staff.wording import Wording, case_mark

_OWN_CASES = 100


async def say(update: Update, context: StaffContext) -> None:
    """Plain text: to the student of the open talk, or into a note; never by guess."""
    message = message_of(update)
    if context.staff is None or context.staff.revoked:
        await joining.typed_code(update, context)  # the guard let nothing else through
        return
    if await joining.take_name_reply(update, context):
        return
    writing = await context.services.talk.writing_in(context.me.id)
    if writing is None:
        if not await joining.offer_as_name(update, context):
            await _no_talk(update, context)
        return
    replied_to = case_in(message.reply_to_message)
    if replied_to is not None and replied_to != writing[0].hex:
        await _other_case(update, context, writing[0], uuid.UUID(replied_to))
        return
    typed = message.text or ""
    try:
        said = await context.services.talk.say(context.me.id, typed, update.update_id)
    except FlowError as refusal:
        await _not_sent(update, context, refusal)
        return
    await send(update, context, confirmation(said, context.wording))


def confirmation(said: Said, wording: Wording) -> Rendered:
    """One discreet line that names the case, and what the next text will be."""
    case, hex_id = case_mark(said.number), said.case_id.hex
    if said.step == "note":
        buttons = tuple(button(wording, verb, hex_id) for verb in ("write", "note", "card"))
        return Rendered(wording("staff-note-kept", case=case), rows(buttons), silent=True)
    text = wording("staff-sent-blocked" if said.student_blocked else "staff-on-its-way", case=case)
    verbs = ["leave", "card"]
    if said.unopened:
        text += "\n" + wording("staff-sent-unopened")
        verbs.insert(0, "read")
    buttons = tuple(button(wording, verb, hex_id) for verb in verbs)
    return Rendered(text, rows(buttons), silent=not said.student_blocked)


async def _not_sent(update: Update, context: StaffContext, refusal: FlowError) -> None:
    wording = context.wording
    reason = wording(f"refusal-{refusal.reason.value}")
    await send(update, context, Rendered(f"{reason}\n{wording('staff-not-sent')}"))


async def _no_talk(update: Update, context: StaffContext) -> None:
    wording = context.wording
    lines = [wording("staff-no-talk")]
    buttons: tuple[Button, ...] = ()
    if context.me.role in DESK_ROLES:
        queue, _ = await context.services.desk.queue(context.me.id, limit=_OWN_CASES)
        buttons = tuple(
            Button(
                wording("staff-button-write-in", case=case_mark(item.number)),
                f"c:write:{item.case_id.hex}",
            )
            for item in queue
            if item.mine and item.status == "taken"
        )
        lines.append(wording("staff-own-cases" if buttons else "staff-no-own-cases"))
    await send(update, context, Rendered("\n".join(lines), rows(buttons)))


async def _other_case(
    update: Update, context: StaffContext, writing: uuid.UUID, replied_to: uuid.UUID
) -> None:
    desk, wording = context.services.desk, context.wording
    here = await desk.card(context.me.id, writing)
    there = await desk.card(context.me.id, replied_to)
    text = wording(
        "staff-replied-elsewhere",
        here=case_mark(here.number), there=case_mark(there.number),
    )  # fmt: skip
    buttons = tuple(
        Button(
            wording("staff-button-write-in", case=case_mark(card.number)),
            f"c:write:{card.case_id.hex}",
        )
        for card in (here, there)
        if card.mine
    )
    await send(update, context, Rendered(text, rows(buttons)))


async def write(update: Update, context: StaffContext) -> None:
    """[Write]: whatever is typed next goes to this case's student."""
    case_id = context.hex_id()
    await context.services.talk.set_step(context.me.id, case_id, "talk")
    card = await context.services.desk.card(context.me.id, case_id)
    await show(update, context, await rendered_card(context, card))


async def note(update: Update, context: StaffContext) -> None:
    """[Note]: the next text stays with the desk."""
    case_id, wording = context.hex_id(), context.wording
    await context.services.talk.set_step(context.me.id, case_id, "note")
    card = await context.services.desk.card(context.me.id, case_id)
    await show(update, context, note_prompt(card, wording))


def note_prompt(card: CaseCard, wording: Wording) -> Rendered:
    """What is written next is a note."""
    text = wording("staff-note-ask", case=case_mark(card.number))
    case = card.case_id.hex
    buttons = tuple(button(wording, verb, case) for verb in ("leave", "write", "card"))
    return Rendered(text, rows(buttons))


async def leave(update: Update, context: StaffContext) -> None:
    """[Leave talk]: OutdatedAction under a case that is not the open one."""
    case_id = context.hex_id()
    writing = await context.services.talk.writing_in(context.me.id)
    if writing is None or writing[0] != case_id:
        raise OutdatedAction
    await context.services.talk.set_step(context.me.id, None)
    card = await context.services.desk.card(context.me.id, case_id)
    wording = context.wording
    buttons = (button(wording, "write", case_id.hex), button(wording, "card", case_id.hex))
    text = wording("staff-left", case=case_mark(card.number))
    await show(update, context, Rendered(text, rows(buttons)))


async def not_text(update: Update, context: StaffContext) -> None:
    """A picture, a voice message and the like: passed on to nobody, and said so."""
    await send(update, context, Rendered(context.wording("staff-only-text")))


async def edited(update: Update, context: StaffContext) -> None:
    """An edit changes nothing at the student's: said so."""
    await send(update, context, Rendered(context.wording("staff-edit-not-passed")))
