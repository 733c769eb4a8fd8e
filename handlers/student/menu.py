"""Menu, help and privacy."""

from __future__ import annotations

import html
from typing import Any

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.kbd import Button as DialogButton
from aiogram_dialog.widgets.kbd import Row, Start, SwitchTo
from aiogram_dialog.widgets.text import Format

from handlers.rendered import Rendered
from handlers.student.cards import (
    crisis_card,
    first_screen,
    help_consent,
    standing,
    standing_text,
    way_back,
)
from handlers.student.context import Context, context_of
from handlers.student.dialog_parts import go, labels, leaving
from handlers.student.mood import mood_question
from handlers.student.say import say
from handlers.student.standing import show_menu
from handlers.student.states import MenuSG, SettingsSG

router = Router(name="menu")


@router.message(Command("menu"))
@router.message(F.text.lower().in_({"menu", "菜单"}))
@router.callback_query(F.data == "m:menu")
async def on_menu(
    event: Message | CallbackQuery, context: Context, dialog_manager: DialogManager
) -> None:
    """The menu, or the first screen for who has not enrolled."""
    await show_menu(event, context, dialog_manager)


@router.message(Command("cancel"))
async def on_cancel(message: Message, context: Context, dialog_manager: DialogManager) -> None:
    """Leave whatever form is open. Words already sent stay sent."""
    await show_menu(message, context, dialog_manager)


@router.message(Command("help"))
async def on_help(message: Message, context: Context, dialog_manager: DialogManager) -> None:
    """What this is and what it can do."""
    if context.who is None:
        await say(message, Rendered(context.text("help-text"), (way_back(context),)))
        return
    await _open(dialog_manager, MenuSG.help)


@router.message(Command("privacy"))
async def on_privacy(message: Message, context: Context, dialog_manager: DialogManager) -> None:
    """What is kept, who read it; strangers see what would be."""
    if context.who is None:
        await say(message, Rendered(context.text("consent-long"), (way_back(context),)))
        return
    await _open(dialog_manager, MenuSG.privacy)


@router.message(Command("settings"))
async def on_settings(message: Message, context: Context, dialog_manager: DialogManager) -> None:
    """Language, time zone, quiet hours, region, name."""
    if context.who is None:
        await say(message, await first_screen(context))
        return
    await _open(dialog_manager, SettingsSG.main)


