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
    """A new message with the menu, or the first screen for whoever has not enrolled."""
    if isinstance(event, CallbackQuery):
        await settle(event, note)
    elif note is not None:
        await event.answer(note)
    if not context.enrolled:
        await say(event, await first_screen(context))
        return
    await dialog_manager.start(MenuSG.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)
