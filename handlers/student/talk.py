"""Words that no form waits for: into the open case, to a friend's help, or a warm short answer."""

from __future__ import annotations

import dataclasses

from aiogram import Bot, Router
from aiogram.types import Message

from flows.enrolment import StudentView
from flows.errors import FlowError, Refusal
from flows.rules.risk import RiskLevel
from handlers.rendered import Button, Rendered
from handlers.services import Services
from handlers.student.cards import (
    counselor_name,
    crisis_card,
    emergency,
    first_screen,
    lasting,
    numbers_first,
    way_back,
)
from handlers.student.context import Context
from handlers.student.forms import FreeWords
from handlers.student.say import markup, row, say

router = Router(name="talk")


@router.message(FreeWords())
async def on_words(message: Message, context: Context) -> None:
    """Screened before it came here; the screen's own answer is never talked over."""
    if context.screened.person_id is None:
        await say(message, await not_stored(context))
        return
    if context.screened.flagged:
        # card or notice are in the outbox, and the words in the case, since the same commit
        return
    await say(message, await heard(context))


@router.edited_message()
async def on_edit(message: Message, context: Context) -> None:
    """An edit was screened; say what became of it only where somebody reads along."""
    if context.screened.person_id is None:
        if context.screened.flagged or context.screened.other_in_danger:
            await say(message, stranger_in_need(context))
        return
    if context.screened.flagged:
        return
    if context.screened.other_in_danger:
        await say(message, await heard(context))
        return
    if not context.screened.open_case:
        return
    try:
        await context.services.help.say(context.student.id, context.screened)
    except FlowError as refusal:
        if refusal.reason is not Refusal.NO_CASE:
            raise
        # closed between the screen and here
        await say(message, _no_case(context))
        return
    await say(message, Rendered(context.text("said-edit")))


async def heard(context: Context, *, sent: str | None = None) -> Rendered:
    """What became of stored words without a flag: in the open case, or nobody's yet.

    `sent` is what they came with, where that is not passed on.
    """
    if not context.screened.open_case:
        return _no_case(context)
    help_flow, student_id = context.services.help, context.student.id
    try:
        if sent is None:
            found = await help_flow.say(student_id, context.screened)
        else:
            found = await help_flow.note_sent(
                student_id, sent, context.screened, context.update_ref
            )
    except FlowError as refusal:
        if refusal.reason is not Refusal.NO_CASE:
            raise
        # closed between the screen and here: the words are offered a way, not refused
        return _no_case(context)
    if found.status == "taken":
        said = context.text("said-with", name=counselor_name(context, found))
    else:
        said = _still_waiting(context)
    if context.screened.other_in_danger:
        said = f"{numbers_first(context, 'other-now')}\n\n{said}"
    return Rendered(said)


def _still_waiting(context: Context) -> str:
    """Nobody has the words yet: the number stands here, not only behind a command."""
    said, more = context.text("said-waiting"), context.text("said-waiting-more")
    return f"{said}\n\n{emergency(context)}\n\n{more}"


async def redraw(bot: Bot, telegram_id: int, who: StudentView | None, services: Services) -> None:
    """After a crash: where things stand, from facts."""
    language = who.language if who is not None else "en"
    found = await services.help.current(who.id) if who is not None else None
    key = "redraw-menu" if found is None else "redraw-case"
    menu = Button(services.texts.get(language, "button-menu"), "m:menu")
    rendered = Rendered(services.texts.get(language, key), (row(menu),))
    await bot.send_message(telegram_id, rendered.text, reply_markup=markup(rendered))


async def not_stored(context: Context) -> Rendered:
    """Before consent: flagged words get the card at once, the rest the first screen.

    Hopeless ones, which open no case, are answered warmly before it.
    """
    if context.screened.flagged or context.screened.other_in_danger:
        return stranger_in_need(context)
    if context.screened.other:
        return friend_help(context)
    hopeless = context.screened.level is not RiskLevel.NONE
    heard_first = context.text("stranger-low" if hopeless else "not-kept-yet")
    first = await first_screen(context)
    return Rendered(f"{heard_first}\n\n{first.text}", first.buttons)


def stranger_in_need(context: Context) -> Rendered:
    """What was noticed, that nobody has it, and the numbers with one tap to a counselor."""
    if not context.screened.flagged:
        return other_now(context)
    card = crisis_card(context)
    if context.carried is RiskLevel.IMMINENT:
        return Rendered(numbers_first(context, "stranger-imminent"), card.buttons)
    return Rendered(f"{context.text('stranger-flagged')}\n\n{card.text}", card.buttons)


def _no_case(context: Context) -> Rendered:
    if context.screened.other_in_danger:
        return other_now(context)
    if context.screened.other:
        return friend_help(context)
    return Rendered(context.text("words-heard"), (row(_send(context)), way_back(context)))


def other_now(context: Context) -> Rendered:
    """Somebody else may be dying: the emergency number, what to do, and these words passed on."""
    text = f"{numbers_first(context, 'other-now')}\n\n{context.text('other-now-send')}"
    if context.screened.message_ids:
        first = row(_send(context))
    else:
        text = f"{text}\n\n{context.text('other-now-stranger')}"
        first = crisis_card(context).buttons[0]
    return Rendered(text, (first, row(_about_me(context)), way_back(context)))


def friend_help(context: Context) -> Rendered:
    """Somebody else is in danger: what helps, and the numbers."""
    card = crisis_card(context)
    talk, *rest = card.buttons
    return Rendered(
        f"{context.text('friend-help')}\n\n{card.text}", (talk, row(_about_me(context)), *rest)
    )


def _send(context: Context) -> Button:
    words = context.screened.message_ids[0].hex
    return Button(context.text("button-send-words"), f"w:{words}")


def _about_me(context: Context) -> Button:
    """'This is about me': of words that nobody keeps only how bad they were goes along."""
    label = context.text("button-about-me")
    if context.screened.message_ids:
        return Button(label, f"{_send(context).data}:me")
    level = max(context.carried, RiskLevel.ELEVATED, key=lambda level: level.rank)
    return Button(label, lasting(dataclasses.replace(context, carried=level), "h:ask"))
