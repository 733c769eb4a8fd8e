"""How the service ends: what it has answered is finished, so the next start repeats nothing."""

from __future__ import annotations

import asyncio
import dataclasses
import uuid

import pytest

from bot.wiring import build
from storage import inbox, opening
from storage.encryption import MasterKeys
from storage.errors import AlreadyRunning, BotRunsElsewhere
from tests.support.service import serve

ANN = 710_000_001


async def test_what_was_answered_is_finished_before_the_end(database_url, clock, monkeypatch):
    monkeypatch.setattr("bot.worker._GATHER_S", 0.5)
    async with serve(database_url, clock, people=(ANN,)) as service:
        await service.write(ANN, "/start")
        await service.answered(ANN)
    master = MasterKeys.parse(service.settings.keys)
    database = await opening.open_database(database_url, "main", master, clock.now())
    try:
        assert await database.read(lambda unit: inbox.waiting(unit, "student")) == []
    finally:
        await database.close()


async def test_what_does_not_finish_is_left_for_the_next_start(database_url, clock, monkeypatch):
    monkeypatch.setattr("bot.running._DRAIN_WITHIN_S", 0.0)
    left = []
    async with serve(database_url, clock, people=(ANN,)) as service:
        lanes = service.handrail.lanes["student"]

        async def handle(row, read):
            left.append(row)
            await asyncio.Event().wait()

        lanes._handle = handle
        await service.write(ANN, "/crisis")
        await service.simulator.wait_for(lambda _: left, 10)
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "lane"]
    # a webhook may still bring some: they are stored
    assert lanes.put([dataclasses.replace(left[0], id=uuid.uuid4())]) == 0
    assert service.texts(ANN) == []
    master = MasterKeys.parse(service.settings.keys)
    database = await opening.open_database(database_url, "main", master, clock.now())
    try:
        (waiting,) = await database.read(lambda unit: inbox.waiting(unit, "student"))
        assert waiting.id == left[0].id
    finally:
        await database.close()


async def test_the_parked_are_counted_from_the_store(database_url, clock):
    """Those of an earlier run, and of another process, count too."""
    async with serve(database_url, clock) as service:
        database, health = service.handrail.database, service.handrail.health
        arrival = inbox.Arrival(7, b"l" * 16, b"{}")
        (row,) = await database.transact(
            lambda unit: inbox.store(unit, "staff", [arrival], clock.now()), beside=True
        )
        await database.transact(
            lambda unit: inbox.park(unit, row.id, "ValueError", 3), beside=True
        )
        await service.handrail.sweeper.sweep_once()
        assert health.parked == 1
        assert b"handrail_parked 1.0" in health.metrics()


async def test_a_second_process_of_a_bot_does_not_start_beside_the_first(
    database_url, clock, monkeypatch
):
    """It would send again what the first has under way."""
    monkeypatch.setattr("storage.bot_locks._PATIENCE_S", 0.0)
    async with serve(database_url, clock) as service:
        with pytest.raises((AlreadyRunning, BotRunsElsewhere)):
            async with build(service.settings, bots=("staff",)):
                raise AssertionError
    # and there is room once it has ended
    monkeypatch.setattr("storage.bot_locks._PATIENCE_S", 5.0)
    async with serve(database_url, clock, keys=service.settings.keys):
        pass
