"""Each refusal of Telegram, as both libraries see it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import telegram
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    MessageEntity,
)

from bot.simulator import Simulator
from tests.bot.simulator.conftest import ANN, BO, FORUM, STRANGER, TOKEN, aiogram_bot, people


def markup(data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data=data)]]
    )


def url_button(url: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Go", url=url)]])


def entity(kind: str, offset: int, length: int, url: str | None = None) -> list[MessageEntity]:
    return [MessageEntity(type=kind, offset=offset, length=length, url=url)]


SEND_ERRORS: list[tuple[dict[str, Any], str]] = [
    ({"text": ""}, "message text is empty"),
    ({"text": " \n "}, "message text is empty"),
    ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
    ({"text": "x" * 4097}, "message is too long"),
    ({"text": "😀" * 2049}, "message is too long"),
    ({"text": "x", "parse_mode": "XML"}, "unsupported parse_mode"),
    (
        {"text": "<p>x</p>", "parse_mode": "HTML"},
        'can\'t parse entities: Unsupported start tag "p" at byte offset 0',
    ),
    (
        {"text": "é<br/>x", "parse_mode": "HTML"},
        'can\'t parse entities: Unsupported start tag "br/" at byte offset 2',
    ),
    (
        {"text": "<b>x", "parse_mode": "HTML"},
        "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    ),
    (
        {"text": "<b><i>x</b></i>", "parse_mode": "HTML"},
        'can\'t parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
    ),
    (
        {"text": "x</b>", "parse_mode": "HTML"},
        "can't parse entities: Unexpected end tag at byte offset 1",
    ),
    (
        {"text": "1 < 2", "parse_mode": "HTML"},
        'can\'t parse entities: Unsupported start tag "" at byte offset 2',
    ),
    (
        {"text": "<span>x</span>", "parse_mode": "HTML"},
        'can\'t parse entities: Tag "span" must have class "tg-spoiler" at byte offset 0',
    ),
    (
        {"text": "*x", "parse_mode": "MarkdownV2"},
        "can't parse entities: Can't find end of Bold entity at byte offset 0",
    ),
    (
        {"text": "hello.", "parse_mode": "MarkdownV2"},
        "can't parse entities: Character '.' is reserved and must be escaped "
        "with the preceding '\\'",
    ),
    (
        {"text": "*x", "parse_mode": "Markdown"},
        "can't parse entities: Can't find end of the entity starting at byte offset 0",
    ),
    (
        {"text": "hello", "entities": entity("bold", 100, 1)},
        "entity begins after the end of the text at UTF-16 offset 100",
    ),
    (
        {"text": "hello", "entities": entity("bold", 0, 100)},
        "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100",
    ),
    (
        {"text": "hello", "entities": entity("text_link", 0, 5, "not-a-url")},
        "entity URL 'not-a-url' is invalid: Wrong HTTP URL",
    ),
    ({"text": "x", "reply_markup": markup("d" * 65)}, "BUTTON_DATA_INVALID"),
    ({"text": "x", "reply_markup": markup("心" * 22)}, "BUTTON_DATA_INVALID"),
    (
        {"text": "x", "reply_markup": markup("")},
        "can't parse inline keyboard button: text buttons are unallowed in the inline keyboard",
    ),
    (
        {"text": "x", "reply_markup": url_button("not-a-url")},
        "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL",
    ),
    ({"text": "x", "reply_to_message_id": 5}, "message to be replied not found"),
    ({"text": "x", "message_thread_id": 77}, "message thread not found"),
    ({"text": "x", "chat_id": 999}, "chat not found"),
    ({"text": "x", "chat_id": "@nobody"}, "chat not found"),
]


@pytest.mark.parametrize(("params", "reason"), SEND_ERRORS)
async def test_send_message_is_refused(
    aiogram: Bot, sim: Simulator, params: dict[str, Any], reason: str
) -> None:
    before = len(sim.chat(ANN, TOKEN))
    with pytest.raises(TelegramBadRequest) as refusal:
        await aiogram.send_message(**{"chat_id": ANN, **params})
    assert refusal.value.message == f"Bad Request: {reason}"
    assert len(sim.chat(ANN, TOKEN)) == before
    assert (sim.requests[-1].ok, sim.requests[-1].status) == (False, 400)


@pytest.mark.parametrize(
    "params",
    [
        {"text": "x" * 4096},
        {"text": "<b>" + "x" * 4096 + "</b>", "parse_mode": "HTML"},
        {"text": "😀" * 2048},
        {"text": "x", "reply_markup": markup("d" * 64)},
        {"text": "x", "reply_markup": markup("心" * 21)},
        {"text": "x", "reply_markup": url_button("https://example.org/a?b=c")},
        {"text": "x", "reply_markup": url_button("tg://user?id=5")},
        {"text": "hello", "entities": entity("bold", 4, 1)},
    ],
)
async def test_send_message_is_accepted_at_the_limit(aiogram: Bot, params: dict[str, Any]) -> None:
    assert (await aiogram.send_message(ANN, **params)).message_id


async def test_ptb_sees_the_same_refusals(ptb: telegram.Bot, sim: Simulator) -> None:
    with pytest.raises(telegram.error.BadRequest, match=r"(?i)unsupported start tag"):
        await ptb.send_message(ANN, "<p>x</p>", parse_mode="HTML")
    with pytest.raises(telegram.error.BadRequest, match="Button_data_invalid"):
        rows = [[telegram.InlineKeyboardButton("Go", callback_data="d" * 65)]]
        await ptb.send_message(ANN, "x", reply_markup=telegram.InlineKeyboardMarkup(rows))
    sim.block(ANN, TOKEN)
    with pytest.raises(telegram.error.Forbidden, match="bot was blocked by the user"):
        await ptb.send_message(ANN, "x")


async def test_unreachable_people(aiogram: Bot, sim: Simulator) -> None:
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation"):
        await aiogram.send_message(STRANGER, "x")
    sim.block(ANN, TOKEN)
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await aiogram.send_message(ANN, "x")
    sim.block(ANN, TOKEN, blocked=False)
    assert (await aiogram.send_message(ANN, "x")).text == "x"


async def test_wrong_token_and_method(sim: Simulator) -> None:
    stranger = aiogram_bot(sim, "999:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw")
    with pytest.raises(TelegramUnauthorizedError, match="Unauthorized"):
        await stranger.get_me()
    await stranger.session.close()

    class Nothing(TelegramMethod[bool]):
        __returning__ = bool
        __api_method__ = "getNothing"

    bot = aiogram_bot(sim)
    with pytest.raises(TelegramNotFound, match="method not found"):
        await bot(Nothing())
    await bot.session.close()


async def test_edits(aiogram: Bot, sim: Simulator) -> None:
    sent = await aiogram.send_message(
        ANN, "<b>one</b>", parse_mode="HTML", reply_markup=markup("a")
    )
    theirs = await sim.send_text(ANN, TOKEN, "mine")

    async def refused(call: Awaitable[Any]) -> str:
        with pytest.raises(TelegramBadRequest) as refusal:
            await call
        return refusal.value.message.removeprefix("Bad Request: ")

    def edit(text: str, message_id: int, **more: Any) -> Awaitable[Any]:
        return aiogram.edit_message_text(text, chat_id=ANN, message_id=message_id, **more)

    same = edit("<b>one</b>", sent.message_id, parse_mode="HTML", reply_markup=markup("a"))
    assert (await refused(same)).startswith("message is not modified: specified new message")
    assert await refused(edit("x", sent.message_id + 500)) == "message to edit not found"
    assert await refused(edit("x", theirs)) == "message can't be edited"
    assert await refused(edit("", sent.message_id)) == "message text is empty"
    caption = aiogram.edit_message_caption(chat_id=ANN, message_id=sent.message_id, caption="x")
    assert await refused(caption) == "there is no caption in the message to edit"
    edited = await edit("two", sent.message_id)
    assert edited is not True and edited.reply_markup is None and edited.edit_date
    shown = next(m for m in sim.chat(ANN, TOKEN) if m.id == sent.message_id)
    assert (shown.text, shown.edited, shown.buttons) == ("two", True, [])
    await aiogram.edit_message_reply_markup(
        chat_id=ANN, message_id=sent.message_id, reply_markup=markup("b")
    )
    shown = next(m for m in sim.chat(ANN, TOKEN) if m.id == sent.message_id)
    assert shown.buttons[0][0].data == shown.buttons[0][0]["data"] == "b"


async def test_delete_only_within_48_hours(aiogram: Bot, sim: Simulator) -> None:
    first = await aiogram.send_message(ANN, "one")
    second = await aiogram.send_message(ANN, "two")
    sim.shift_clock(timedelta(hours=47, minutes=59))
    assert await aiogram.delete_message(ANN, first.message_id)
    assert next(m for m in sim.chat(ANN, TOKEN) if m.id == first.message_id).deleted
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await aiogram.delete_message(ANN, first.message_id)
    sim.shift_clock(timedelta(minutes=2))
    with pytest.raises(TelegramBadRequest, match="message can't be deleted for everyone"):
        await aiogram.delete_message(ANN, second.message_id)


async def test_callback_query_gets_too_old(aiogram: Bot, sim: Simulator) -> None:
    sent = await aiogram.send_message(ANN, "x", reply_markup=markup("a"))
    query = await sim.press(ANN, TOKEN, sent.message_id, "a")
    sim.shift_clock(timedelta(seconds=149))
    assert await aiogram.answer_callback_query(query, "hello", show_alert=True)
    assert sim.is_answered(TOKEN, query)
    sim.shift_clock(timedelta(seconds=2))
    for stale in (query, "12345"):
        with pytest.raises(TelegramBadRequest, match="query is too old and response timeout"):
            await aiogram.answer_callback_query(stale)
    assert not any(update.callback_query for update in await aiogram.get_updates())


async def test_media_limits(aiogram: Bot, sim: Simulator) -> None:
    with pytest.raises(TelegramBadRequest, match="file must be non-empty"):
        await aiogram.send_photo(ANN, BufferedInputFile(b"", "a.jpg"))
    with pytest.raises(TelegramBadRequest, match="wrong file identifier/HTTP URL specified"):
        await aiogram.send_photo(ANN, "nonsense")
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await aiogram.send_photo(ANN, BufferedInputFile(b"x", "a.jpg"), caption="c" * 1025)
    with pytest.raises(TelegramBadRequest, match="is too big for a photo"):
        await aiogram.send_photo(ANN, BufferedInputFile(b"x" * (10 * 1024**2 + 1), "a.jpg"))
    await sim.send_media(ANN, TOKEN, "document", b"x", size=20 * 1024**2 + 1, file_name="a.pdf")
    updates = await aiogram.get_updates()
    document = next(u.message.document for u in updates if u.message and u.message.document)
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await aiogram.get_file(document.file_id)
    with pytest.raises(TelegramBadRequest, match="media group must include 2-10 items"):
        photo = InputMediaPhoto(media=BufferedInputFile(b"x", "a.jpg"))
        await aiogram.send_media_group(ANN, [photo])


async def test_protected_content_cannot_be_copied(aiogram: Bot) -> None:
    sent = await aiogram.send_message(ANN, "secret", protect_content=True)
    assert sent.has_protected_content
    with pytest.raises(TelegramBadRequest, match="can't be copied"):
        await aiogram.copy_message(BO, ANN, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="can't be forwarded"):
        await aiogram.forward_message(BO, ANN, sent.message_id)


async def test_topics(aiogram: Bot) -> None:
    with pytest.raises(TelegramBadRequest, match="the chat is not a forum"):
        await aiogram.create_forum_topic(ANN, "Case 1")
    topic = await aiogram.create_forum_topic(FORUM, "Case 1")
    sent = await aiogram.send_message(FORUM, "x", message_thread_id=topic.message_thread_id)
    assert sent.message_thread_id == topic.message_thread_id
    with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
        await aiogram.edit_forum_topic(FORUM, topic.message_thread_id, name="Case 1")
    assert await aiogram.close_forum_topic(FORUM, topic.message_thread_id)


async def _flood(send: Callable[[int], Awaitable[Any]], count: int) -> tuple[int, int]:
    for passed in range(count):
        try:
            await send(passed)
        except TelegramRetryAfter as error:
            return passed, error.retry_after
    return count, 0


async def test_flood_limits() -> None:
    simulator = Simulator(limits=True)
    people(simulator)
    async with simulator:
        await simulator.send_text(ANN, TOKEN, "/start")
        bot = aiogram_bot(simulator)
        assert await _flood(lambda i: bot.send_message(ANN, str(i)), 9) == (3, 1)
        passed, wait = await _flood(lambda i: bot.send_message(FORUM, str(i)), 30)
        assert passed == 20 and 1 <= wait <= 3
        last = simulator.requests[-1]
        assert (last.status, last.description) == (429, f"Too Many Requests: retry after {wait}")
        await bot.session.close()
