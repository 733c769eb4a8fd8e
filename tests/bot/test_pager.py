"""The webhook: what leaves is a number, a kind and an instant; and it never holds anybody up."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import uuid

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot import pager as pager_module
from bot.pager import Pager
from flows import alerts
from flows.alerts import Webhook

AT = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
IMMINENT = Webhook(uuid.uuid4(), "imminent_unacknowledged", 17, AT, 0)
FAULT = Webhook(uuid.uuid4(), "send_failed", None, AT, 0)


class FixedClock:
    def now(self):
        return AT


class Receiver:
    """Whoever is paged: answers as told, and keeps what came."""

    def __init__(self):
        self.bodies, self.status, self.hang = [], 200, None
        self.url = ""

    async def handle(self, request):
        self.bodies.append(json.loads(await request.text()))
        if self.hang is not None:
            await self.hang.wait()
        return web.Response(status=self.status, headers={"Location": "/elsewhere"})


@pytest.fixture
async def receiver():
    made = Receiver()
    app = web.Application()
    app.router.add_post("/hook/a-secret-in-the-address", made.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    made.url = f"http://127.0.0.1:{port}/hook/a-secret-in-the-address"
    yield made
    await runner.cleanup()


class Seconds:
    def __init__(self):
        self.now = 50.0

    def __call__(self):
        return self.now


@pytest.fixture
async def paging(receiver):
    seconds = Seconds()
    pager = Pager(receiver.url, clock=FixedClock(), monotonic=seconds)
    yield pager, receiver, seconds
    await pager.close()


@pytest.mark.parametrize(("webhook", "number"), [(IMMINENT, 17), (FAULT, None)])
async def test_what_leaves(paging, webhook, number):
    pager, receiver, _ = paging
    assert await pager.post(webhook) is True
    assert receiver.bodies == [{"case": number, "kind": webhook.kind, "at": AT.isoformat()}]


@pytest.mark.parametrize("status", [301, 404, 500])
async def test_a_refusal_is_not_delivered_and_its_address_is_not_logged(paging, status):
    pager, receiver, _ = paging
    receiver.status = status
    with capture_logs() as logs:
        assert await pager.post(IMMINENT) is False
    assert [log["event"] for log in logs] == ["webhook_refused"]
    assert "a-secret" not in str(logs)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/a-secret", "no address: a-secret"])
async def test_nobody_there_is_not_delivered(url):
    pager = Pager(url)
    with capture_logs() as logs:
        assert await pager.post(IMMINENT) is False
    assert [log["event"] for log in logs] == ["webhook_failed"]
    assert "a-secret" not in str(logs)
    await pager.close()


async def test_an_answer_drop_by_drop_is_not_waited_for(monkeypatch):
    """Each drop comes in time, and yet the call must end before another process makes it again."""
    assert dt.timedelta(seconds=pager_module._TIMEOUT_S) < alerts._CALL_LEASE
    monkeypatch.setattr(pager_module, "_TIMEOUT_S", 0.2)

    async def drip(_reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(b"1\r\nx\r\n")
                await writer.drain()
                await asyncio.sleep(0.01)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    pager = Pager(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/a-secret")
    with capture_logs() as logs:
        async with asyncio.timeout(10):
            assert await pager.post(IMMINENT) is False
    assert [log["event"] for log in logs] == ["webhook_failed"]
    await pager.close()
    server.close()


async def test_without_an_address_nothing_is_posted():
    pager = Pager(None)
    assert pager.configured is False
    assert await pager.post(IMMINENT) is False
    await pager.operator_ping("store_down")
    await pager.close()


async def test_a_ping_goes_once_a_minute_and_kind(paging):
    pager, receiver, seconds = paging
    for kind in ("store_down", "store_down", "card_failed"):
        await pager.operator_ping(kind)
    await _pinged(receiver, 2)
    seconds.now += 59
    await pager.operator_ping("store_down")
    seconds.now += 1
    await pager.operator_ping("store_down")
    await _pinged(receiver, 3)
    assert receiver.bodies[0] == {"case": None, "kind": "store_down", "at": AT.isoformat()}
    assert sorted(body["kind"] for body in receiver.bodies) == [
        "card_failed",
        "store_down",
        "store_down",
    ]


async def test_a_ping_that_nobody_took_goes_again_soon(paging):
    pager, receiver, seconds = paging
    receiver.status = 500
    await pager.operator_ping("store_down")
    await _pinged(receiver, 1)
    seconds.now += 4
    await pager.operator_ping("store_down")
    receiver.status = 200
    seconds.now += 1
    await pager.operator_ping("store_down")
    await _pinged(receiver, 2)
    assert len(receiver.bodies) == 2


async def test_a_ping_does_not_wait_for_the_answer(paging):
    pager, receiver, _ = paging
    receiver.hang = asyncio.Event()
    async with asyncio.timeout(1):
        await pager.operator_ping("store_down")
    await _arrived(receiver, 1)
    receiver.hang.set()


async def _arrived(receiver, count):
    async with asyncio.timeout(5):
        while len(receiver.bodies) < count:
            await asyncio.sleep(0.01)


async def _pinged(receiver, count):
    """So many arrived, and their answers were read."""
    await _arrived(receiver, count)
    await asyncio.sleep(0.05)
