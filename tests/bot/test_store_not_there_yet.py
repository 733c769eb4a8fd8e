"""PostgreSQL is down when Handrail starts: help comes all the same, and the rest once it is up."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import signal
import sys

import aiohttp
import pytest
import sqlalchemy as sa

from bot.running import running
from bot.settings import ROOT
from bot.simulator import Person, Simulator
from bot.tasks import spawn, stop
from bot.wiring import build
from storage.encryption import make_master_key
from storage.errors import StoreRefused
from tests.support.late import LateServer, free_port
from tests.support.service import STAFF_TOKEN, STUDENT_TOKEN, settings_for

ANN, BEN = 710_000_001, 710_000_002


@pytest.fixture
async def simulator():
    made = Simulator(None, limits=False, seed=1)
    made.add_bot(STUDENT_TOKEN, "tested_bot", "Tested")
    made.add_bot(STAFF_TOKEN, "tested_desk_bot", "Tested desk")
    for person in (ANN, BEN):
        made.add_person(Person(person, "Ann", "ann", "en", "student", "student", "P"))
        made.block(person, STUDENT_TOKEN, False)
    await made.start()
    yield made
    await made.stop()


def listening_at(settings, port):
    intake = settings.tuned.intake.model_copy(update={"listen_port": port})
    return dataclasses.replace(
        settings, tuned=settings.tuned.model_copy(update={"intake": intake})
    )


async def readyz(port):
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/readyz") as answer,
    ):
        return answer.status, await answer.text()


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_cries_for_help_are_answered_and_everything_else_once_it_is_up(
    database_url, clock, simulator
):
    server, port, started = LateServer(database_url), free_port(), asyncio.Event()
    settings = listening_at(settings_for(server.url, simulator.url), port)

    async def handrail():
        async with (
            build(settings, clock=clock, lift_limits=True) as built,
            running(built, publish=False),
        ):
            started.set()
            await asyncio.Event().wait()

    def texts(person):
        return [m.text for m in simulator.chat(person, STUDENT_TOKEN) if m.from_bot]

    whole = spawn(handrail(), "handrail")
    try:
        await simulator.send_text(BEN, STUDENT_TOKEN, "hello")
        await simulator.send_text(ANN, STUDENT_TOKEN, "/crisis")
        await simulator.wait_for(lambda _: texts(ANN), 20)
        assert "— — —" in texts(ANN)[0] and texts(BEN) == []
        status, text = await readyz(port)
        assert status == 503 and "database: cannot be reached" in text

        await server.comes_up()
        await simulator.wait_for(lambda _: len(texts(ANN)) == 2 and texts(BEN), 30)
        assert started.is_set()
        assert sum("— — —" in text for text in texts(ANN)) == 1
        assert "database" not in (await readyz(port))[1]
    finally:
        await stop(whole)
        await server.close()


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_database_that_does_not_exist_is_said_at_once(database_url, clock, simulator):
    wrong = sa.make_url(database_url).set(database="nobody_made_this")
    settings = settings_for(wrong.render_as_string(hide_password=False), simulator.url)
    with pytest.raises(StoreRefused):
        async with build(settings, clock=clock):
            pass


async def test_told_to_stop_while_it_waits_it_stops(simulator):
    environ = {k: v for k, v in os.environ.items() if not k.startswith("HANDRAIL")} | {
        "HANDRAIL_DATABASE_URL": f"postgresql://nobody@127.0.0.1:{free_port()}/nothing",
        "HANDRAIL_KEYS": make_master_key("k1"),
        "HANDRAIL_STUDENT_TOKEN": STUDENT_TOKEN,
        "HANDRAIL_STAFF_TOKEN": STAFF_TOKEN,
        "HANDRAIL_BOT_API_URL": simulator.url,
        "HANDRAIL__INTAKE__LISTEN_PORT": "0",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run",
        cwd=ROOT, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(60):
            while line := await process.stdout.readline():
                if b"waiting_for_the_database" in line:
                    break
            assert b"HANDRAIL_DATABASE_URL" in line
            process.send_signal(signal.SIGTERM)
            rest = await process.stdout.read()
            assert await process.wait() == 0
        assert b"Traceback" not in rest and b"fault" not in rest
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
