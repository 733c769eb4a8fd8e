"""A lane outlives whatever happens to one of its rows."""

from __future__ import annotations

import asyncio
import uuid

import structlog

from bot import logs
from bot.lanes import Lanes
from storage.errors import StoreDown
from storage.inbox import Stored


async def screen(stored, again):
    return again


def row(number, lane=b"a"):
    return Stored(uuid.uuid4(), "student", number, lane, b"{}", False, 0)


async def test_a_row_that_cannot_even_be_parked_does_not_end_its_chat(monkeypatch):
    monkeypatch.setattr("bot.lanes._WAITS_S", ())
    handled = []

    async def handle(stored, screened):
        if stored.update_id == 1:
            raise LookupError
        handled.append(stored.update_id)

    async def park(stored, reason):
        raise ValueError

    async def stranded(rows):
        raise AssertionError

    lanes = Lanes(screen, handle, park, 2, stranded)
    lanes.put([row(1), row(2)])
    await lanes.drained()
    lanes.put([row(3)])
    await lanes.drained()
    assert handled == [2, 3] and lanes.waiting == 0


async def test_a_row_is_handled_once_however_often_it_is_put():
    gate, handled = asyncio.Event(), []

    async def handle(stored, screened):
        handled.append(stored.update_id)
        await gate.wait()

    async def never(*_):
        raise AssertionError

    lanes = Lanes(screen, handle, never, 2, never)
    first, second = row(1), row(2)
    assert lanes.put([first, second, first]) == 2
    await asyncio.sleep(0)
    # in work, and waiting behind it
    assert lanes.put([first, second]) == 0
    gate.set()
    await lanes.drained()
    # read as waiting just before it ended
    assert lanes.put([first, second, row(3)]) == 1
    await lanes.drained()
    assert handled == [1, 2, 3]


async def test_a_fault_while_the_store_is_away_does_not_end_the_waiting(monkeypatch):
    monkeypatch.setattr("bot.lanes._STORE_WAIT_S", 0.0)
    tries, handled = [], []

    async def handle(stored, screened):
        tries.append(stored.update_id)
        if len(tries) < 3:
            raise StoreDown("gone")
        handled.append(stored.update_id)

    async def never(*_):
        raise AssertionError

    async def stranded(rows):
        raise LookupError

    lanes = Lanes(screen, handle, never, 2, stranded)
    lanes.put([row(1), row(2)])
    await lanes.drained()
    assert handled == [1, 2]


async def test_words_are_screened_though_every_place_is_taken():
    gate, screened, handled = asyncio.Event(), [], []

    async def look(stored, again):
        screened.append((stored.update_id, again))

    async def handle(stored, _):
        await gate.wait()
        handled.append(stored.update_id)

    async def never(*_):
        raise AssertionError

    lanes = Lanes(look, handle, never, 1, never)
    lanes.put([row(1), row(2), row(3, b"b"), row(4, b"c")])
    for _ in range(10):
        await asyncio.sleep(0)
    # in its chat the second waits for the first
    assert screened == [(1, False), (3, False), (4, False)]
    gate.set()
    await lanes.drained()
    assert sorted(handled) == [1, 2, 3, 4]


async def test_a_row_that_is_tried_again_is_screened_again(monkeypatch):
    monkeypatch.setattr("bot.lanes._WAITS_S", (0.0,))
    screened, handled = [], []

    async def look(stored, again):
        screened.append(again)
        if not again:
            raise LookupError
        return "fresh"

    async def handle(stored, found):
        handled.append(found)

    async def never(*_):
        raise AssertionError

    lanes = Lanes(look, handle, never, 1, never)
    lanes.put([row(1)])
    await lanes.drained()
    assert screened == [False, True] and handled == ["fresh"]


def test_a_log_that_cannot_be_written_raises_nothing(monkeypatch):
    class Broken:
        def write(self, _text):
            raise BrokenPipeError

        def flush(self):
            raise ValueError

    monkeypatch.setattr("sys.stderr", Broken())
    before = structlog.get_config()
    try:
        logs.set_up()
        structlog.get_logger("x").error("something")
    finally:
        structlog.configure(**before)
