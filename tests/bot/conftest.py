"""What the tests share: an operator at the terminal, an office that sends from the database."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot.simulator import Person, Simulator
from flows.clock import MovableClock
from storage.encryption import make_master_key
from tests.support import sweeping
from tests.support.office import KIM, LIN, STUDENTS, TOKENS, Office
from tests.support.terminal import Operator


@pytest.fixture
def operator(monkeypatch, database_url):
    return Operator(monkeypatch, database_url, make_master_key("k1"))


@pytest.fixture
def embedded(monkeypatch, tmp_path, migrated_sqlite):
    """Where the kind of store makes no difference."""
    path = tmp_path / "handrail.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    return Operator(monkeypatch, f"sqlite:///{path}", make_master_key("k1"))


@pytest.fixture
async def office(database):
    """Students and a counselor who started their bots, and senders for both."""
    simulator = Simulator(limits=False, seed=5)
    for bot, token in TOKENS.items():
        simulator.add_bot(token, f"{bot}_bot", bot)
    await simulator.start()
    for person in (*STUDENTS, LIN, KIM):
        bot = "staff" if person in {LIN, KIM} else "student"
        simulator.add_person(Person(person, "P", None, "en", "student", bot, "P"))
        await simulator.send_text(person, TOKENS[bot], "/start")
    # sends take real time, so this clock runs
    made = Office(database, MovableClock(), simulator)
    yield made
    for client in made.clients:
        await client.session.close()
    await simulator.stop()


@pytest.fixture
async def campus(database):
    clock = MovableClock()
    simulator = Simulator(limits=False, seed=5)
    simulator.add_bot(sweeping.TOKEN, "staff_bot", "desk")
    simulator.add_person(Person(LIN, "P", None, "en", "counselor", "staff", "P"))
    await simulator.start()
    await simulator.send_text(LIN, sweeping.TOKEN, "/start")
    client = Bot(
        sweeping.TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(simulator.url))
    )
    made = sweeping.Campus(database, clock, simulator, client)
    yield made
    made.sweeper.stop()
    await client.session.close()
    await simulator.stop()
