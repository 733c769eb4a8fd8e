"""A bot has one process on a database: the second is told who is in the way."""

from __future__ import annotations

import os

import asyncpg
import pytest
import sqlalchemy as sa

from bot.faults import explain
from storage.bot_locks import BotLocks
from storage.errors import BotRunsElsewhere, StoreDown
from tests.support.outage import bring_back, take_away


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr("storage.bot_locks._PATIENCE_S", 0.5)


@pytest.fixture
async def process(database_url):
    made = []

    def make(*bots, campus="main"):
        made.append(BotLocks(database_url, campus, bots))
        return made[-1]

    yield make
    for locks in made:
        await locks.close()


@pytest.fixture
def served(database_url):
    if database_url.startswith("sqlite"):
        pytest.skip("an embedded database has its lock file")
    return database_url


async def cut_off(url):
    connection = await asyncpg.connect(os.environ["HANDRAIL_TEST_POSTGRES_URL"])
    name = sa.make_url(url).database
    try:
        await connection.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
    finally:
        await connection.close()


async def test_the_second_process_of_a_bot_is_told_who_is_in_the_way(served, process):
    await process("student", "staff").take()
    for bot in ("student", "staff"):
        with pytest.raises(BotRunsElsewhere) as refused:
            await process(bot).take()
        said = explain(refused.value)
        assert f"the {bot} bot" in said and str(os.getpid()) in said


async def test_two_bots_and_two_campuses_stand_side_by_side(process):
    await process("student").take()
    await process("staff").take()
    await process("student", campus="other").take()


async def test_what_was_taken_before_a_refusal_is_let_go(served, process):
    await process("staff").take()
    with pytest.raises(BotRunsElsewhere):
        await process("student", "staff").take()
    await process("student").take()


async def test_whoever_ends_makes_room(served, process):
    first = process("student")
    await first.take()
    await first.take()
    await first.close()
    await process("student").take()


async def test_a_lock_lost_with_its_connection_is_taken_again(served, process):
    first = process("student")
    await first.take()
    await cut_off(served)
    await first.take()
    with pytest.raises(BotRunsElsewhere):
        await process("student").take()


async def test_whoever_came_meanwhile_is_found(served, process):
    first, second = process("student"), process("student")
    await first.take()
    await cut_off(served)
    await second.take()
    with pytest.raises(BotRunsElsewhere):
        await first.take()


async def test_a_database_that_is_away_is_no_other_process(served, process):
    first = process("student")
    await first.take()
    await take_away(served)
    try:
        with pytest.raises(StoreDown):
            await first.take()
    finally:
        await bring_back(served)
    await first.take()


async def test_an_embedded_database_needs_none(tmp_path):
    for _ in range(2):
        locks = BotLocks(f"sqlite:///{tmp_path / 'x.db'}", "main", ["student"])
        await locks.take()
        await locks.close()
