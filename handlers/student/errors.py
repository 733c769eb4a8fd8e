"""One error handler: refusals become words, dead buttons the right screen."""

from __future__ import annotations

from aiogram import Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import ExceptionTypeFilter
from aiogram.types import ErrorEvent
from aiogram_dialog import DialogManager, ShowMode, StartMode
from aiogram_dialog.api.exceptions import NoContextError, OutdatedIntent, UnknownIntent

from flows.errors import FlowError, Refusal
from handlers.rendered import Button, Rendered
from handlers.student.cards import first_screen, help_consent
from handlers.student.context import Context
from handlers.student.say import row, say, settle
from handlers.student.states import MenuSG

router = Router(name="errors")


@router.errors(ExceptionTypeFilter(FlowError))
async def on_refusal(event: ErrorEvent, context: Context, dialog_manager: DialogManager) -> None:
    """Say what went wrong and what they can do."""
    fault = event.exception
    assert isinstance(fault, FlowError)
    happened = event.update.callback_query or event.update.message
    if happened is None:
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
    if event.update.callback_query is not None:
        await settle(event.update.callback_query, context.text("refusal-outdated"))
    if context.who is None or context.who.stage != "enrolled":
        if happened is not None:
            await say(happened, await first_screen(context))
        return
    await dialog_manager.start(MenuSG.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


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
    back = (
        Button(context.text("button-menu"), "m:menu")
        if context.who is not None
        else Button(context.text("button-back"), f"o:{context.language}:first")
    )
    return Rendered(context.text(f"refusal-{reason.value}"), (row(back),))
