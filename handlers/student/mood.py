"""'How am I today': one tap; needs no campus, no region and no words."""

from __future__ import annotations

import html

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from handlers.rendered import Button, Rendered
from handlers.student.cards import lasting, way_back
from handlers.student.context import Context
from handlers.student.say import row, say, show

router = Router(name="mood")
FACES = ("😞", "🙁", "😐", "🙂", "😄")


@router.message(Command("mood"))
async def on_command(message: Message, context: Context) -> None:
    """Ask how somebody is."""
    await say(message, mood_question(context))


@router.callback_query(F.data.startswith("d:ask:"))
async def on_ask(callback: CallbackQuery, context: Context) -> None:
    """The same, by button."""
    await show(callback, mood_question(context))


@router.callback_query(F.data.startswith("d:yes:"))
async def on_agree(callback: CallbackQuery, context: Context) -> None:
    """The one consent of the mood diary."""
    who = await context.services.enrolment.begin_mood_only(callback.from_user.id, context.language)
    await show(callback, mood_question(context.now_as(who)))


@router.callback_query(F.data.regexp(r"^d:[1-5](:|$)"))
async def on_tap(callback: CallbackQuery, context: Context) -> None:
    """Keep the tap and show the last seven."""
    if not _agreed(context):
        await show(callback, mood_question(context))
        return
    value = int((callback.data or "")[2])
    view = await context.services.moods.tap(context.student.id, value)
    lines = [f"{html.escape(context.local(at))}  {FACES[v - 1]}" for at, v in view.recent]
    text = context.text("mood-kept", list="\n".join(lines))
    buttons = [way_back(context)]
    if view.offer_help:
        text = f"{context.text('mood-offer-help')}\n\n{text}"
        ask = Button(context.text("button-talk-now"), lasting(context, "h:ask"))
        buttons.insert(
            0, row(ask, Button(context.text("button-numbers"), lasting(context, "x:crisis")))
        )
    await show(callback, Rendered(text, tuple(buttons)))


def mood_question(context: Context) -> Rendered:
    """Five faces, or first the one consent they need."""
    if not _agreed(context):
        return Rendered(
            context.text("mood-consent"),
            (
                row(Button(context.text("button-agree"), lasting(context, "d:yes"))),
                way_back(context),
            ),
        )
    faces = tuple(
        Button(face, lasting(context, f"d:{place}")) for place, face in enumerate(FACES, start=1)
    )
    return Rendered(context.text("mood-question"), (faces, way_back(context)))


def _agreed(context: Context) -> bool:
    agreed = context.who.consents if context.who is not None else ()
    return "mood" in agreed
