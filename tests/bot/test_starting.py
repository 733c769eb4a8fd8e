"""Starting while Telegram, or something of ours, does not play along: it is tried again."""

from __future__ import annotations

import asyncio

import pytest

from bot import lanes
from bot.intake import Intake
from bot.simulator import Faults
from storage import inbox
from tests.support.late import free_port
from tests.support.phone import KeyTexts
from tests.support.service import STAFF_TOKEN, STUDENT_TOKEN, serve

ANN, LIN = 710_000_001, 720_000_001
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def webhook(database_url, clock):
    """A service that Telegram posts its updates to."""

    def started(**more):
        port = free_port()
        intake = {
            "mode": "webhook",
            "webhook_url": f"http://127.0.0.1:{port}",
            "listen_port": port,
        }
        return serve(
            database_url,
            clock,
            people=(ANN,),
            staff=(LIN,),
            intake=intake,
            webhook_secret="the-secret",
            **more,
        )

    return started


def refused(simulator, method, token):
    return [
        r
        for r in simulator.requests
        if r.method == method and r.token == token and r.status == 500
    ]


async def test_a_webhook_that_cannot_be_set_yet_ends_nothing(webhook):
    away = Faults(p_500=1.0, methods={"setWebhook"})
    async with webhook(faults=away) as service:
        simulator, health = service.simulator, service.handrail.health
        for token in (STUDENT_TOKEN, STAFF_TOKEN):
            await simulator.wait_for(lambda s, t=token: len(refused(s, "setWebhook", t)) > 1, 20)
        assert "webhook cannot be set" in " ".join(health.problems())
        simulator.faults = Faults()
        await service.write(ANN, "/crisis")
        await service.answered(ANN)


async def test_a_counselor_who_is_early_is_answered_once_the_bot_has_started(webhook, monkeypatch):
    monkeypatch.setattr("bot.wiring.Texts", KeyTexts)
    monkeypatch.setattr(lanes, "_WAITS_S", (0.0, 0.0))
    async with webhook(faults=Faults(p_500=1.0, methods={"getMe"})) as service:
        simulator, handrail = service.simulator, service.handrail
        await service.write(LIN, "/start", STAFF_TOKEN)
        await simulator.wait_for(lambda s: not s.pending(STAFF_TOKEN), 10)
        seen = len(refused(simulator, "getMe", STAFF_TOKEN))
        await simulator.wait_for(lambda s: len(refused(s, "getMe", STAFF_TOKEN)) > seen, 20)
        assert handrail.health.parked == 0
        assert handrail.lanes["staff"].waiting == 1
        simulator.faults = Faults()
        await service.answered(LIN, token=STAFF_TOKEN)


async def test_what_was_left_is_handed_over_after_a_fault_of_ours(
    database_url, clock, monkeypatch
):
    begin, faults = Intake.resume, []

    async def resume(self):
        if self.bot == "student" and not faults:
            arrival = inbox.Arrival(7, b"l" * 16, b'{"update_id": 7}')
            await self._database.transact(
                lambda unit: inbox.store(unit, "student", [arrival], clock.now()), beside=True
            )
            faults.append(LookupError)
            raise LookupError
        await begin(self)

    monkeypatch.setattr(Intake, "resume", resume)
    async with serve(database_url, clock) as service, asyncio.timeout(10):
        # nobody writes
        database = service.handrail.database
        while not faults or await database.read(lambda unit: inbox.waiting(unit, "student")):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("method", ["setMyCommands", "setMyDescription"])
async def test_what_telegram_did_not_take_is_published_later(database_url, clock, method):
    away = Faults(p_500=1.0, methods={method})
    async with serve(database_url, clock, publish=True, faults=away) as service:
        simulator = service.simulator
        await simulator.wait_for(lambda s: len(refused(s, method, STUDENT_TOKEN)) > 1, 20)
        simulator.faults = Faults()
        student, desk = simulator.world.bot(STUDENT_TOKEN), simulator.world.bot(STAFF_TOKEN)
        await simulator.wait_for(
            lambda _: student.commands and student.description and desk.commands, 20
        )
        # what was taken is not sent again: Telegram lets a bot change its name seldom
        names = [r for r in simulator.requests if r.method == "setMyName"]
        assert len(names) == 2
