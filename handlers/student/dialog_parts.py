"""Small pieces that all dialogs share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from operator import itemgetter
from typing import Any

from aiogram.fsm.state import State
from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Column, Group, Select
from aiogram_dialog.widgets.text import Format

from handlers.student.context import Context, context_of, keep_context

Getter = Callable[..., Awaitable[dict[str, Any]]]
Chosen = Callable[[DialogManager, str], Awaitable[None]]


def labels(*keys: str) -> Getter:
    """A getter of texts: `button-back` becomes {button_back}; the title is {title}."""

    async def get(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
        context = context_of(dialog_manager)
        return {key.replace("-", "_"): context.text(key) for key in keys}

    return get


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


async def go(manager: DialogManager, state: State) -> None:
    """Another window of the same dialog."""
    await manager.switch_to(state, show_mode=ShowMode.AUTO)


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
    return [(zone, zone.rsplit("/", 1)[-1].replace("_", " ")) for zone in zones]


def quiet_items(context: Context) -> list[tuple[str, str]]:
    """Quiet hours to choose from."""
    items = []
    for name, (start, end) in QUIET.items():
        if name == "none":
            items.append((name, context.text("quiet-none")))
        else:
            items.append((name, f"{start // 60:02d}:00-{end // 60:02d}:00"))
    return items
