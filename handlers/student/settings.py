"""Settings: language, time zone, quiet hours, region, name."""

from __future__ import annotations

import html
from typing import Any

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Row, SwitchTo
from aiogram_dialog.widgets.text import Format

from flows.errors import OutdatedAction
from handlers.student.commands import pin_numbers_here
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
    zone_items,
    zone_name,
)
from handlers.student.say import settle
from handlers.student.states import SettingsSG
from handlers.student.way_in import region_codes

router = Router(name="settings")


async def _getter(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = context_of(dialog_manager)
    who, crisis = context.student, context.services.crisis
    return {
        "title": context.text(
            "settings-text",
            name=html.escape(who.pseudonym or ""),
            language=context.text("language-name"),
            zone=zone_name(who.time_zone, context.language),
            quiet=quiet_shown(context),
            region=_region_shown(context),
        ),
        "asks_code": context.enrolled and not who.belongs,
        "languages": [
            (code, context.services.texts.get(code, "language-name")) for code in ("zh", "en")
        ],
        "zones": zone_items(context),
        "quiets": quiet_items(context),
        "regions": [
            (code, crisis.directory.regions[code].name[context.language])
            for code in region_codes(context)
        ],
    }


def _region_shown(context: Context) -> str:
    """Whose numbers the cards show; without a choice they are the campus's."""
    shown = context.services.crisis.view(context.region).region.name[context.language]
    return shown if context.region else context.text("region-not-chosen", region=shown)


async def _language(manager: DialogManager, item: str) -> None:
    await change(manager, language=item)
    await go(manager, SettingsSG.main)


async def _zone(manager: DialogManager, item: str) -> None:
    await change(manager, time_zone=item)
    await go(manager, SettingsSG.main)


async def _quiet(manager: DialogManager, item: str) -> None:
    start, end = QUIET[item]
    await change(manager, quiet_from=start, quiet_until=end)
    await go(manager, SettingsSG.main)


async def _region(manager: DialogManager, item: str) -> None:
    """The pinned numbers follow: those of another country help nobody."""
    changed = await change(manager, region=item)
    event = manager.event
    if isinstance(event, CallbackQuery):
        await pin_numbers_here(event, changed)
    await go(manager, SettingsSG.main)


async def _name(message: Message, _: Any, manager: DialogManager) -> None:
    if await take_name(message, manager):
        await go(manager, SettingsSG.main)


@router.callback_query(F.data == "g:name")
async def on_is_name(
    callback: CallbackQuery, context: Context, dialog_manager: DialogManager
) -> None:
    """[Yes, this is the name] under what looked like a sentence."""
    pressed = callback.message
    line = pressed.reply_to_message if isinstance(pressed, Message) else None
    if line is None or not line.text:
        raise OutdatedAction
    await settle(callback)
    await change(dialog_manager, pseudonym=line.text)
    await dialog_manager.start(
        SettingsSG.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND
    )


async def _code(message: Message, _: Any, manager: DialogManager) -> None:
    if await take_code(message, manager):
        await go(manager, SettingsSG.main)


def make_dialogs() -> list[Dialog]:
    """One window a setting."""
    texts = labels(
        "button-back", "button-cancel", "button-language", "button-zone", "button-quiet",
        "button-region", "button-name", "button-code", "language-question", "zone-question",
        "quiet-question", "numbers-question", "name-question", "code-question",
    )  # fmt: skip
    getters = [texts, _getter]
    back = leaving(SettingsSG.main)
    main = Window(
        Format("{title}"),
        Row(
            SwitchTo(Format("{button_language}"), id="language", state=SettingsSG.language),
            SwitchTo(Format("{button_name}"), id="name", state=SettingsSG.name),
        ),
        Row(
            SwitchTo(Format("{button_zone}"), id="zone", state=SettingsSG.zone),
            SwitchTo(Format("{button_quiet}"), id="quiet", state=SettingsSG.quiet),
        ),
        SwitchTo(Format("{button_region}"), id="region", state=SettingsSG.region),
        SwitchTo(Format("{button_code}"), id="code", state=SettingsSG.code, when="asks_code"),
        leaving(),
        state=SettingsSG.main,
        getter=getters,
    )
    return [
        Dialog(
            main,
            Window(
                Format("{language_question}"), choices("languages", _language, "l"), back,
                state=SettingsSG.language, getter=getters,
            ),
            Window(
                Format("{zone_question}"), choices("zones", _zone, "z", columns=2), back,
                state=SettingsSG.zone, getter=getters,
            ),
            Window(
                Format("{quiet_question}"), choices("quiets", _quiet, "q", columns=2), back,
                state=SettingsSG.quiet, getter=getters,
            ),
            Window(
                Format("{numbers_question}"), choices("regions", _region, "r", columns=2), back,
                state=SettingsSG.region, getter=getters,
            ),
            Window(
                Format("{name_question}{form_note}"), MessageInput(_name), back,
                state=SettingsSG.name, getter=[*getters, form_note],
            ),
            Window(
                Format("{code_question}{form_note}"), MessageInput(_code), back,
                state=SettingsSG.code, getter=[*getters, form_note],
            ),
        )
    ]  # fmt: skip
