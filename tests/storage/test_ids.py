"""Keys sort by birth, also where a fast clock was put right before a restart."""

from __future__ import annotations

import time
import uuid

import pytest
import sqlalchemy as sa

from storage import base, consents, opening, outbox, people
from storage.base import Base, new_id
from storage.outbox import Letter
from storage.tables import Person

HOUR_NS = 3600 * 10**9


@pytest.fixture
async def start(database_url, master, clock):
    """Start the process, as it were: whoever had the store lets go, nothing is left in memory."""
    opened = []

    async def again():
        if opened:
            await opened.pop().close()
        base._ticker = base._Ticker()
        opened.append(await opening.open_database(database_url, "main", master, clock.now()))
        return opened[-1]

    before = base._ticker
    yield again
    base._ticker = before
    for database in opened:
        await database.close()


@pytest.fixture
def put_back(monkeypatch):
    """Put the machine's clock back by an hour."""

    def put():
        real = time.time_ns
        monkeypatch.setattr("storage.base.time.time_ns", lambda: real() - HOUR_NS)

    return put


def add(unit, clock):
    return people.add_person(unit, "student", 1, "en", "UTC", clock.now()).id


async def test_the_last_word_on_a_consent_counts(start, put_back, clock):
    def say(action):
        return lambda u: consents.record_consent(u, person, "mood", "1", action, clock.now())

    database = await start()
    person = await database.transact(lambda u: add(u, clock))
    await database.transact(say("given"))
    put_back()
    database = await start()
    await database.transact(say("withdrawn"))
    assert await database.read(lambda u: consents.current_consents(u, person)) == {}


async def test_letters_keep_their_order(start, put_back, clock):
    def write(cause):
        letter = Letter(person_id=person, bot="student", kind="relay", text_key="out", cause=cause)
        return lambda u: outbox.put(u, letter, clock.now())

    database = await start()
    person = await database.transact(lambda u: add(u, clock))
    first = await database.transact(write("first"))
    put_back()
    database = await start()
    await database.transact(write("second"))
    (post,) = await database.transact(
        lambda u: outbox.claim(u, "student", clock.now(), limit=5, busy=())
    )
    assert post.id == first


async def test_a_new_key_is_later_than_any_of_any_table(start, put_back, clock):
    database = await start()
    await database.transact(lambda u: add(u, clock))
    put_back()
    database = await start()
    newest = await database.read(lambda u: u.scalars(sa.select(Person.id)).one())
    assert new_id() > newest


async def test_a_key_that_is_no_instant_moves_nothing(start, clock):
    """Keys of the highest value would push all that follow beyond what they can hold."""
    odd = uuid.UUID(int=(1 << 128) - 1)

    def work(unit):
        row = people.add_person(unit, "student", 1, "en", "UTC", clock.now())
        unit.flush()
        unit.execute(sa.update(Base.metadata.tables["addresses"]).values(id=odd))
        return row.id

    database = await start()
    await database.transact(work)
    await start()
    assert new_id().version == 7
    assert new_id().int >> 80 <= time.time_ns() // 10**6
