"""'How am I today': one tap; needs no campus, no region and no words."""

from __future__ import annotations

import html

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from handlers.rendered import Button, Rendered
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
    language = (callback.data or "").rsplit(":", 1)[1]
    if context.who is None and language in {"en", "zh"}:
        context = context.in_language(language)
    await show(callback, mood_question(context))


@router.callback_query(F.data.startswith("d:yes:"))
async def on_agree(callback: CallbackQuery, context: Context) -> None:
    """The one consent of the mood diary."""
    language = (callback.data or "").rsplit(":", 1)[1]
    who = await context.services.enrolment.begin_mood_only(
        callback.from_user.id, language if language in {"en", "zh"} else context.language
    )
    await show(callback, mood_question(context.now_as(who)))


@router.callback_query(F.data.regexp(r"^d:[1-5]$"))
async def on_tap(callback: CallbackQuery, context: Context) -> None:
    """Keep the tap and show the last seven."""
    value = int((callback.data or "")[2:])
    view = await context.services.moods.tap(context.student.id, value)
    lines = [f"{html.escape(context.local(at))}  {FACES[v - 1]}" for at, v in view.recent]
    text = context.text("mood-kept", list="\n".join(lines))
    buttons = [row(Button(context.text("button-menu"), "m:menu"))]
    if view.offer_help:
        text += "\n\n" + context.text("mood-offer-help")
        ask = Button(context.text("button-talk-now"), f"h:ask:{context.language}")
        buttons.insert(0, row(ask, Button(context.text("button-numbers"), "x:crisis")))
    await show(callback, Rendered(text, tuple(buttons)))


def mood_question(context: Context) -> Rendered:
    """Five faces, or first the one consent they need."""
    agreed = context.who.consents if context.who is not None else ()
    if "mood" not in agreed and "service" not in agreed:
        return Rendered(
            context.text("mood-consent"),
            (
                row(Button(context.text("button-agree"), f"d:yes:{context.language}")),
                row(Button(context.text("button-back"), f"o:{context.language}:first")),
            ),
        )
    faces = tuple(Button(face, f"d:{place}") for place, face in enumerate(FACES, start=1))
    back = Button(context.text("button-menu"), "m:menu")
    return Rendered(context.text("mood-question"), (faces, row(back)))
