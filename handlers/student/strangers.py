"""Before the first consent: nothing is stored, the choices travel in the buttons.

first -> look -> age -> region -> consent -> yes
(o:<language>:<step>[:<age>[:<region>]][:!<how bad their words were>])
"""

from __future__ import annotations

import re

from aiogram import F, Router
from aiogram.filters import BaseFilter, CommandStart
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode, StartMode

from content.texts import LANGUAGES
from flows.errors import OutdatedAction
from flows.receive import Screened
from handlers.rendered import Button, Rendered
from handlers.student.cards import crisis_card, first_screen, onward
from handlers.student.commands import pin_numbers_here
from handlers.student.context import Context, keep_context
from handlers.student.say import row, say, settle, show
from handlers.student.standing import show_menu
from handlers.student.states import EnrolSG
from handlers.student.talk import stranger_in_need
from handlers.student.way_in import progress, region_codes

router = Router(name="strangers")
_PER_PAGE = 8
AGES = {"a": "adult", "m": "minor"}


# these two bring the numbers by themselves
_OWN_ANSWER = re.compile(r"/(crisis|counselor)\b", re.IGNORECASE)


class FlaggedStranger(BaseFilter):
    """Worrying words of somebody whose words are not kept, whatever command stands before them."""

    async def __call__(self, event: Message, screened: Screened) -> bool:
        """True where the numbers come before everything else."""
        own = _OWN_ANSWER.match(event.text or "")
        in_need = screened.flagged or screened.other_in_danger
        return screened.person_id is None and in_need and not own


@router.message(FlaggedStranger())
async def on_flagged(message: Message, context: Context) -> None:
    """What was noticed, the numbers, and one tap to a counselor."""
    await say(message, stranger_in_need(context))


@router.message(CommandStart())
async def start(message: Message, context: Context, dialog_manager: DialogManager) -> None:
    """/start: the first screen, or where a student stands."""
    await show_menu(message, context, dialog_manager)


@router.callback_query(F.data.startswith("o:"))
async def choose(callback: CallbackQuery, context: Context, dialog_manager: DialogManager) -> None:
    """One step of the way in."""
    parts = (callback.data or "").split(":")
    if parts[-1].startswith("!"):
        parts.pop()  # how bad their words were: the context has it
    if len(parts) < 3 or parts[1] not in LANGUAGES or context.enrolled:
        raise OutdatedAction
    if parts[2] == "first":
        await show(callback, await first_screen(await _speaking(context, parts[1])))
        return
    context = context.in_language(parts[1])
    if parts[2] == "yes":
        await _agree(callback, context, dialog_manager, parts)
        return
    await show(callback, _step(context, parts))


async def _speaking(context: Context, language: str) -> Context:
    """The language from here on: kept where there is somebody to keep it for."""
    if context.who is None or context.who.language == language:
        return context.in_language(language)
    who = await context.services.enrolment.change(context.student.id, language=language)
    return context.now_as(who)


def _step(context: Context, parts: list[str]) -> Rendered:
    step = parts[2]
    age = parts[3] if len(parts) > 3 else ""
    if step == "look":
        buttons = [("button-begin", "age")]
        return _screen(context, context.text("look"), buttons, back="first", cancel=False)
    if step == "age":
        return _age(context)
    if step == "young":
        key = "too-young" if context.who is None else "too-young-known"
        return Rendered(
            f"{context.text(key)}\n\n{crisis_card(context).text}",
            (_leave(context, "age"),),
        )
    if age not in AGES:
        raise OutdatedAction
    if step == "region":
        page = parts[4] if len(parts) > 4 else "0"
        return _regions(context, age, int(page) if page.isdecimal() else 0)
    region = parts[4] if len(parts) > 4 else ""
    if region not in context.services.crisis.directory.regions:
        raise OutdatedAction
    way = f"{age}:{region}"
    if step == "consent":
        return _screen(
            context,
            _consent(context, "consent-short", region),
            [
                ("button-agree", f"yes:{way}"),
                ("button-consent-more", f"more:{way}"),
            ],
            back=f"region:{age}",
        )
    if step == "more":
        return _screen(
            context,
            _consent(context, "consent-long", region),
            [("button-agree", f"yes:{way}")],
            back=f"consent:{way}",
        )
    raise OutdatedAction


