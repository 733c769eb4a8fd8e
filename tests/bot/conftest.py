"""What the tests of sending share: an office that sends from the test's database."""

from __future__ import annotations

import pytest

from bot.simulator import Person, Simulator
from flows.clock import MovableClock
from tests.support.office import KIM, LIN, STUDENTS, TOKENS, Office


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
