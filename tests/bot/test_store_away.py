"""The database goes away after words are stored, or while Handrail starts: help still comes."""

from __future__ import annotations

import contextlib
import json

import pytest

from bot.running import running
from bot.simulator import Person, Simulator
from bot.wiring import build
from storage import inbox
from storage.inbox import Arrival
from tests.support import outage
from tests.support.service import STAFF_TOKEN, STUDENT_TOKEN, serve, settings_for

ANN = 710_000_001


@contextlib.asynccontextmanager
async def opened(clock, url, person):
    """A Handrail that is built and not started yet."""
    simulator = Simulator(None, limits=False, seed=1)
    simulator.add_bot(STUDENT_TOKEN, "tested_bot", "Tested")
    simulator.add_bot(STAFF_TOKEN, "tested_desk_bot", "Tested desk")
    simulator.add_person(Person(person, "Ann", "ann", "en", "student", "student", "P"))
    simulator.block(person, STUDENT_TOKEN, False)
    await simulator.start()
    try:
        async with build(settings_for(url, simulator.url), clock=clock, lift_limits=True) as built:
            yield simulator, built
    finally:
        await simulator.stop()


@pytest.fixture
async def service(database_url, clock):
    async with serve(database_url, clock, people=(ANN,)) as running_service:
        yield running_service


def update(number, text):
    person = {"id": ANN, "type": "private", "is_bot": False, "first_name": "x"}
    words = {"message_id": number, "date": 1, "chat": person, "from": person, "text": text}
    if text.startswith("/"):
        words["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
    return {"update_id": number, "message": words}


@pytest.mark.parametrize("words", ["/crisis", "I want to kill myself"])
async def test_stored_words_are_answered_when_the_database_goes_before_they_are_handled(
    service, database_url, clock, words
):
    handrail = service.handrail
    await service.write(ANN, "hello")
    await service.answered(ANN)
    await service.quiet()
    updates = [update(9_000_001, "hello"), update(9_000_002, words)]
    arrivals = [Arrival(u["update_id"], b"a" * 16, json.dumps(u).encode()) for u in updates]
    rows = await handrail.database.transact(
        lambda unit: inbox.store(unit, "student", arrivals, clock.now()), beside=True
    )
    await outage.take_away(database_url)
    handrail.lanes["student"].put(rows)
    await service.answered(ANN, 2)
    assert "— — —" in service.texts(ANN)[1]

    await outage.bring_back(database_url)
    await service.quiet()
    assert sum("— — —" in text for text in service.texts(ANN)) == 1


async def test_intake_goes_on_when_the_database_was_away_as_it_began(database_url, clock):
    async with opened(clock, database_url, ANN) as (simulator, built):
        await outage.take_away(database_url)
        async with running(built, publish=False):
            await simulator.send_text(ANN, STUDENT_TOKEN, "hello")
            await simulator.wait_for(lambda _: built.health.store_down, 10)
            assert "database: cannot be reached" in built.health.problems()
            await outage.bring_back(database_url)
            await simulator.wait_for(
                lambda s: any(m.from_bot for m in s.chat(ANN, STUDENT_TOKEN)), 15
            )
            assert not built.health.store_down
