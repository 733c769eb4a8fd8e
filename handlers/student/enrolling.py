"""The rest of enrolment: campus code, name, time zone, quiet hours. Each can be skipped."""

from __future__ import annotations

import html
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo
from aiogram_dialog.widgets.text import Format

from flows.rules.pseudonyms import make_pseudonym
from handlers.student.context import context_of
from handlers.student.dialog_parts import (
    QUIET,
    change,
    choices,
    form_note,
    go,
    labels,
    leaving,
    quiet_items,
    take_code,
    take_name,
    to_menu,
    zone_items,
)
from handlers.student.states import EnrolSG

_STEPS = (EnrolSG.code, EnrolSG.name, EnrolSG.zone, EnrolSG.quiet)


async def _getter(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = context_of(dialog_manager)
    name = html.escape(context.student.pseudonym or "")
    # where enrolment is open nobody is asked for a code, and three steps are left
    skipped = 1 if context.services.policy.enrolment.open else 0
    place = _STEPS.index(dialog_manager.current_context().state) + 1 - skipped
    return {
        "step": context.text("enrol-step", step=place, total=len(_STEPS) - skipped),
        "name_text": context.text("enrol-name", name=name),
        "zones": zone_items(context),
        "quiets": quiet_items(context),
    }


async def _code(message: Message, _: Any, manager: DialogManager) -> None:
    if await take_code(message, manager):
        await go(manager, EnrolSG.name)


async def _another(_callback: CallbackQuery, _: Any, manager: DialogManager) -> None:
    context = context_of(manager)
    name = make_pseudonym(context.update_ref * 2654435761, context.language)
    await change(manager, pseudonym=name)


async def _name(message: Message, _: Any, manager: DialogManager) -> None:
    if await take_name(message, manager):
        await go(manager, EnrolSG.zone)


async def _zone(manager: DialogManager, item: str) -> None:
    await change(manager, time_zone=item)
    await go(manager, EnrolSG.quiet)


async def _quiet(manager: DialogManager, item: str) -> None:
    start, end = QUIET[item]
    await change(manager, quiet_from=start, quiet_until=end)
    event = manager.event
    assert isinstance(event, CallbackQuery)
    await to_menu(event, None, manager)


def make_dialogs() -> list[Dialog]:
    """Four steps; the first one only where a campus code is asked for."""
    texts = labels(
        "button-back", "button-cancel", "button-skip", "button-next", "button-another-name",
        "enrol-code", "enrol-zone", "enrol-quiet",
    )  # fmt: skip
    getters = [texts, _getter]
    cancel = Button(Format("{button_cancel}"), id="leave", on_click=to_menu)
    return [
        Dialog(
            Window(
                Format("{step}\n\n{enrol_code}{form_note}"),
                MessageInput(_code),
                Row(SwitchTo(Format("{button_skip}"), id="skip", state=EnrolSG.name), cancel),
                state=EnrolSG.code,
                getter=[*getters, form_note],
            ),
            Window(
                Format("{step}\n\n{name_text}{form_note}"),
                MessageInput(_name),
                Row(
                    Button(Format("{button_another_name}"), id="another", on_click=_another),
                    SwitchTo(Format("{button_next}"), id="next", state=EnrolSG.zone),
                ),
                cancel,
                state=EnrolSG.name,
                getter=[*getters, form_note],
            ),
            Window(
                Format("{step}\n\n{enrol_zone}"),
                choices("zones", _zone, "z", columns=2),
                SwitchTo(Format("{button_skip}"), id="skip", state=EnrolSG.quiet),
                leaving(EnrolSG.name),
                state=EnrolSG.zone,
                getter=getters,
            ),
            Window(
                Format("{step}\n\n{enrol_quiet}"),
                choices("quiets", _quiet, "q", columns=2),
                Button(Format("{button_skip}"), id="skip", on_click=to_menu),
                leaving(EnrolSG.zone),
                state=EnrolSG.quiet,
                getter=getters,
            ),
        )
    ]
