"""Commands a person sees, pins, deletes, edits in the app, files, protected content."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import telegram
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    BufferedInputFile,
)

from bot.simulator import Simulator, SimulatorError
from bot.simulator.limits import FloodLimits
from bot.simulator.methods.profile import commands_for
from tests.bot.simulator.conftest import ANN, BO, FORUM, STRANGER, TOKEN, aiogram_bot, people

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4
HOURS_48 = timedelta(hours=48, seconds=1)


def commands(*names: str) -> list[BotCommand]:
    return [BotCommand(command=name, description=name) for name in names]


def seen(sim: Simulator, person: int) -> list[str]:
    found = commands_for(sim.world.bot(TOKEN), sim.world.person(person))
    return [command["command"] for command in found]


async def test_the_narrowest_scope_and_language_win(aiogram: Bot, sim: Simulator) -> None:
    await aiogram.set_my_commands(commands("default"), BotCommandScopeDefault())
    assert seen(sim, ANN) == seen(sim, BO) == ["default"]
    await aiogram.set_my_commands(commands("zh"), BotCommandScopeDefault(), language_code="zh")
    assert (seen(sim, ANN), seen(sim, BO)) == (["default"], ["zh"])
    await aiogram.set_my_commands(commands("private"), BotCommandScopeAllPrivateChats())
    assert seen(sim, ANN) == seen(sim, BO) == ["private"]
    await aiogram.set_my_commands(commands("mine"), BotCommandScopeChat(chat_id=BO))
    assert (seen(sim, ANN), seen(sim, BO)) == (["private"], ["mine"])
    await aiogram.delete_my_commands(BotCommandScopeChat(chat_id=BO))
    assert seen(sim, BO) == ["private"]
    # what is read is exactly one scope and language, not what a person sees
    assert await aiogram.get_my_commands(BotCommandScopeChat(chat_id=BO)) == []


async def test_wrong_commands_are_refused(aiogram: Bot, ptb: telegram.Bot) -> None:
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await aiogram.set_my_commands(commands("Menu"))
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await aiogram.set_my_commands(commands("a"), BotCommandScopeChat(chat_id=STRANGER))
    with pytest.raises(telegram.error.BadRequest, match="Bot_command_description_invalid"):
        await ptb.set_my_commands([("menu", "d" * 257)])
    with pytest.raises(telegram.error.BadRequest, match="language code"):
        await ptb.set_my_commands([("menu", "d")], language_code="zh-hans")


async def test_pins(aiogram: Bot, ptb: telegram.Bot, sim: Simulator) -> None:
    first = await aiogram.send_message(ANN, "one")
    second = await aiogram.send_message(ANN, "two")
    for message in (first, second):
        assert await aiogram.pin_chat_message(ANN, message.message_id)
    chat = await ptb.get_chat(ANN)
    assert chat.pinned_message is not None and chat.pinned_message.text == "two"
    assert await ptb.unpin_chat_message(ANN)
    assert [m.text for m in sim.chat(ANN, TOKEN) if m.pinned] == ["one"]
    assert await aiogram.delete_message(ANN, first.message_id)
    assert (await ptb.get_chat(ANN)).pinned_message is None
    with pytest.raises(TelegramBadRequest, match="message to pin not found"):
        await aiogram.pin_chat_message(ANN, first.message_id)
    with pytest.raises(telegram.error.BadRequest, match="essage to unpin not found"):
        await ptb.unpin_chat_message(ANN)
    sim.block(ANN, TOKEN)
    with pytest.raises(TelegramForbiddenError):
        await aiogram.pin_chat_message(ANN, second.message_id)


async def test_deleting_many_is_all_or_nothing(
    aiogram: Bot, ptb: telegram.Bot, sim: Simulator
) -> None:
    old = await aiogram.send_message(ANN, "old")
    sim.shift_clock(HOURS_48)
    new = await aiogram.send_message(ANN, "new")
    theirs = await sim.send_text(ANN, TOKEN, "theirs")
    with pytest.raises(TelegramBadRequest, match="can't be deleted for everyone"):
        await aiogram.delete_messages(ANN, [new.message_id, old.message_id])
    assert not any(m.deleted for m in sim.chat(ANN, TOKEN))
    # a bot may delete what the person wrote; what is gone already is passed over
    assert await ptb.delete_messages(ANN, [new.message_id, theirs, 999_999])
    assert [m.text for m in sim.chat(ANN, TOKEN) if m.deleted] == ["new", "theirs"]
    with pytest.raises(telegram.error.BadRequest, match="oo many message identifiers"):
        await ptb.delete_messages(ANN, list(range(1, 102)))


async def test_a_bot_edits_its_own_message_however_old(aiogram: Bot, sim: Simulator) -> None:
    sent = await aiogram.send_message(ANN, "one")
    sim.shift_clock(timedelta(days=30))
    await aiogram.edit_message_text("two", chat_id=ANN, message_id=sent.message_id)
    await aiogram.delete_message(ANN, (await aiogram.send_message(ANN, "three")).message_id)
    assert [m.text for m in sim.chat(ANN, TOKEN) if m.from_bot and not m.deleted] == ["two"]


async def test_what_an_app_does_not_let_a_person_do(aiogram: Bot, sim: Simulator) -> None:
    mine = await sim.send_text(ANN, TOKEN, "mine")
    theirs = await aiogram.send_message(ANN, "theirs")
    await aiogram.get_updates(offset=-1)

    async def refused(code: str, action) -> None:
        with pytest.raises(SimulatorError) as refusal:
            await action
        assert refusal.value.code == code

    await refused("empty", sim.send_text(ANN, TOKEN, " \n"))
    await refused("too_long", sim.send_text(ANN, TOKEN, "😀" * 2049))
    await refused("too_long", sim.edit_text(ANN, TOKEN, mine, "x" * 4097))
    await refused("gone", sim.edit_text(ANN, TOKEN, theirs.message_id, "x"))
    await refused("gone", sim.press(ANN, TOKEN, theirs.message_id, "none"))
    await aiogram.delete_message(ANN, theirs.message_id)
    await refused("gone", sim.send_text(ANN, TOKEN, "x", reply_to=theirs.message_id))
    await sim.edit_text(ANN, TOKEN, mine, "mine")
    assert not sim.chat(ANN, TOKEN)[1].edited
    sim.shift_clock(HOURS_48)
    await refused("too_old", sim.edit_text(ANN, TOKEN, mine, "x"))
    sim.block(ANN, TOKEN)
    await refused("blocked", sim.send_text(ANN, TOKEN, "x"))
    # half a character leaves the app as a replacement character, so every bot can read it
    await sim.send_text(BO, TOKEN, "a\ud83d")
    assert (await aiogram.get_updates())[-1].message.text == "a\ufffd"


async def test_a_file_makes_the_whole_round(
    aiogram: Bot, ptb: telegram.Bot, sim: Simulator
) -> None:
    await sim.send_media(ANN, TOKEN, "photo", JPEG, caption="see")
    (update,) = await aiogram.get_updates(offset=-1)
    assert update.message is not None and update.message.photo is not None
    file_id = update.message.photo[-1].file_id
    stream = await aiogram.download(file_id)
    assert stream is not None and stream.read() == JPEG
    assert bytes(await (await ptb.get_file(file_id)).download_as_bytearray()) == JPEG
    again = await ptb.send_photo(BO, file_id, caption="c" * 1024)
    assert sim.chat(BO, TOKEN)[-1].file == JPEG and again.photo[-1].file_id == file_id
    with pytest.raises(telegram.error.BadRequest, match="type photo as voice"):
        await ptb.send_voice(BO, file_id)
    with pytest.raises(TelegramBadRequest, match="IMAGE_PROCESS_FAILED"):
        await aiogram.send_photo(BO, BufferedInputFile(b"no picture", "a.jpg"))


async def test_20_mb_are_refused_at_get_file(
    aiogram: Bot, ptb: telegram.Bot, sim: Simulator
) -> None:
    limit = 20 * 1024**2
    for size in (limit, limit + 1):
        await sim.send_media(ANN, TOKEN, "document", b"x", size=size, file_name="a.pdf")
    *_, fits, too_big = [u.message for u in await aiogram.get_updates() if u.message]
    assert fits.document and too_big.document
    assert (await aiogram.get_file(fits.document.file_id)).file_size == limit
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await aiogram.get_file(too_big.document.file_id)
    with pytest.raises(telegram.error.BadRequest, match="ile is too big"):
        await ptb.get_file(too_big.document.file_id)


async def test_ptb_cannot_pass_protected_content_on(ptb: telegram.Bot) -> None:
    sent = await ptb.send_message(ANN, "secret", protect_content=True)
    assert sent.has_protected_content
    with pytest.raises(telegram.error.BadRequest, match="can't be forwarded"):
        await ptb.forward_message(BO, ANN, sent.message_id)
    plain = await ptb.send_message(ANN, "plain")
    copied = await ptb.copy_message(BO, ANN, plain.message_id, protect_content=True)
    with pytest.raises(telegram.error.BadRequest, match="can't be copied"):
        await ptb.copy_message(ANN, BO, copied.message_id)


@pytest.fixture
async def limited() -> AsyncIterator[Simulator]:
    """Limits on, over a clock that stands unless the test moves it."""
    simulator = Simulator(limits=True)
    people(simulator)
    simulator.ticks = 0.0
    limits = FloodLimits(lambda: simulator.ticks)
    simulator.world.limits[simulator.world.bot(TOKEN).id] = limits
    async with simulator:
        for person in range(2000, 2040):
            simulator.add_person(type(simulator.world.person(ANN))(person, "P"))
            await simulator.send_text(person, TOKEN, "/start")
        await simulator.send_text(ANN, TOKEN, "/start")
        yield simulator


async def waits(call) -> int:
    """Return the retry_after of a call, 0 when it passes."""
    try:
        await call
    except (TelegramRetryAfter, telegram.error.RetryAfter) as refusal:
        after = refusal.retry_after
        return int(after.total_seconds() if isinstance(after, timedelta) else after)
    return 0


async def test_one_chat_gets_three_at_once_then_one_a_second(limited: Simulator) -> None:
    bot = aiogram_bot(limited)
    assert [await waits(bot.send_message(ANN, "x")) for _ in range(5)] == [0, 0, 0, 1, 1]
    limited.ticks += 0.99
    assert await waits(bot.send_message(ANN, "x")) == 1
    limited.ticks += 0.01
    assert [await waits(bot.send_message(ANN, "x")) for _ in range(2)] == [0, 1]
    # an edit draws on the overall limit only
    sent = limited.chat(ANN, TOKEN)[-1]
    assert await waits(bot.edit_message_text("y", chat_id=ANN, message_id=sent.id)) == 0
    await bot.session.close()


async def test_thirty_a_second_in_all(limited: Simulator) -> None:
    bot = aiogram_bot(limited)
    answers = [await waits(bot.send_message(person, "x")) for person in range(2000, 2032)]
    assert answers == [0] * 30 + [1] * 2
    limited.ticks += 1
    assert await waits(bot.send_message(2031, "x")) == 0
    await bot.session.close()


async def test_twenty_a_minute_in_a_group(
    limited: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    async with telegram.Bot(
        TOKEN, base_url=f"{limited.url}/bot", base_file_url=f"{limited.url}/file/bot"
    ) as bot:
        answers = [await waits(bot.send_message(FORUM, "x")) for _ in range(21)]
        assert answers == [0] * 20 + [3]
        limited.ticks += 3
        assert [await waits(bot.send_message(FORUM, "x")) for _ in range(2)] == [0, 3]
