"""What is no text: cannot be screened, is not passed on, and both are said."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.enums import ContentType
from aiogram.types import CallbackQuery, Message

from flows.errors import OutdatedAction
from handlers.rendered import Button, Rendered
from handlers.student.cards import way_back
from handlers.student.context import Context
from handlers.student.say import row, say
from handlers.student.talk import flagged_stranger, heard

router = Router(name="media")
# Telegram's own notes about the chat: nobody wrote them, so nobody waits for an answer
NOTES = frozenset(
    {
        ContentType.PINNED_MESSAGE,
        ContentType.MESSAGE_AUTO_DELETE_TIMER_CHANGED,
        ContentType.CHAT_BACKGROUND_SET,
        ContentType.WRITE_ACCESS_ALLOWED,
        ContentType.CONNECTED_WEBSITE,
    }
)
PLACES = frozenset({ContentType.LOCATION, ContentType.VENUE, ContentType.CONTACT})


@router.message(~F.text)
async def on_media(message: Message, context: Context) -> None:
    """Voice, pictures, stickers, files, places: kindly refused; words that came along go on."""
    if message.content_type in NOTES:
        return
    if context.screened.flagged:
        if context.screened.person_id is None:
            await say(message, flagged_stranger(context))
        return
    if context.screened.message_ids:
        answer = await heard(context)
        text = f"{context.text('media-words-only')}\n\n{answer.text}"
        await say(message, Rendered(text, answer.buttons))
        return
    key = "place-not-passed-on" if message.content_type in PLACES else "media-not-passed-on"
    numbers = row(Button(context.text("button-numbers"), "x:crisis"))
    await say(message, Rendered(context.text(key), (numbers, way_back(context))))


@router.callback_query(~F.data.contains("\x1d"))
async def on_unknown_button(callback: CallbackQuery, context: Context) -> None:
    """A plain button that nothing here knows any more."""
    raise OutdatedAction
