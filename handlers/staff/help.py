"""/help and /cancel."""

from __future__ import annotations

from telegram import Update

from flows.desk import DESK_ROLES
from flows.staffing import StaffView
from handlers.rendered import Rendered
from handlers.staff import card, commands
from handlers.staff.context import StaffContext
from handlers.staff.screen import rows, send
from handlers.staff.wording import Wording, case_mark


async def show_help(update: Update, context: StaffContext) -> None:
    """The commands of the reader's role, and how words are treated here."""
    hours = context.services.policy.cases.staff_copies_deleted_after_h
    await send(update, context, Rendered(render(context.me, context.wording, hours)))


def render(me: StaffView, wording: Wording, hours: int) -> str:
    """Help for one role."""
    names = commands.for_role(me.role)
    lines = [wording("staff-help", role=wording(f"staff-role-{me.role}")), ""]
    lines += [f"/{name} — {wording(commands.says(name, me.role))}" for name in names]
    if me.role in DESK_ROLES:
        lines += ["", wording("staff-help-desk", hours=hours)]
    if me.role == "admin":
        lines += ["", wording("staff-help-admin")]
    return "\n".join(lines)


async def cancel(update: Update, context: StaffContext) -> None:
    """/cancel: leave whatever is open."""
    talk, wording = context.services.talk, context.wording
    writing = await talk.writing_in(context.me.id)
    if writing is None:
        await send(update, context, Rendered(wording("staff-nothing-open")))
        return
    await talk.set_step(context.me.id, None)
    found = await context.services.desk.card(context.me.id, writing[0])
    text = wording("staff-left", case=case_mark(found.number))
    buttons = rows(card.button(wording, verb, writing[0].hex) for verb in ("write", "card"))
    await send(update, context, Rendered(text, buttons))


async def not_here_yet(update: Update, context: StaffContext) -> None:
    """Something that this bot will learn."""
    await send(update, context, Rendered(context.wording("staff-not-here-yet")))


async def unknown_command(update: Update, context: StaffContext) -> None:
    """A command we do not have: it went to nobody."""
    await send(update, context, Rendered(context.wording("staff-unknown-command")))
