"""The staff bot's one error handler: refusals become words, faults go to the worker."""

from __future__ import annotations

import contextvars
import uuid

from telegram import Update

from flows.errors import FlowError, Refusal
from handlers.rendered import Rendered
from handlers.staff import card
from handlers.staff.context import StaffContext
from handlers.staff.screen import answer, case_in, pressed_message, send, show

# PTB's process_update returns normally when a handler raised: the worker sets a list here
# before the call and looks into it afterwards
current_faults: contextvars.ContextVar[list[BaseException] | None] = contextvars.ContextVar(
    "current_faults", default=None
)
_CASE_MOVED = frozenset({Refusal.OUTDATED, Refusal.TAKEN, Refusal.NOT_YOURS})


async def on_error(update: object, context: StaffContext) -> None:
    """Translate a FlowError; hand everything else to the worker."""
    fault = context.error
    if isinstance(fault, FlowError) and isinstance(update, Update):
        try:
            await refuse(update, context, fault)
        except Exception as second:
            _hand_over(second)
        return
    if fault is not None:
        _hand_over(fault)


def _hand_over(fault: BaseException) -> None:
    faults = current_faults.get()
    if faults is None:
        raise fault
    faults.append(fault)


async def refuse(update: Update, context: StaffContext, refusal: FlowError) -> None:
    """Say no in one sentence, and show how the case stands now."""
    text = context.wording(f"refusal-{refusal.reason.value}")
    if not await answer(update, text, alert=True):
        await send(update, context, Rendered(text))
    if refusal.reason not in _CASE_MOVED:
        return
    case = case_in(pressed_message(update))
    if case is None or context.staff is None:
        return
    try:
        found = await context.services.desk.card(context.me.id, uuid.UUID(case))
    except FlowError:
        return
    await show(update, context, await card.rendered_card(context, found))
