"""On call or not, who else is, and for admins who works here."""

from __future__ import annotations

import datetime as dt
import html
import uuid

from telegram import Update

from flows.alerts import Waiting
from flows.desk import DESK_ROLES, QueueItem
from flows.errors import FlowError, OutdatedAction, Refusal
from flows.staffing import StaffView
from handlers.rendered import Button, Rendered
from handlers.staff.context import StaffContext
from handlers.staff.queue import open_queue
from handlers.staff.screen import rows, send, show
from handlers.staff.wording import Wording, case_mark

_PAGE = 10
# 0: as long as a shift may last
HOURS = {"4": 4, "8": 8, "0": None}


def is_on_call(staff: StaffView, now: dt.datetime) -> bool:
    """Whether pages reach them at this moment."""
    until = staff.on_call_until
    on_call = staff.on_call and not staff.revoked and staff.reachable
    return on_call and until is not None and until > now


def render(
    me: StaffView,
    roster: tuple[StaffView, ...],
    waiting: Waiting,
    wording: Wording,
    held: tuple[QueueItem, ...] = (),
) -> Rendered:
    """My state, what waits, who else is on call, and the switches.

    `held`: the cases that somebody who is not on call still has.
    """
    lines = [_state(me, wording)] if me.role == "counselor" else []
    lines += _holding(held, wording)
    age = wording.age(waiting.since or wording.now)
    lines.append(wording("staff-waiting", n=waiting.count, age=age))
    others = [s for s in roster if s.id != me.id and is_on_call(s, wording.now)]
    lines.append(wording("staff-others-on-call" if others else "staff-nobody-else"))
    lines += [wording("staff-roster-line", **_line(staff, wording)) for staff in others]
    buttons = _switches(me, wording) if me.role == "counselor" else ()
    buttons += rows(_give_back(item, wording) for item in held)
    if me.role == "admin":
        buttons = ((Button(wording("staff-button-roster"), "r:list:0"),),)
    return Rendered("\n".join(lines), (*buttons, (open_queue(wording),)))


def after_name(context: StaffContext) -> Rendered:
    """The name is set; a counselor is offered to go on call, the last step of joining."""
    me, wording = context.me, context.wording
    text = wording("staff-name-set", name=html.escape(me.name or ""))
    if me.role != "counselor":
        return Rendered(text)
    if not is_on_call(me, wording.now):
        text += "\n\n" + wording("staff-step-on-call")
    return Rendered(text, _switches(me, wording))


def _state(me: StaffView, wording: Wording) -> str:
    if me.on_call_until is None or not is_on_call(me, wording.now):
        return wording("staff-off-call")
    return wording("staff-on-call-until", until=wording.at(me.on_call_until))


def _holding(held: tuple[QueueItem, ...], wording: Wording) -> list[str]:
    """Which cases stay theirs, and what becomes of them."""
    if not held:
        return []
    listed = [
        wording(
            "staff-holding-line", case=case_mark(item.number), level=wording.level(item.triage)
        )
        for item in held
    ]
    return [wording("staff-holding", n=len(held)), *listed, wording("staff-holding-what"), ""]


def _give_back(item: QueueItem, wording: Wording) -> Button:
    text = wording("staff-button-give-back", case=case_mark(item.number))
    return Button(text, f"o:give:{item.case_id.hex}")


def _switches(me: StaffView, wording: Wording) -> tuple[tuple[Button, ...], ...]:
    listed = [Button(wording(f"staff-button-on-{hours}"), f"o:{hours}") for hours in HOURS]
    if is_on_call(me, wording.now):
        listed.append(Button(wording("staff-button-off"), "o:off"))
    return rows(listed)


def _line(staff: StaffView, wording: Wording) -> dict[str, str]:
    state = "until" if is_on_call(staff, wording.now) else "off"
    return {
        "name": html.escape(staff.name or wording("staff-unnamed")),
        "role": wording(f"staff-role-{staff.role}"),
        "state": state,
        "until": wording.at(staff.on_call_until) if staff.on_call_until else "",
    }


