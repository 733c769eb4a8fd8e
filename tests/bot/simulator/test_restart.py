"""What a folder keeps: chats, counters, blocks, files and settings outlive the process."""

import json
from pathlib import Path

import pytest
from aiogram.types import BotCommand, BufferedInputFile

from bot.simulator import Simulator, SimulatorError
from tests.bot.simulator.conftest import ANN, BO, FORUM, TOKEN, aiogram_bot, people

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


async def first_run(folder: Path) -> tuple[int, int]:
    """Fill a folder; returns the newest update id and message id."""
    simulator = Simulator(folder, limits=False)
    people(simulator)
    async with simulator:
        for person in (ANN, BO):
            await simulator.send_text(person, TOKEN, "/start")
        bot = aiogram_bot(simulator)
        sent = await bot.send_photo(ANN, BufferedInputFile(PNG, "a.png"), caption="picture")
        await bot.pin_chat_message(ANN, sent.message_id)
        await bot.set_my_commands([BotCommand(command="menu", description="Menu")])
        await bot.create_forum_topic(FORUM, "Case 1")
        updates = await bot.get_updates()
        await bot.get_updates(offset=updates[0].update_id + 1)
        await bot.session.close()
        simulator.block(BO, TOKEN)
    return updates[-1].update_id + 1, sent.message_id


async def test_a_restart_goes_on_where_it_stood(tmp_path: Path) -> None:
    update_id, message_id = await first_run(tmp_path)
    simulator = Simulator(tmp_path, limits=False)
    simulator.add_bot(TOKEN, "handrail_bot", "Handrail", key="student")
    async with simulator:
        shown = simulator.chat(ANN, TOKEN)[-1]
        assert (shown.id, shown.text, shown.file, shown.pinned) == (
            message_id,
            "picture",
            PNG,
            True,
        )
        bot = aiogram_bot(simulator)
        # the unconfirmed wait, the confirmed stays confirmed
        waiting = await bot.get_updates()
        assert [u.event_type for u in waiting] == ["message", "my_chat_member"]
        assert waiting[-1].update_id == update_id
        assert await simulator.send_text(ANN, TOKEN, "more") == message_id + 1
        (*_, newest) = await bot.get_updates()
        assert newest.update_id == update_id + 1
        assert [c.command for c in await bot.get_my_commands()] == ["menu"]
        assert simulator.world.bot(TOKEN).chats[BO].blocked
        assert [t["name"] for t in simulator.world.groups[FORUM].topics.values()] == ["Case 1"]
        await bot.session.close()


async def test_a_kill_never_makes_an_update_id_twice(tmp_path: Path) -> None:
    simulator = Simulator(tmp_path, limits=False)
    people(simulator)
    async with simulator:
        await simulator.send_text(ANN, TOKEN, "/start")
        simulator.save()
        saved = (tmp_path / "simulator.json").read_bytes()
        used = {await simulator.send_text(ANN, TOKEN, "not saved yet") for _ in range(50)}
        last = simulator.world.bot(TOKEN).next_update_id - 1
    # what a kill leaves: the file of a moment before, not the one written at the end
    (tmp_path / "simulator.json").write_bytes(saved)
    after = Simulator(tmp_path, limits=False).world.bot(TOKEN)
    assert after.next_update_id > last
    assert after.last_message_id + 1 not in used


async def test_a_folder_of_another_version_is_named(tmp_path: Path) -> None:
    (tmp_path / "simulator.json").write_text(json.dumps({"version": 1}), encoding="utf-8")
    with pytest.raises(SimulatorError, match=r"simulator\.json"):
        Simulator(tmp_path)