async def _open(manager: DialogManager, state: Any) -> None:
    await manager.start(state, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def _menu_getter(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = context_of(dialog_manager)
    found = await context.services.help.current(context.student.id)
    name = html.escape(context.student.pseudonym or "")
    state = ""
    if found is not None:
        state = "\n\n" + standing_text(context, found)
    return {"title": context.text("menu-title", name=name) + state}


async def _talk(callback: CallbackQuery, _: Any, manager: DialogManager) -> None:
    context = context_of(manager)
    manager.show_mode = ShowMode.NO_UPDATE
    if not context.may_talk:
        await say(callback, help_consent(context))
        return
    found = await context.services.help.ask(context.student.id, update_id=context.update_ref)
    await say(callback, standing(context, found))


async def _mood(callback: CallbackQuery, _: Any, manager: DialogManager) -> None:
    manager.show_mode = ShowMode.NO_UPDATE
    await say(callback, mood_question(context_of(manager)))


async def _numbers(callback: CallbackQuery, _: Any, manager: DialogManager) -> None:
    manager.show_mode = ShowMode.NO_UPDATE
    await say(callback, crisis_card(context_of(manager)))


async def _privacy_getter(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    context = context_of(dialog_manager)
    view = await context.services.privacy.view(context.student.id)
    agreed = [
        f"· {context.text('purpose-' + purpose.replace('_', '-'))}" for purpose in view.consents
    ]
    opened = [
        context.text(
            f"access-{access.what}",
            at=context.local(access.at),
            name=html.escape(access.by or context.text("a-counselor")),
        )
        for access in view.accesses
    ]
    given = "statistics" in view.consents
    return {
        "title": context.text(
            "privacy-text",
            agreed="\n".join(agreed) or "·",
            opened="\n".join(opened) or context.text("access-none"),
            days=context.services.policy.retention.turns_days,
        ),
        "switch": context.text("button-statistics-off" if given else "button-statistics-on"),
        "enrolled": context.enrolled,
        "keeps_mood": "mood" in view.consents,
    }


async def _switch(_callback: CallbackQuery, _: Any, manager: DialogManager) -> None:
    context = context_of(manager)
    if "statistics" in context.student.consents:
        await _ask_back(manager, "statistics")
        return
    await context.services.privacy.switch(context.student.id, "statistics", True)
    await go(manager, MenuSG.privacy)


async def _mood_off(_callback: CallbackQuery, _: Any, manager: DialogManager) -> None:
    await _ask_back(manager, "mood")


async def _rest_off(_callback: CallbackQuery, _: Any, manager: DialogManager) -> None:
    await _ask_back(manager, "needed")


async def _ask_back(manager: DialogManager, purpose: str) -> None:
    manager.dialog_data["purpose"] = purpose
    await go(manager, MenuSG.take_back)


async def _take_back_getter(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """What taking it back means; what the service needs cannot go alone."""
    context = context_of(dialog_manager)
    purpose = dialog_manager.dialog_data["purpose"]
    days = context.services.policy.retention.turns_days
    return {
        "title": context.text(f"take-back-{purpose}", days=days),
        "can_go": purpose != "needed",
    }


async def _take_back(_callback: CallbackQuery, _: Any, manager: DialogManager) -> None:
    context = context_of(manager)
    purpose = manager.dialog_data["purpose"]
    await context.services.privacy.switch(context.student.id, purpose, False)
    await go(manager, MenuSG.privacy)


async def _agree_anew(_callback: CallbackQuery, _: Any, manager: DialogManager) -> None:
    context = context_of(manager)
    await context.services.privacy.agree_anew(context.student.id)
    await go(manager, MenuSG.main)


def _terms() -> tuple[Window, Window]:
    """That they changed, and what they are; with a way to help, and on without an answer."""
    asking = Window(
        Format("{terms_changed}"),
        SwitchTo(Format("{button_terms}"), id="read", state=MenuSG.terms_text),
        SwitchTo(Format("{button_not_now}"), id="later", state=MenuSG.main),
        DialogButton(Format("{button_talk_now}"), id="terms_talk", on_click=_talk),
        state=MenuSG.terms,
        getter=labels("terms-changed", "button-terms", "button-not-now", "button-talk-now"),
    )
    reading = Window(
        Format("{consent_long}"),
        DialogButton(Format("{button_agree}"), id="agree", on_click=_agree_anew),
        Row(
            SwitchTo(Format("{button_back}"), id="terms_back", state=MenuSG.terms),
            SwitchTo(Format("{button_not_now}"), id="read_later", state=MenuSG.main),
        ),
        state=MenuSG.terms_text,
        getter=labels("consent-long", "button-agree", "button-back", "button-not-now"),
    )
    return asking, reading


def make_dialogs() -> list[Dialog]:
    """Menu and the screens behind it."""
    menu_labels = labels(
        "button-talk-now", "button-mood-menu", "button-numbers", "button-settings",
        "button-privacy", "button-help",
    )  # fmt: skip
    main = Window(
        Format("{title}"),
        DialogButton(Format("{button_talk_now}"), id="talk", on_click=_talk),
        Row(
            DialogButton(Format("{button_mood_menu}"), id="mood", on_click=_mood),
            DialogButton(Format("{button_numbers}"), id="numbers", on_click=_numbers),
        ),
        Row(
            Start(Format("{button_settings}"), id="settings", state=SettingsSG.main),
            SwitchTo(Format("{button_privacy}"), id="privacy", state=MenuSG.privacy),
            SwitchTo(Format("{button_help}"), id="help", state=MenuSG.help),
        ),
        state=MenuSG.main,
        getter=[menu_labels, _menu_getter],
    )
    helping = Window(
        Format("{help_text}"),
        leaving(),
        state=MenuSG.help,
        getter=labels("help-text", "button-back"),
    )
    privacy = Window(
        Format("{title}"),
        SwitchTo(Format("{button_consent}"), id="consent", state=MenuSG.consent),
        DialogButton(Format("{switch}"), id="switch", on_click=_switch, when="enrolled"),
        DialogButton(
            Format("{button_mood_off}"), id="mood_off", on_click=_mood_off, when="keeps_mood"
        ),
        DialogButton(Format("{button_take_back}"), id="rest_off", on_click=_rest_off),
        leaving(),
        state=MenuSG.privacy,
        getter=[
            labels("button-back", "button-consent", "button-mood-off", "button-take-back"),
            _privacy_getter,
        ],
    )
    take_back = Window(
        Format("{title}"),
        DialogButton(
            Format("{button_take_back_yes}"), id="yes", on_click=_take_back, when="can_go"
        ),
        leaving(MenuSG.privacy),
        state=MenuSG.take_back,
        getter=[labels("button-take-back-yes", "button-back", "button-cancel"), _take_back_getter],
    )
    consent = Window(
        Format("{consent_long}"),
        leaving(MenuSG.privacy),
        state=MenuSG.consent,
        getter=labels("consent-long", "button-back", "button-cancel"),
    )
    return [Dialog(main, helping, privacy, consent, take_back, *_terms())]
