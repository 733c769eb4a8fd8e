"""Small pieces that all dialogs share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from operator import itemgetter
from typing import Any

from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode, StartMode
from aiogram_dialog.widgets.kbd import Button, Column, Group, Row, Select, SwitchTo
from aiogram_dialog.widgets.text import Format
from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location

from flows.errors import FlowError
from flows.rules.names import looks_like_a_sentence
from handlers.rendered import Button as RenderedButton
from handlers.rendered import Rendered
from handlers.student.cards import first_screen, way_back
from handlers.student.context import Context, context_of, keep_context
from handlers.student.forms import TAKES_NO_WORDS
from handlers.student.say import markup, row, show
from handlers.student.states import MenuSG

Getter = Callable[..., Awaitable[dict[str, Any]]]
Chosen = Callable[[DialogManager, str], Awaitable[None]]


def labels(*keys: str) -> Getter:
    """A getter of texts: `button-back` becomes {button_back}; the title is {title}."""

    async def get(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
        context = context_of(dialog_manager)
        return {key.replace("-", "_"): context.text(key) for key in keys}

    return get


async def form_note(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """{form_note}: while a case is open a form takes no words, says so, and stays that way."""
    context = context_of(dialog_manager)
    in_case = await context.services.help.current(context.student.id) is not None
    dialog_manager.dialog_data[TAKES_NO_WORDS] = in_case
    return {"form_note": f"\n\n{context.text('form-in-case')}" if in_case else ""}


def choices(items: str, chosen: Chosen, name: str, *, columns: int = 1) -> Group | Column:
    """One button an item; items are (id, label)."""

    async def on_click(
        _callback: CallbackQuery, _widget: Any, manager: DialogManager, item: str
    ) -> None:
        await chosen(manager, item)

    select: Select[str] = Select(
        Format("{item[1]}"),
        id=name,
        item_id_getter=itemgetter(0),
        items=items,
        on_click=on_click,
    )
    return Group(select, width=columns) if columns > 1 else Column(select)


async def change(manager: DialogManager, **changes: Any) -> Context:
    """Change a setting and let the rest of this update see it."""
    context = context_of(manager)
    who = await context.services.enrolment.change(context.student.id, **changes)
    changed = context.now_as(who)
    keep_context(manager, changed)
    return changed


async def take_name(message: Message, manager: DialogManager) -> bool:
    """A typed name: kept, asked about, or refused in words while the form stays open."""
    if looks_like_a_sentence(message.text or ""):
        await _ask_whether_a_name(message, context_of(manager))
        # the question stays the last thing, not the form above it
        manager.show_mode = ShowMode.NO_UPDATE
        return False
    try:
        await change(manager, pseudonym=message.text or "")
    except FlowError as refusal:
        await message.answer(context_of(manager).text(f"refusal-{refusal.reason.value}"))
        return False
    return True


async def _ask_whether_a_name(message: Message, context: Context) -> None:
    buttons = [row(RenderedButton(context.text("button-name-yes"), "g:name"))]
    if context.screened.message_ids:
        words = f"w:{context.screened.message_ids[0].hex}"
        buttons.append(row(RenderedButton(context.text("button-send-words"), words)))
    asked = Rendered(context.text("name-is-this-it"), (*buttons, way_back(context)))
    # the line itself stays in their message: callback data holds no names
    await message.reply(asked.text, reply_markup=markup(asked), allow_sending_without_reply=True)


async def take_code(message: Message, manager: DialogManager) -> bool:
    """A typed campus code: used, or refused in words while the form stays open."""
    context = context_of(manager)
    try:
        who = await context.services.enrolment.belong(context.student.id, message.text or "")
    except FlowError as refusal:
        await message.answer(context.text(f"refusal-{refusal.reason.value}"))
        return False
    keep_context(manager, context.now_as(who))
    return True


async def go(manager: DialogManager, state: State) -> None:
    """Another window of the same dialog."""
    await manager.switch_to(state, show_mode=ShowMode.AUTO)


async def to_menu(callback: CallbackQuery, _widget: Any, manager: DialogManager) -> None:
    """Out of whatever is open: to the menu, or the first screen for whoever has not enrolled."""
    context = context_of(manager)
    if context.enrolled:
        await manager.start(MenuSG.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.AUTO)
        return
    manager.show_mode = ShowMode.NO_UPDATE
    await manager.reset_stack(remove_keyboard=False)
    await show(callback, await first_screen(context))


def leaving(back: State | None = None) -> Row:
    """Back one screen and Cancel, or only Back where both are the menu."""
    if back is None:
        return Row(Button(Format("{button_back}"), id="leave", on_click=to_menu))
    return Row(
        SwitchTo(Format("{button_back}"), id="back", state=back),
        Button(Format("{button_cancel}"), id="leave", on_click=to_menu),
    )


ZONES = (
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Paris",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Toronto",
    "Australia/Sydney",
    "Pacific/Auckland",
)
# (from, until) in minutes after local midnight; equal means none
QUIET = {"22-8": (1320, 480), "23-7": (1380, 420), "0-9": (0, 540), "none": (0, 0)}


def zone_items(context: Context) -> list[tuple[str, str]]:
    """Time zones to choose from: the campus's first."""
    own = context.services.policy.campus.time_zone
    zones = [own, *(zone for zone in ZONES if zone != own)]
    return [(zone, zone_name(zone, context.language)) for zone in zones]


def zone_name(zone: str, language: str) -> str:
    """A zone by its city, as somebody at home in the language calls it."""
    named = Locale.parse(language).time_zones
    if zone not in named:  # some cities are known by an older name only (Asia/Calcutta)
        for older, newer in get_global("zone_aliases").items():
            if newer == zone and "city" in named.get(older, {}):
                return str(named[older]["city"])
    return str(get_timezone_location(zone, locale=language, return_city=True))


def quiet_items(context: Context) -> list[tuple[str, str]]:
    """Quiet hours to choose from."""
    items = []
    for name, (start, end) in QUIET.items():
        if name == "none":
            items.append((name, context.text("quiet-none")))
        else:
            items.append((name, f"{start // 60:02d}:00-{end // 60:02d}:00"))
    return items


def quiet_shown(context: Context) -> str:
    """The quiet hours somebody has."""
    who = context.student
    if who.quiet_from == who.quiet_until:
        return context.text("quiet-none")
    return f"{_clock(who.quiet_from)}–{_clock(who.quiet_until)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
