"""Fetching updates: offsets, long polls, two pollers, and what a bot never asked for."""

import asyncio
from datetime import timedelta

import pytest
import telegram
from aiogram import Bot
from aiogram.exceptions import TelegramConflictError
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.simulator import Simulator
from tests.bot.simulator.conftest import ANN, BO, TOKEN

WEBHOOK = "https://example.org/hook"


async def words(bot: Bot, **params: int) -> list[str]:
    return [u.message.text or "" for u in await bot.get_updates(**params) if u.message]


async def polling(sim: Simulator) -> None:
    """Wait until a long poll hangs on the server."""
    while not sim.world.wakers:
        await asyncio.sleep(0)


async def test_what_is_not_confirmed_comes_again(aiogram: Bot, sim: Simulator) -> None:
    for text in ("one", "two", "three"):
        await sim.send_text(ANN, TOKEN, text)
    first = await aiogram.get_updates()
    assert [u.update_id - first[0].update_id for u in first] == [0, 1, 2, 3, 4]
    assert await aiogram.get_updates() == first
    assert await words(aiogram, limit=2) == ["/start", "/start"]
    assert await words(aiogram, offset=first[3].update_id) == ["two", "three"]
    # an older offset does not bring back what was confirmed
    assert await words(aiogram, offset=first[0].update_id) == ["two", "three"]
    assert await words(aiogram, offset=-1) == ["three"]
    assert await words(aiogram, offset=first[-1].update_id + 1) == []
    assert sim.pending(TOKEN) == 0


async def test_ptb_confirms_the_same_way(ptb: telegram.Bot, sim: Simulator) -> None:
    updates = await ptb.get_updates()
    assert [u.message.text for u in updates if u.message] == ["/start", "/start"]
    assert await ptb.get_updates(offset=updates[-1].update_id + 1) == ()
    await sim.send_text(BO, TOKEN, "new")
    (new,) = await ptb.get_updates()
    assert new.update_id == updates[-1].update_id + 1


async def test_a_long_poll_is_answered_as_soon_as_somebody_writes(
    aiogram: Bot, sim: Simulator
) -> None:
    await aiogram.get_updates(offset=-1)
    (last,) = await aiogram.get_updates()
    poll = asyncio.create_task(words(aiogram, offset=last.update_id + 1, timeout=50))
    await polling(sim)
    await sim.send_text(ANN, TOKEN, "here")
    assert await asyncio.wait_for(poll, 10) == ["here"]


async def test_a_second_poller_ends_the_first(
    aiogram: Bot, ptb: telegram.Bot, sim: Simulator
) -> None:
    (last,) = await aiogram.get_updates(offset=-1)
    poll = asyncio.create_task(aiogram.get_updates(offset=last.update_id + 1, timeout=50))
    await polling(sim)
    assert await ptb.get_updates(offset=last.update_id + 1, timeout=0) == ()
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await asyncio.wait_for(poll, 10)
    other = asyncio.create_task(ptb.get_updates(offset=last.update_id + 1, timeout=50))
    await polling(sim)
    assert await aiogram.get_updates(timeout=0) == []
    with pytest.raises(telegram.error.Conflict, match="terminated by other getUpdates request"):
        await asyncio.wait_for(other, 10)


async def test_polling_and_a_webhook_exclude_each_other(
    aiogram: Bot, ptb: telegram.Bot, sim: Simulator
) -> None:
    (last,) = await aiogram.get_updates(offset=-1)
    poll = asyncio.create_task(aiogram.get_updates(offset=last.update_id + 1, timeout=50))
    await polling(sim)
    await ptb.set_webhook(WEBHOOK)
    with pytest.raises(TelegramConflictError, match="terminated by setWebhook request"):
        await asyncio.wait_for(poll, 10)
    with pytest.raises(TelegramConflictError, match="while webhook is active"):
        await aiogram.get_updates()
    with pytest.raises(telegram.error.Conflict, match="while webhook is active"):
        await ptb.get_updates()
    await aiogram.delete_webhook()
    assert await aiogram.get_updates() == []


async def test_only_wanted_kinds_are_kept_and_the_list_holds(aiogram: Bot, sim: Simulator) -> None:
    (last,) = await aiogram.get_updates(offset=-1)
    offset = last.update_id + 1
    await aiogram.get_updates(offset=offset, allowed_updates=["edited_message"])
    mine = await sim.send_text(ANN, TOKEN, "not wanted")
    await sim.edit_text(ANN, TOKEN, mine, "wanted")
    (update,) = await aiogram.get_updates(offset=offset)
    assert update.edited_message is not None and update.edited_message.text == "wanted"
    # an empty list brings the default kinds back
    await aiogram.get_updates(offset=update.update_id + 1, allowed_updates=[])
    await sim.send_text(ANN, TOKEN, "again")
    assert await words(aiogram) == ["again"]


async def test_blocking_is_told(aiogram: Bot, sim: Simulator) -> None:
    (last,) = await aiogram.get_updates(offset=-1)
    sim.block(ANN, TOKEN)
    sim.block(ANN, TOKEN)
    sim.block(ANN, TOKEN, blocked=False)
    told = await aiogram.get_updates(offset=last.update_id + 1)
    states = [u.my_chat_member.new_chat_member.status for u in told if u.my_chat_member]
    assert states == ["kicked", "member"]


async def test_a_press_nobody_fetched_in_time_is_gone(aiogram: Bot, sim: Simulator) -> None:
    rows = [[InlineKeyboardButton(text="Go", callback_data="a")]]
    sent = await aiogram.send_message(
        ANN, "x", reply_markup=InlineKeyboardMarkup(inline_keyboard=rows)
    )
    (last,) = await aiogram.get_updates(offset=-1)
    await sim.press(ANN, TOKEN, sent.message_id, "a")
    await sim.send_text(ANN, TOKEN, "stays")
    sim.shift_clock(timedelta(seconds=151))
    assert await words(aiogram, offset=last.update_id + 1) == ["stays"]


async def test_update_ids_start_at_random() -> None:
    starts = set()
    for seed in range(5):
        simulator = Simulator(seed=seed)
        simulator.add_bot(TOKEN, "handrail_bot", "Handrail")
        starts.add(simulator.world.bot(TOKEN).next_update_id)
    assert len(starts) == 5 and min(starts) >= 10**8
