"""One error handler: refusals become words, dead buttons the right screen."""

from __future__ import annotations

from aiogram import Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import ExceptionTypeFilter
from aiogram.types import ErrorEvent
from aiogram_dialog import DialogManager
from aiogram_dialog.api.exceptions import NoContextError, OutdatedIntent, UnknownIntent

from flows.errors import FlowError, Refusal
from handlers.rendered import Rendered
from handlers.student.cards import help_consent, way_back
from handlers.student.context import Context
from handlers.student.say import say
from handlers.student.standing import show_menu

router = Router(name="errors")


@router.errors(ExceptionTypeFilter(FlowError))
async def on_refusal(event: ErrorEvent, context: Context, dialog_manager: DialogManager) -> None:
    """Say what went wrong and what they can do."""
    fault = event.exception
    assert isinstance(fault, FlowError)
    happened = event.update.callback_query or event.update.message
    if happened is None:
        return
    if fault.reason is Refusal.OUTDATED:
        note = context.text("refusal-outdated")
        await show_menu(happened, context, dialog_manager, note=note)
        return
    if fault.reason is Refusal.NO_CONSENT:
        await say(happened, help_consent(context))
        return
    await say(happened, _refused(context, fault.reason))


@router.errors(ExceptionTypeFilter(UnknownIntent, OutdatedIntent, NoContextError))
async def on_dead_dialog(
    event: ErrorEvent, context: Context, dialog_manager: DialogManager
) -> None:
    """A button of a screen that is gone: the right screen, anew."""
    happened = event.update.callback_query or event.update.message
    if happened is not None:
        note = context.text("refusal-outdated")
        await show_menu(happened, context, dialog_manager, note=note)


@router.errors(ExceptionTypeFilter(TelegramBadRequest))
async def on_bad_request(event: ErrorEvent) -> None:
    """The screen already showed that, or the query is too old: nothing is lost."""
    fault = event.exception
    assert isinstance(fault, TelegramBadRequest)
    text = fault.message.lower()
    if "message is not modified" in text or "query is too old" in text:
        return
    raise fault


def _refused(context: Context, reason: Refusal) -> Rendered:
    return Rendered(context.text(f"refusal-{reason.value}"), (way_back(context),))
