"""Where somebody stands, shown anew when the button they pressed belongs to another moment."""

from __future__ import annotations

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode, StartMode

from handlers.student.cards import first_screen
from handlers.student.context import Context
from handlers.student.say import say, settle
from handlers.student.states import MenuSG


async def show_menu(
    event: Message | CallbackQuery,
    context: Context,
    dialog_manager: DialogManager,
    *,
    note: str | None = None,
) -> None:
    """A new message with the menu, or the first screen for whoever has not enrolled.

    Before it, whoever agreed to another wording is asked anew.
    """
    if isinstance(event, CallbackQuery):
        await settle(event, note)
    elif note is not None:
        await event.answer(note)
    if not context.enrolled:
        await say(event, await first_screen(context))
        return
    privacy, state = context.services.privacy, MenuSG.main
    if note is None and await privacy.terms_changed(context.student.id):
        state = MenuSG.terms
    await dialog_manager.start(state, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)
