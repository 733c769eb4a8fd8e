"""Asking for a counselor: /counselor, 'I need to talk now', 'send this to a counselor'."""

from __future__ import annotations

import re
import uuid

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from flows.errors import OutdatedAction
from handlers.rendered import Button, Rendered
from handlers.student.cards import (
    counselor_name,
    duty_line,
    emergency_and_one,
    help_consent,
    numbers_first,
    standing,
    way_back,
)
from handlers.student.commands import pin_numbers_here
from handlers.student.context import Context
from handlers.student.say import row, say, show

router = Router(name="asking")
# the case, and the update whose words it answers
_NOT_MEANT = re.compile(r"n:[0-9a-f]{32}:([0-9]{1,15})", re.ASCII)


@router.message(Command("counselor"))
async def on_command(message: Message, context: Context) -> None:
    """Open a case without any flag; what was written behind the command goes into it."""
    if not context.may_talk:
        await say(message, help_consent(context))
        return
    help_flow, student, words = context.services.help, context.student, context.screened
    if words.message_ids and not words.flagged:
        found = await help_flow.send_words(student.id, words.message_ids[0])
    else:
        found = await help_flow.ask(student.id, update_id=context.update_ref)
    answer = standing(context, found)
    if words.other_in_danger and not words.flagged:
        answer = _with_numbers(context, "other-now", answer)
    await say(message, answer)


@router.callback_query(F.data.startswith("h:ask:"))
async def on_ask(callback: CallbackQuery, context: Context) -> None:
    """'I need to talk now': behind one consent of two sentences."""
    if not context.may_talk:
        await say(callback, help_consent(context))
        return
    found = await context.services.help.ask(
        context.student.id, context.carried, update_id=context.update_ref
    )
    await say(callback, standing(context, found))


@router.callback_query(F.data.startswith("h:yes:"))
async def on_yes(callback: CallbackQuery, context: Context) -> None:
    """Agreed: the case opens with what was written; card or notice come by the outbox."""
    if context.may_talk:
        # pressed twice, or long ago: the consent stands, and so may the case
        await on_ask(callback, context)
        return
    who = await context.services.enrolment.ask_for_help_first(
        callback.from_user.id, context.language, context.update_ref, context.carried
    )
    agreed = "help-agreed-words" if context.words_wait else "help-agreed"
    numbers = row(Button(context.text("button-numbers"), "x:crisis"))
    buttons = (numbers, way_back(context.now_as(who)))
    await show(callback, Rendered(context.text(agreed), buttons))
    await pin_numbers_here(callback, context.now_as(who))


@router.callback_query(F.data.startswith("w:"))
async def on_send_words(callback: CallbackQuery, context: Context) -> None:
    """'Send this to a counselor' or 'this is about me' under words written earlier."""
    about_me = (callback.data or "").endswith(":me")
    words = opaque_id(callback.data, 1)
    found = await context.services.help.send_words(context.student.id, words, about_me=about_me)
    answer = standing(context, found)
    if found.calling and not about_me:
        answer = Rendered(context.text("sent-calling"), answer.buttons)
    if about_me:
        answer = _with_numbers(context, "about-me-heard", answer)
    await say(callback, answer)


def _with_numbers(context: Context, key: str, answer: Rendered) -> Rendered:
    return Rendered(f"{numbers_first(context, key)}\n\n{answer.text}", answer.buttons)


@router.callback_query(F.data.startswith("n:"))
async def on_not_meant(callback: CallbackQuery, context: Context) -> None:
    """'I didn't mean it that way': heard, kept for the counselor, lowers nothing."""
    found = _NOT_MEANT.fullmatch(callback.data or "")
    if found is None:
        raise OutdatedAction
    case_id = opaque_id(callback.data, 1)
    await context.services.help.not_meant(context.student.id, case_id, int(found[1]))
    case = await context.services.help.current(context.student.id)
    if case is not None and case.status == "taken":
        heard = context.text("not-meant-with", name=counselor_name(context, case))
    else:
        heard = context.text("not-meant-heard")
    await say(callback, Rendered(heard, (way_back(context),)))


@router.callback_query(F.data.startswith("f:"))
async def on_follow_up(callback: CallbackQuery, context: Context) -> None:
    """The answer to 'how are you today?'."""
    answer = (callback.data or "").rsplit(":", 1)[1]
    found = await context.services.follow_ups.answer(
        context.student.id, opaque_id(callback.data, 1), answer
    )
    text = context.text("follow-up-told" if found.taken else f"follow-up-{found.answer}")
    if found.answer == "worse":
        if not found.taken:
            text += "\n\n" + duty_line(context, anyone_on_call=found.anyone_on_call)
        text += "\n\n" + emergency_and_one(context)
    buttons = (row(Button(context.text("button-numbers"), "x:crisis")), way_back(context))
    await show(callback, Rendered(text, buttons))


def opaque_id(data: str | None, place: int) -> uuid.UUID:
    """The id in a lasting button; OutdatedAction for anything else."""
    try:
        return uuid.UUID(hex=(data or "").split(":")[place])
    except (ValueError, IndexError):
        raise OutdatedAction from None