async def on_call(update: Update, context: StaffContext) -> None:
    """/oncall"""
    me = context.me
    if me.role not in DESK_ROLES:
        raise FlowError(Refusal.NOT_ALLOWED)
    await _show(update, context, me)


async def switch(update: Update, context: StaffContext) -> None:
    """On for some hours, for as long as may be, or off."""
    chosen, staffing = context.choice(), context.services.staffing
    me = await staffing.set_on_call(context.me.id, chosen != "off", HOURS.get(chosen))
    context.meet(me, None)
    await _show(update, context, me)


async def _show(update: Update, context: StaffContext, me: StaffView) -> None:
    roster = await context.services.staffing.roster(me.id)
    waiting = await context.services.alerts.waiting(me.id)
    off = me.role == "counselor" and not is_on_call(me, context.wording.now)
    held = (await context.services.desk.held(me.id))[:_PAGE] if off else ()
    await show(update, context, render(me, roster, waiting, context.wording, held))


async def give_back(update: Update, context: StaffContext) -> None:
    """A case that somebody who goes off call still has: back to the queue, and what is left."""
    await context.services.desk.release(context.me.id, context.hex_id())
    await _show(update, context, context.me)


async def list_staff(update: Update, context: StaffContext) -> None:
    """[Staff], for admins: who works here, ten at a time."""
    if context.me.role != "admin":
        raise FlowError(Refusal.NOT_ALLOWED)
    await _show_staff(update, context, int(context.choice()))


async def _show_staff(update: Update, context: StaffContext, offset: int) -> None:
    me, wording = context.me, context.wording
    everybody = await context.services.staffing.roster(me.id)
    active = [staff for staff in everybody if not staff.revoked]
    shown = active[offset : offset + _PAGE]
    lines = [wording("staff-roster-title", n=len(active))]
    lines += [wording("staff-roster-line", **_line(staff, wording)) for staff in shown]
    buttons = [
        Button(
            wording("staff-button-revoke", name=staff.name or wording("staff-unnamed")),
            f"r:ask:{staff.id.hex}",
        )
        for staff in shown
        if staff.id != me.id
    ]
    pages = [
        Button(wording(f"staff-button-{key}"), f"r:list:{to}")
        for key, to in (("previous", offset - _PAGE), ("next", offset + _PAGE))
        if 0 <= to < len(active)
    ]
    back = (Button(wording("staff-button-back"), "o:show"),)
    laid = tuple(row for row in (*rows(buttons, 1), tuple(pages), back) if row)
    await show(update, context, Rendered("\n".join(lines), laid))


async def ask_revoke(update: Update, context: StaffContext) -> None:
    """[Revoke]: once more, with what it means."""
    staff, wording = await _named(context, context.hex_id()), context.wording
    text = wording("staff-revoke-ask", name=html.escape(staff.name or wording("staff-unnamed")))
    buttons = (
        Button(wording("staff-button-revoke-yes"), f"r:yes:{staff.id.hex}"),
        Button(wording("staff-button-back"), "r:list:0"),
    )
    await show(update, context, Rendered(text, rows(buttons, 1)))


async def revoke(update: Update, context: StaffContext) -> None:
    """Confirmed: it takes effect at once."""
    staff = await context.services.staffing.revoke(context.me.id, context.hex_id())
    wording = context.wording
    name = html.escape(staff.name or wording("staff-unnamed"))
    await send(update, context, Rendered(wording("staff-revoked", name=name)))
    await _show_staff(update, context, 0)


async def _named(context: StaffContext, staff_id: uuid.UUID) -> StaffView:
    if context.me.role != "admin":
        raise FlowError(Refusal.NOT_ALLOWED)
    everybody = await context.services.staffing.roster(context.me.id)
    found = next((s for s in everybody if s.id == staff_id and not s.revoked), None)
    if found is None:
        raise OutdatedAction
    return found
