"""The rest of enrolment: campus code, name, time zone, quiet hours. Each can be skipped."""

from __future__ import annotations

import html
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo
from aiogram_dialog.widgets.text import Format

from flows.errors import FlowError
from flows.rules.pseudonyms import make_pseudonym
from handlers.student.commands import pin_numbers
from handlers.student.context import context_of, keep_context
from handlers.student.dialog_parts import (
    QUIET,
    change,
    choices,
    go,
    labels,
    quiet_items,
    zone_items,
)
from handlers.student.states import EnrolSG, MenuSG


async def _getter(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = context_of(dialog_manager)
    name = html.escape(context.student.pseudonym or "")
    return {
        "name_text": context.text("enrol-name", name=name),
        "zones": zone_items(context),
        "quiets": quiet_items(context),
    }


async def _code(message: Message, _: Any, manager: DialogManager) -> None:
    context = context_of(manager)
    try:
        who = await context.services.enrolment.belong(context.student.id, message.text or "")
    except FlowError as refusal:
        await message.answer(context.text(f"refusal-{refusal.reason.value}"))
        return
    keep_context(manager, context.now_as(who))
    await go(manager, EnrolSG.name)


async def _another(_callback: CallbackQuery, _: Any, manager: DialogManager) -> None:
    context = context_of(manager)
    name = make_pseudonym(context.update_ref * 2654435761, context.language)
    await change(manager, pseudonym=name)


async def _name(message: Message, _: Any, manager: DialogManager) -> None:
    try:
        await change(manager, pseudonym=message.text or "")
    except FlowError as refusal:
        await message.answer(context_of(manager).text(f"refusal-{refusal.reason.value}"))
        return
    await go(manager, EnrolSG.zone)


async def _zone(manager: DialogManager, item: str) -> None:
    await change(manager, time_zone=item)
    await go(manager, EnrolSG.quiet)


async def _quiet(manager: DialogManager, item: str) -> None:
    start, end = QUIET[item]
    await change(manager, quiet_from=start, quiet_until=end)
    await _finish(manager)


async def _skip(_callback: CallbackQuery, _: Any, manager: DialogManager) -> None:
    await _finish(manager)


async def _finish(manager: DialogManager) -> None:
    """Pin the numbers, for when the process is down; then the menu."""
    event = manager.event
    if isinstance(event, CallbackQuery) and event.message is not None and event.bot is not None:
        await pin_numbers(event.bot, event.message.chat.id, context_of(manager))
    await manager.start(MenuSG.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


def make_dialogs() -> list[Dialog]:
    """Four steps; the first one only where a campus code is asked for."""
    texts = labels(
        "button-back", "button-skip", "button-next", "button-another-name", "enrol-code",
        "enrol-zone", "enrol-quiet",
    )  # fmt: skip
    getters = [texts, _getter]
    return [
        Dialog(
            Window(
                Format("{enrol_code}"),
                MessageInput(_code),
                SwitchTo(Format("{button_skip}"), id="skip", state=EnrolSG.name),
                state=EnrolSG.code,
                getter=getters,
            ),
            Window(
                Format("{name_text}"),
                MessageInput(_name),
                Row(
                    Button(Format("{button_another_name}"), id="another", on_click=_another),
                    SwitchTo(Format("{button_next}"), id="next", state=EnrolSG.zone),
                ),
                state=EnrolSG.name,
                getter=getters,
            ),
            Window(
                Format("{enrol_zone}"),
                choices("zones", _zone, "z", columns=2),
                Row(
                    SwitchTo(Format("{button_back}"), id="back", state=EnrolSG.name),
                    SwitchTo(Format("{button_skip}"), id="skip", state=EnrolSG.quiet),
                ),
                state=EnrolSG.zone,
                getter=getters,
            ),
            Window(
                Format("{enrol_quiet}"),
                choices("quiets", _quiet, "q", columns=2),
                Row(
                    SwitchTo(Format("{button_back}"), id="back", state=EnrolSG.zone),
                    Button(Format("{button_skip}"), id="skip", on_click=_skip),
                ),
                state=EnrolSG.quiet,
                getter=getters,
            ),
        )
    ]
