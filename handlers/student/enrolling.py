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
from flows.rules.zones import only_zone
from handlers.student.context import Context, context_of
from handlers.student.dialog_parts import (
    QUIET,
    change,
    choices,
    form_note,
    go,
    labels,
    leaving,
    quiet_items,
    quiet_shown,
    take_code,
    take_name,
    to_menu,
    zone_items,
)
from handlers.student.states import EnrolSG
from handlers.student.way_in import progress

_STEPS = {
    EnrolSG.code: "code",
    EnrolSG.name: "name",
    EnrolSG.zone: "zone",
    EnrolSG.quiet: "quiet",
}


async def _getter(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = context_of(dialog_manager)
    name = html.escape(context.student.pseudonym or "")
    step, region = _STEPS[dialog_manager.current_context().state], context.student.region
    return {
        "step": context.text("enrol-step", **progress(context, step, region)),
        "name_text": context.text("enrol-name", name=name),
        "quiet_text": context.text("enrol-quiet", kept=quiet_shown(context)),
        "zones": zone_items(context),
        "quiets": quiet_items(context),
    }


def _asks_zone(context: Context) -> bool:
    """Where all clocks show the same time, the zone is set already; /settings shows it."""
    return only_zone(context.student.region) is None


async def _after_name(manager: DialogManager) -> None:
    asks = _asks_zone(context_of(manager))
    await go(manager, EnrolSG.zone if asks else EnrolSG.quiet)


async def _keep_name(_callback: CallbackQuery, _: Any, manager: DialogManager) -> None:
    await _after_name(manager)


async def _before_quiet(_callback: CallbackQuery, _: Any, manager: DialogManager) -> None:
    asks = _asks_zone(context_of(manager))
    await go(manager, EnrolSG.zone if asks else EnrolSG.name)


async def _code(message: Message, _: Any, manager: DialogManager) -> None:
    if await take_code(message, manager):
        await go(manager, EnrolSG.name)


async def _another(_callback: CallbackQuery, _: Any, manager: DialogManager) -> None:
    context = context_of(manager)
    name = make_pseudonym(context.update_ref * 2654435761, context.language)
    await change(manager, pseudonym=name)


async def _name(message: Message, _: Any, manager: DialogManager) -> None:
    if await take_name(message, manager):
        await _after_name(manager)


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
    """Four steps; the code only where one is asked for, the zone only where there are several."""
    texts = labels(
        "button-back", "button-cancel", "button-skip", "button-next", "button-another-name",
        "enrol-code", "enrol-zone",
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
                    Button(Format("{button_next}"), id="next", on_click=_keep_name),
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
                Format("{step}\n\n{quiet_text}"),
                choices("quiets", _quiet, "q", columns=2),
                Button(Format("{button_skip}"), id="skip", on_click=to_menu),
                Row(Button(Format("{button_back}"), id="back", on_click=_before_quiet), cancel),
                state=EnrolSG.quiet,
                getter=getters,
            ),
        )
    ]
