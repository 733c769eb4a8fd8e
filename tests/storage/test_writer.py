"""The embedded store's writer outlives those who no longer wait for it."""

from __future__ import annotations

import asyncio
import threading

import pytest

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Closing(asyncio.SelectorEventLoop):
    """Closes just after the writer asked whether it has."""

    in_between = True

    def is_closed(self):
        return super().is_closed() and not self.in_between


async def test_a_loop_that_closes_meanwhile_does_not_end_the_writer(database):
    under_way, closed = threading.Event(), threading.Event()

    def work(unit):
        under_way.set()
        closed.wait(10)

    def leave():
        loop = Closing()
        waiting = loop.create_task(database.transact(work))
        loop.run_until_complete(asyncio.sleep(0))
        assert under_way.wait(10)
        waiting._log_destroy_pending = False
        loop.close()
        closed.set()
        return loop

    loop = await asyncio.to_thread(leave)
    async with asyncio.timeout(10):
        assert await database.transact(lambda unit: "written") == "written"
    loop.in_between = False