async def _agree(
    callback: CallbackQuery, context: Context, dialog_manager: DialogManager, parts: list[str]
) -> None:
    regions = context.services.crisis.directory.regions
    if len(parts) != 5 or parts[3] not in AGES or parts[4] not in regions:
        raise OutdatedAction
    who = await context.services.enrolment.begin(
        callback.from_user.id,
        context.language,
        AGES[parts[3]],
        parts[4],
        update_id=context.update_ref,
    )
    # what was agreed to stays readable, without buttons to press again
    agreed = _consent(context, "consent-short", parts[4])
    if context.words_wait:
        # the answer to their words is the last thing to stand there, no step of ours
        later = row(Button(context.text("button-go-on"), "g:setup"))
        await show(callback, Rendered(f"{agreed}\n\n{context.text('enrol-later')}", (later,)))
        await pin_numbers_here(callback, context.now_as(who))
        return
    await show(callback, Rendered(agreed))
    await pin_numbers_here(callback, context.now_as(who))
    await _start_steps(context.now_as(who), dialog_manager)


@router.callback_query(F.data == "g:setup")
async def go_on(callback: CallbackQuery, context: Context, dialog_manager: DialogManager) -> None:
    """The steps that waited while something else came first."""
    if not context.enrolled:
        raise OutdatedAction
    await settle(callback)
    await _start_steps(context, dialog_manager)


async def _start_steps(context: Context, dialog_manager: DialogManager) -> None:
    keep_context(dialog_manager, context)
    first = EnrolSG.name if context.student.belongs else EnrolSG.code
    await dialog_manager.start(first, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


def _consent(context: Context, key: str, region: str) -> str:
    """What is agreed to; worrying words that are still in memory will go along."""
    along = f"\n\n{context.text('consent-words-along')}" if context.words_wait else ""
    return context.text(key, **progress(context, "consent", region)) + along


def _age(context: Context) -> Rendered:
    limits = context.services.policy.enrolment
    return Rendered(
        context.text("age-question", **progress(context, "age", None)),
        (
            row(
                Button(
                    context.text("age-adult", age=limits.adult_age), onward(context, "region:a")
                )
            ),
            row(
                Button(
                    context.text(
                        "age-minor", youngest=limits.minimum_age, oldest=limits.adult_age - 1
                    ),
                    onward(context, "region:m"),
                )
            ),
            row(
                Button(context.text("age-young", age=limits.minimum_age), onward(context, "young"))
            ),
            _leave(context, "look"),
        ),
    )


def _regions(context: Context, age: str, page: int) -> Rendered:
    language, crisis = context.language, context.services.crisis
    codes = region_codes(context)
    page = max(0, min(page, (len(codes) - 1) // _PER_PAGE))
    here = codes[page * _PER_PAGE : (page + 1) * _PER_PAGE]
    buttons = [
        Button(
            crisis.directory.regions[code].name[language], onward(context, f"consent:{age}:{code}")
        )
        for code in here
    ]
    rows = [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]
    turn = []
    if page > 0:
        turn.append(Button("«", onward(context, f"region:{age}:{page - 1}")))
    if (page + 1) * _PER_PAGE < len(codes):
        turn.append(Button("»", onward(context, f"region:{age}:{page + 1}")))
    if turn:
        rows.append(tuple(turn))
    rows.append(_leave(context, "age"))
    question = context.text("region-question", **progress(context, "region", None))
    return Rendered(question, tuple(rows))


def _screen(
    context: Context,
    text: str,
    buttons: list[tuple[str, str]],
    *,
    back: str,
    cancel: bool = True,
) -> Rendered:
    rows = [row(Button(context.text(label), onward(context, to))) for label, to in buttons]
    return Rendered(text, (*rows, _leave(context, back, cancel=cancel)))


def _leave(context: Context, back: str, *, cancel: bool = True) -> tuple[Button, ...]:
    """One step back, or out to the first screen."""
    buttons = [Button(context.text("button-back"), onward(context, back))]
    if cancel:
        buttons.append(Button(context.text("button-cancel"), onward(context, "first")))
    return tuple(buttons)
