"""The dispatcher: routers in order, one middleware, one error handler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Dispatcher, Router
from aiogram.fsm.storage.base import BaseStorage
from aiogram.fsm.storage.memory import DisabledEventIsolation
from aiogram.types import ErrorEvent, Message, TelegramObject
from aiogram_dialog import setup_dialogs

from handlers.services import Services
from handlers.student import (
    asking,
    crisis,
    enrolling,
    errors,
    media,
    menu,
    mood,
    settings,
    strangers,
    talk,
    typed,
)
from handlers.student.context import make_context
from handlers.student.forms import end_form


def build_dispatcher(services: Services, storage: BaseStorage) -> Dispatcher:
    """Everything of the student bot. Lanes keep one chat's updates in order: no isolation here."""
    dispatcher = Dispatcher(storage=storage, events_isolation=DisabledEventIsolation())
    dispatcher["services"] = services
    # free words first, outside the dialogs' middlewares
    screens = Router(name="screens")
    for module in (talk, errors, crisis, strangers, asking, mood, menu, settings, typed, media):
        # a router belongs to one dispatcher, and tests build many
        module.router._parent_router = None
        parent = dispatcher if module is talk else screens
        parent.include_router(module.router)
    for dialog in (*menu.make_dialogs(), *settings.make_dialogs(), *enrolling.make_dialogs()):
        screens.include_router(dialog)
    dispatcher.include_router(screens)
    for observer in (dispatcher.message, dispatcher.edited_message, dispatcher.callback_query):
        observer.outer_middleware(_with_context)
    for observer in (dispatcher.message, dispatcher.edited_message):
        observer.outer_middleware(_past_forms)
    dispatcher.errors.outer_middleware(_with_context)
    setup_dialogs(screens, events_isolation=DisabledEventIsolation())
    return dispatcher


async def _with_context(
    handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
    event: TelegramObject,
    values: dict[str, Any],
) -> Any:
    happened = event.update.event if isinstance(event, ErrorEvent) else event
    values["context"] = make_context(happened, values)
    return await handler(event, values)


async def _past_forms(
    handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
    event: TelegramObject,
    values: dict[str, Any],
) -> Any:
    assert isinstance(event, Message)
    await end_form(values["screened"], values["bot"].id, event, values["fsm_storage"])
    return await handler(event, values)
