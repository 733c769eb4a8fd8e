"""The queue: open cases by triage level, then age."""

from __future__ import annotations

from telegram import Update

from flows.desk import QueueItem
from handlers.rendered import Button, Rendered
from handlers.staff.context import StaffContext
from handlers.staff.screen import show
from handlers.staff.wording import Wording, case_mark

PAGE = 10
_NAME_SHOWN = 16


async def queue(update: Update, context: StaffContext) -> None:
    """/queue"""
    await _show(update, context, 0)


async def turn_page(update: Update, context: StaffContext) -> None:
    """[Next], [Previous], [Refresh] and [Queue]."""
    await _show(update, context, int(context.choice()))


async def _show(update: Update, context: StaffContext, offset: int) -> None:
    desk, me = context.services.desk, context.me
    items, total = await desk.queue(me.id, offset=offset, limit=PAGE)
    if not items and offset:
        offset = max(0, (total - 1) // PAGE * PAGE)
        items, total = await desk.queue(me.id, offset=offset, limit=PAGE)
    await show(update, context, render(items, total, offset, context.wording))


def render(items: tuple[QueueItem, ...], total: int, offset: int, wording: Wording) -> Rendered:
    """A page of the queue, one button a case."""
    if items:
        text = wording(
            "staff-queue-title",
            n=total, page=offset // PAGE + 1, pages=max(1, -(-total // PAGE)),
        )  # fmt: skip
    else:
        text = wording("staff-queue-empty")
    cases = tuple((Button(_line(item, wording), f"c:card:{item.case_id.hex}"),) for item in items)
    turns = [("previous", offset - PAGE), ("refresh", offset), ("next", offset + PAGE)]
    pages = tuple(
        Button(wording(f"staff-button-{key}"), f"q:{to}")
        for key, to in turns
        if key == "refresh" or 0 <= to < total
    )
    return Rendered(text, (*cases, pages))


def open_queue(wording: Wording) -> Button:
    """A button to the queue's first page."""
    return Button(wording("staff-button-open-queue"), "q:0")


def _line(item: QueueItem, wording: Wording) -> str:
    holder = "on-it" if item.on_it else "waiting"
    if item.status == "taken":
        holder = "mine" if item.mine else "other"
    return wording(
        "staff-queue-line",
        case=case_mark(item.number),
        level=wording.level(item.triage),
        age=wording.age(item.opened_at),
        holder=holder,
        name=(item.counselor_name or item.on_it_name or wording("staff-unnamed"))[:_NAME_SHOWN],
        unread=item.unread,
    )
