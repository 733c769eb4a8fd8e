"""Somebody else polls with our token: both would run on as if healthy, so /readyz says so."""

from __future__ import annotations

import time

import aiohttp

from tests.support import door
from tests.support.service import STUDENT_TOKEN, serve


async def poll_until(service, enough):
    """Another process with the same token, as any bot library polls."""
    url = f"{service.simulator.url}/bot{STUDENT_TOKEN}/getUpdates"
    async with aiohttp.ClientSession() as session:
        for _ in range(100):
            async with session.post(url, json={"timeout": 1}) as answer:
                await answer.read()
            if enough():
                return
    raise AssertionError("they never met")


async def test_readyz_says_so_and_for_how_long_it_lasts(database_url):
    async with serve(database_url) as service, door.opened(service) as asked:
        bots = service.handrail.health.bots
        await service.simulator.wait_for(lambda _: all(b.ready for b in bots.values()), 15)
        assert await asked.get("/readyz") == (200, "ready\n")

        await poll_until(service, lambda: bots["student"].fault)
        status, text = await asked.get("/readyz")
        assert status == 503 and text.startswith("not ready\n")
        (line,) = [line for line in text.splitlines() if line.startswith("student: ")]
        assert "409" in line and "token" in line
        assert "staff: " not in text and STUDENT_TOKEN not in text

        # they take turns: one good answer in between is no recovery
        refused_at = bots["student"].faulted_at
        await service.simulator.wait_for(lambda _: bots["student"].last_good > refused_at, 15)
        assert (await asked.get("/readyz"))[0] == 503
        # alone again for half a minute
        bots["student"].clock = lambda: time.monotonic() + 31
        assert await asked.get("/readyz") == (200, "ready\n")
