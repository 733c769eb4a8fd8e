"""Who may come in: staff, in a private chat. Everybody else learns that it is for staff.

Whatever staff write is remembered here first: it leaves the chat in time, whatever becomes of it.

Words of a stranger that worry the screen are answered with the numbers: somebody may have taken
this bot for the students' one.
"""

from __future__ import annotations

import re

from telegram import Chat, Update
from telegram.ext import ApplicationHandlerStop

from flows.errors import Refusal
from flows.rules.triage import opens_case
from handlers.rendered import Rendered
from handlers.staff import commands, numbers
from handlers.staff.context import StaffContext
from handlers.staff.screen import answer, send

# an invite as people type it: ABCDE-23456; strict, so that "hello world" is none
INVITE = re.compile(r"\s*([0-9A-Za-z]{5}-[0-9A-Za-z]{5}|[0-9A-Z]{10})\s*")
_START = re.compile(r"/start(@\w+)?\s+\S+")
_CRISIS = re.compile(r"/crisis(@\w+)?(\s.*)?", re.DOTALL | re.IGNORECASE)


async def admit(update: Update, context: StaffContext) -> None:
    """Runs before every other handler, on every update."""
    chat, user = update.effective_chat, update.effective_user
    spoken = update.message or update.edited_message or update.callback_query
    # staff words never go to groups, channels or inline results: silence there
    if chat is None or user is None or spoken is None or chat.type != Chat.PRIVATE:
        raise ApplicationHandlerStop
    context.meet(await context.services.staffing.find(user.id), user.language_code)
    written = update.message or update.edited_message
    if context.staff is not None and written is not None:
        await context.services.copies.keep_typed(
            context.staff.id, written.message_id, written.date
        )
    if context.staff is not None and not context.staff.revoked:
        return
    typed = update.message.text if update.message is not None else None
    if typed and _CRISIS.fullmatch(typed):
        return
    if await _worries(update, context):
        await numbers.not_read_here(update, context)
        raise ApplicationHandlerStop
    if typed and (_START.match(typed) or INVITE.fullmatch(typed)):
        return
    await _turn_away(update, context, chat.id)
    raise ApplicationHandlerStop


async def _worries(update: Update, context: StaffContext) -> bool:
    message = update.message or update.edited_message
    words = (message.text or message.caption) if message is not None else None
    if not words:
        return False
    return opens_case((await context.services.screen.assess(words)).level)


async def _turn_away(update: Update, context: StaffContext, chat_id: int) -> None:
    known = context.staff is not None
    text = context.wording(f"refusal-{Refusal.NOT_STAFF}" if known else "staff-only")
    if not await answer(update, text, alert=True):
        text += f"\n\n{context.wording('staff-numbers-here')}"
        await send(update, context, Rendered(text))
    if known:
        await commands.withdraw(context.bot, chat_id)
