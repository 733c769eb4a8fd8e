"""What the page asks over HTTP: who may ask, what is told, what never is."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiogram import Bot

from bot.simulator import Person, Simulator
from bot.simulator.events import QUEUE
from tests.bot.simulator.conftest import ANN, BO, TOKEN


@pytest.fixture
async def http(sim: Simulator) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(sim.url) as session:
        yield session


async def ask(http: aiohttp.ClientSession, path: str, body: Any = None, **headers: str):
    """Return status and JSON of one request."""
    send = http.get(path, headers=headers) if body is None else None
    async with send or http.post(path, json=body, headers=headers) as answer:
        return answer.status, await answer.json()


WHO = {"person": ANN, "bot": "student"}


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/sim/send", {**WHO, "text": " "}, "empty"),
        ("/sim/send", {**WHO, "text": "x" * 4097}, "too_long"),
        ("/sim/send", {**WHO, "text": "x", "reply_to": 5}, "gone"),
        ("/sim/edit", {**WHO, "text": "x", "message_id": 5}, "gone"),
        ("/sim/press", {**WHO, "data": "x", "message_id": 5}, "gone"),
        ("/sim/send", {"person": BO, "bot": "student", "text": "x"}, "blocked"),
    ],
)
async def test_a_refusal_has_a_code_the_page_can_say(
    http: aiohttp.ClientSession, sim: Simulator, path: str, body: Any, code: str
) -> None:
    sim.block(BO, TOKEN)
    status, answer = await ask(http, path, body)
    assert (status, answer["code"]) == (400, code)
    assert answer["error"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"first_name": "Di", "bot": "none"},
        {"first_name": "Di", "role": "king"},
        {"first_name": "Di", "language_code": "fr"},
        [],
        {"first_name": "Di", "id": "x"},
    ],
)
async def test_nobody_wrong_is_added(
    http: aiohttp.ClientSession, sim: Simulator, body: Any
) -> None:
    before = dict(sim.world.people)
    assert (await ask(http, "/sim/people", body))[0] == 400
    assert sim.world.people == before


async def test_another_site_cannot_ask(http: aiohttp.ClientSession, sim: Simulator) -> None:
    body = {**WHO, "text": "x"}
    assert (await ask(http, "/sim/send", body, Origin="https://evil.example"))[0] == 403
    assert (await ask(http, "/sim/state", Host="evil.example"))[0] == 403
    async with http.post("/sim/send", data=json.dumps(body)) as answer:
        assert answer.status == 415
    assert [m.text for m in sim.chat(ANN, TOKEN)] == ["/start"]


async def test_deleted_words_leave_the_page(
    http: aiohttp.ClientSession, sim: Simulator, aiogram: Bot
) -> None:
    told: list[dict[str, Any]] = []
    sim.world.listeners.append(told.append)
    sent = await aiogram.send_message(ANN, "words of a student")
    await aiogram.delete_message(ANN, sent.message_id)
    assert told[-1] == {
        "type": "delete",
        "bot": "student",
        "person": ANN,
        "message_id": sent.message_id,
    }
    _, history = await ask(http, f"/sim/history?person={ANN}&bot=student")
    assert [m["text"] for m in history["messages"]] == ["/start"]


async def test_a_page_that_falls_behind_is_told_to_load_afresh(
    http: aiohttp.ClientSession, sim: Simulator
) -> None:
    async with http.get("/sim/events") as stream:
        assert stream.content_type == "text/event-stream"
        while not sim.world.listeners:
            await asyncio.sleep(0.01)
        for _ in range(QUEUE + 1):
            sim.world.emit("state")
        async for line in stream.content:
            if line.startswith(b"data:"):
                break
        assert json.loads(line.removeprefix(b"data:")) == {"type": "reset"}


async def test_what_could_run_as_a_page_is_a_download(
    http: aiohttp.ClientSession, sim: Simulator
) -> None:
    for name, mime in (("a.svg", "image/svg+xml"), ("a.html", "text/html")):
        sim.apps.send_media(ANN, TOKEN, "document", b"<svg/>", file_name=name, mime=mime)
        file = sim.chat(ANN, TOKEN)[-1].raw["document"]["file_id"]
        async with http.get(f"/sim/file/{file}") as answer:
            assert answer.headers["Content-Disposition"] == "attachment"
            assert answer.content_type == "application/octet-stream"
    async with http.get("/static/..%2fmodel.py") as answer:
        assert answer.status == 404


async def test_a_page_moves_the_clock_only_forward(
    http: aiohttp.ClientSession, sim: Simulator
) -> None:
    before = sim.world.now()
    assert (await ask(http, "/sim/clock", {"advance_s": -1}))[0] == 400
    assert (await ask(http, "/sim/clock", {"advance_s": 3600}))[0] == 200
    assert 3600 <= (sim.world.now() - before).total_seconds() < 3700


async def test_a_new_person_is_known_at_once(http: aiohttp.ClientSession, sim: Simulator) -> None:
    status, person = await ask(http, "/sim/people", {"first_name": " Di ", "language_code": "zh"})
    assert status == 200 and sim.world.person(person["id"]) == Person(
        person["id"], "Di", None, "zh"
    )
