"""A student's words and a case's notes: on tap only, protected, registered, split to fit."""

from __future__ import annotations

import datetime as dt
import html
import uuid

from telegram import Message, Update

from flows.talk import OpenedNotes, OpenedWords
from handlers.rendered import Button, Rendered
from handlers.staff.card import button
from handlers.staff.context import StaffContext
from handlers.staff.screen import answer, edit, pressed_message, rows, send
from handlers.staff.split import cut, emphasize, pack, units
from handlers.staff.wording import Wording, case_mark

# Telegram allows 4096 units after parsing; the marks and the last lines need the rest
PIECE_UNITS = 3000
_TAKEN_BACK_WITHIN = dt.timedelta(hours=48)
MESSAGE_UNITS = 3400


def render_words(opened: OpenedWords, wording: Wording) -> list[str]:
    """The words as messages: who, when, which level, what was flagged in bold."""
    stretches = []
    for words in opened.words:
        mark = wording(
            f"staff-words-{words.direction.replace('_', '-')}",
            at=wording.at(words.sent_at),
            name=html.escape(opened.names.get(words.author_id) or wording("staff-role-counselor")),
            part="" if words.mark else wording(f"staff-part-{words.part}"),
            level=words.level,
            says=wording.level(words.level),
        )
        if words.not_meant:
            mark += wording("staff-words-not-meant")
        if words.undelivered:
            mark += wording("staff-words-undelivered")
        said = wording(f"staff-mark-{words.body}") if words.mark else words.body
        for piece in cut(said, PIECE_UNITS):
            body = emphasize(said, words.spans, piece)
            size = units(said[piece[0] : piece[1]]) + units(mark) + 1
            stretches.append((f"<i>{mark}</i>\n{body}", size))
    return pack(stretches, MESSAGE_UNITS)


def render_notes(opened: OpenedNotes, wording: Wording) -> list[str]:
    """A case's notes, oldest first."""
    stretches = []
    for author, note, at in opened.notes:
        name = author or wording("staff-unnamed")
        mark = wording("staff-note-mark", name=html.escape(name), at=wording.at(at))
        for piece in cut(note, PIECE_UNITS):
            body = emphasize(note, (), piece)
            stretches.append((f"<i>{mark}</i>\n{body}", units(note) + units(mark) + 1))
    return pack(stretches, MESSAGE_UNITS)


async def open_unread(update: Update, context: StaffContext) -> None:
    """[Read] under the discreet notice: what came since, and the talk is open."""
    await _open(update, context, only_unread=True)


async def open_all(update: Update, context: StaffContext) -> None:
    """[Open words]: the last messages of both sides."""
    await _open(update, context, only_unread=False)


async def _open(update: Update, context: StaffContext, *, only_unread: bool) -> None:
    talk, wording = context.services.talk, context.wording
    opened = await talk.open_words(context.me.id, context.hex_id(), only_unread=only_unread)
    case = opened.case_id.hex
    verbs = ["leave", "note", "canned"] if opened.mine else []
    if opened.waiting:
        verbs = ["take"]
    if only_unread:
        verbs.append("words")
    if opened.left:
        verbs.insert(0, "read")
    last = wording(
        "staff-writing-in" if opened.mine else "staff-not-writing", case=case_mark(opened.number)
    )
    nothing = wording("staff-words-nothing-new" if only_unread else "staff-words-none")
    await reveal(
        update, context, opened.case_id,
        title=wording("staff-words-title", case=case_mark(opened.number)),
        texts=render_words(opened, wording) or [nothing],
        last=last,
        buttons=tuple(button(wording, verb, case) for verb in (*verbs, "open")),
        in_place=only_unread,
    )  # fmt: skip
    await talk.words_shown(context.me.id, opened)
    await answer(update)


async def open_notes(update: Update, context: StaffContext) -> None:
    """[Notes]: they speak of the student, so they are guarded like words."""
    case_id, wording = context.hex_id(), context.wording
    opened = await context.services.talk.notes(context.me.id, case_id)
    await reveal(
        update, context, case_id,
        title=wording("staff-notes-title", case=case_mark(opened.number)),
        texts=render_notes(opened, wording) or [wording("staff-notes-none")],
        last=None,
        buttons=(button(wording, "open", case_id.hex),),
        in_place=False,
    )  # fmt: skip
    await answer(update)


async def reveal(
    update: Update,
    context: StaffContext,
    case_id: uuid.UUID,
    *,
    title: str,
    texts: list[str],
    last: str | None,
    buttons: tuple[Button, ...],
    in_place: bool,
) -> None:
    """Show messages that hold words.

    A message is registered for deletion before words come into it: an empty protected message
    is sent, registered, then filled. It costs a request, and a kill in between leaves nothing
    in a chat that the sweep does not know.
    """
    pressed = pressed_message(update)
    for place, text in enumerate(texts):
        ends = place == len(texts) - 1
        whole = "\n\n".join([title, text, *([last] if ends and last else [])])
        filled = Rendered(whole, rows(buttons) if ends else (), protect=True)
        if place == 0 and in_place and _can_be_filled(pressed, context):
            assert pressed is not None
            await context.services.copies.keep(context.me.id, case_id, pressed.message_id)
            if await edit(update, context, pressed.message_id, filled):
                continue
        await _send_guarded(update, context, case_id, filled)


def _can_be_filled(pressed: Message | None, context: StaffContext) -> bool:
    """Telegram lets a bot take a message back within 48 hours of its sending: an older one must
    not hold words."""
    if pressed is None or not pressed.has_protected_content:
        return False
    stays = dt.timedelta(hours=context.services.policy.cases.staff_copies_deleted_after_h)
    return pressed.date + _TAKEN_BACK_WITHIN > context.wording.now + stays


async def _send_guarded(
    update: Update, context: StaffContext, case_id: uuid.UUID, filled: Rendered
) -> None:
    empty = Rendered(context.wording("staff-words-opening"), protect=True, silent=True)
    sent = await send(update, context, empty)
    await context.services.copies.keep(context.me.id, case_id, sent.message_id)
    if not await edit(update, context, sent.message_id, filled):
        # the empty one is gone already: words that nobody sees are worse than words which a kill
        # between these two lines would leave in the chat
        sent = await send(update, context, filled)
        await context.services.copies.keep(context.me.id, case_id, sent.message_id)
