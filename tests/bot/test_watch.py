"""What watches over the sweeps and the bots: it is seen, and told, when they stop."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace

import pytest

from bot.health import BotHealth, Health
from bot.intake import Poller, _Refused
from bot.watch import look
from tests.support import door
from tests.support.service import serve

ANN = 710_000_001


@pytest.mark.parametrize(
    ("every_s", "after_s", "overdue"),
    [(0, 299, []), (0, 300, ["page"]), (600, 899, []), (600, 900, ["page"])],
)
def test_five_minutes_beyond_its_time_a_sweep_is_overdue(every_s, after_s, overdue):
    now = [1000.0]
    health = Health(clock=lambda: now[0])
    health.beat("page", every_s)
    now[0] += after_s
    assert health.overdue() == overdue
    health.beat("page", every_s)
    assert health.overdue() == []


class Pings:
    def __init__(self, handrail, monkeypatch):
        self.kinds = []
        monkeypatch.setattr(handrail.pager, "operator_ping", self.ping)

    async def ping(self, kind, again_s=0.0):
        self.kinds.append(kind)


async def test_a_sweep_that_always_fails_is_named_and_the_operator_is_told(
    database_url, clock, monkeypatch
):
    async with serve(database_url, clock) as service, door.opened(service) as asked:
        health, sweeper = service.handrail.health, service.handrail.sweeper
        pings = Pings(service.handrail, monkeypatch)

        async def fails():
            raise LookupError

        bots = health.bots.values()
        await service.simulator.wait_for(lambda _: all(b.ready for b in bots), 15)
        sweeper._jobs["page"] = (5, fails)
        sweeper.scheduler.pause()
        assert await asked.get("/readyz") == (200, "ready\n")
        # six minutes on, and everything but this one has come by
        health._clock = lambda: time.monotonic() + 360
        await sweeper.sweep_once()
        for delivery in service.handrail.deliveries.values():
            delivery.wake()
        await service.simulator.wait_for(lambda _: len(health.overdue()) == 1, 10)
        status, text = await asked.get("/readyz")
        assert status == 503
        assert text == "not ready\npage: has not succeeded for 5 minutes\n"
        found = await look(service.handrail, set())
        assert pings.kinds == []
        found = await look(service.handrail, found)
        assert pings.kinds == ["sweep_overdue"]


async def test_a_sender_that_has_ended_is_named(database_url, clock):
    async with serve(database_url, clock) as service:
        health = service.handrail.health
        health._clock = lambda: time.monotonic() + 360
        assert {"student sender", "staff sender"} <= set(health.overdue())
        await service.simulator.wait_for(lambda _: "staff sender" not in health.overdue(), 10)


@pytest.mark.parametrize("code", [401, 404, 409])
async def test_a_refusal_that_no_waiting_mends_is_for_the_operator(monkeypatch, code):
    health = Health()
    health.bots = {"student": BotHealth(polling=True)}

    async def poll(self, session, offset):
        if health.bots["student"].fault:
            raise asyncio.CancelledError
        raise _Refused({"error_code": code})

    async def no_wait(_seconds):
        pass

    monkeypatch.setattr(Poller, "_poll", poll)
    monkeypatch.setattr("bot.intake.asyncio.sleep", no_wait)
    intake = SimpleNamespace(bot="student")
    with pytest.raises(asyncio.CancelledError):
        await Poller(intake, "http://x", "t", health.bots["student"], 1).run()
    assert health.for_operator() == {"bot_refused"}
    health.bots["student"].bad("Telegram cannot be reached")
    assert health.for_operator() == set()


async def test_telegrams_side_of_a_webhook_is_shown_without_its_words(database_url, clock):
    hook = {"mode": "webhook", "webhook_url": "http://127.0.0.1:9/telling"}
    async with (
        serve(database_url, clock, people=(ANN,), intake=hook, webhook_secret="s") as service,
        door.opened(service) as asked,
    ):
        await service.simulator.wait_for(
            lambda s: all(bot.webhook for bot in s.world.bots.values()), 10
        )
        await service.write(ANN, "hello")
        await service.simulator.wait_for(
            lambda s: any(bot.webhook.last_error for bot in s.world.bots.values()), 10
        )
        await look(service.handrail, set())
        _, text = await asked.get("/readyz")
        assert "student webhook: 1 pending, Telegram names an error\n" in text
        assert "staff webhook: 0 pending\n" in text and "telling" not in text
