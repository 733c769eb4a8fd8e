"""What is no text: cannot be screened, is not passed on, and both sides are told."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.enums import ContentType
from aiogram.types import CallbackQuery, Message

from flows.errors import FlowError, OutdatedAction, Refusal
from flows.rules.risk import RiskLevel
from handlers.rendered import Button, Rendered
from handlers.student.cards import way_back
from handlers.student.context import Context
from handlers.student.say import row, say
from handlers.student.talk import heard, not_stored

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


# all that is in them is words
ALL_WORDS = frozenset({ContentType.POLL, ContentType.CHECKLIST})
# what a counselor is told was sent; anything else is "other"
SENT_AS = {
    ContentType.PHOTO: "photo",
    ContentType.VIDEO: "video",
    ContentType.VIDEO_NOTE: "video",
    ContentType.ANIMATION: "video",
    ContentType.VOICE: "voice",
    ContentType.AUDIO: "voice",
    ContentType.STICKER: "sticker",
    ContentType.DOCUMENT: "document",
    ContentType.LOCATION: "place",
    ContentType.VENUE: "place",
    ContentType.CONTACT: "contact",
}


@router.message(~F.text)
async def on_media(message: Message, context: Context) -> None:
    """Voice, pictures, stickers, files, places: kindly refused; words that came along go on.

    Whoever reads an open case sees that something was sent.
    """
    if message.content_type in NOTES:
        return
    heard_of = context.screened.level is not RiskLevel.NONE or context.screened.other_in_danger
    if context.screened.person_id is None and heard_of:
        await say(message, await not_stored(context))
        return
    kind = ContentType(message.content_type)
    sent = None if kind in ALL_WORDS else SENT_AS.get(kind, "other")
    numbers = row(Button(context.text("button-numbers"), "x:crisis"))
    if context.screened.flagged:
        if sent is not None:
            await _note(context, sent)
            await say(message, Rendered(context.text("media-words-only"), (numbers,)))
        return
    if context.screened.message_ids:
        answer = await heard(context, sent=sent)
        parts = [context.text("media-words-only"), answer.text]
        if context.screened.other_in_danger:
            parts.reverse()  # the emergency number first
        text = "\n\n".join(parts)
        await say(message, Rendered(text, answer.buttons))
        return
    noted = sent is not None and await _note(context, sent)
    if message.content_type in PLACES:
        key = "place-noted" if noted else "place-not-passed-on"
    else:
        key = "media-noted" if noted else "media-not-passed-on"
    await say(message, Rendered(context.text(key), (numbers, way_back(context))))


async def _note(context: Context, sent: str) -> bool:
    """Whether somebody is there to see that something was sent."""
    if context.screened.person_id is None:
        return False
    try:
        await context.services.help.note_sent(
            context.student.id, sent, context.screened, context.update_ref
        )
    except FlowError as refusal:
        if refusal.reason is not Refusal.NO_CASE:
            raise
        return False
    return True


@router.callback_query(~F.data.contains("\x1d"))
async def on_unknown_button(callback: CallbackQuery, context: Context) -> None:
    """A plain button that nothing here knows any more."""
    raise OutdatedAction
