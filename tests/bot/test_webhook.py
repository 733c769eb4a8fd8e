"""The webhook endpoint: only Telegram gets in, and 200 means that the update is on our disk."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
import sqlalchemy as sa
from aiohttp import web

from bot.server import SECRET_HEADER, build_server
from storage.tables.traffic import InboxSeen
from tests.support.service import serve

ANN = 710_000_001
SECRET = "the-secret_of-1-webhook"


def update(update_id, text="/crisis"):
    return {
        "update_id": update_id,
        "message": {
            "message_id": update_id,
            "date": 1_764_000_000,
            "chat": {"id": ANN, "type": "private", "first_name": "A"},
            "from": {"id": ANN, "is_bot": False, "first_name": "A", "language_code": "en"},
            "text": text,
        },
    }


class Endpoint:
    """Telegram's side of a webhook."""

    def __init__(self, service, address, session):
        self.service, self._address, self._session = service, address, session

    async def post(self, body, *, secret=SECRET, bot="student"):
        headers = {} if secret is None else {SECRET_HEADER: secret}
        if not isinstance(body, bytes):
            async with self._session.post(
                f"{self._address}/hook/{bot}", json=body, headers=headers
            ) as answer:
                return answer.status
        async with self._session.post(
            f"{self._address}/hook/{bot}", data=body, headers=headers
        ) as answer:
            return answer.status

    async def raw_secret(self, secret):
        """A header that no HTTP library of ours would send."""
        host, port = self._address.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            b"POST /hook/student HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            b"X-Telegram-Bot-Api-Secret-Token: " + secret + b"\r\nContent-Length: 2\r\n\r\n{}"
        )
        await writer.drain()
        status = int((await reader.readline()).split()[1])
        writer.close()
        return status

    async def seen(self):
        """Which of our update ids were stored (the simulator's own are far higher)."""
        ids = sa.select(InboxSeen.update_id).where(InboxSeen.update_id < 100)
        return await self.service.handrail.database.read(lambda u: sorted(u.scalars(ids)))

    def cards(self):
        return [text for text in self.service.texts(ANN) if "988" in text]


async def listen(service, secret):
    app = build_server(service.handrail.health, service.handrail.intakes, secret)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"


@pytest.fixture
async def endpoint(database_url, clock):
    async with (
        serve(database_url, clock, people=(ANN,)) as service,
        aiohttp.ClientSession() as session,
    ):
        # both bots take updates, and Ann has started hers
        await service.write(ANN, "/help")
        await service.answered(ANN)
        health = service.handrail.health
        await service.simulator.wait_for(lambda _: all(b.ready for b in health.bots.values()), 10)
        runner, address = await listen(service, SECRET)
        yield Endpoint(service, address, session)
        await runner.cleanup()


async def test_an_update_is_stored_once_and_answered(endpoint):
    assert [await endpoint.post(update(7)) for _ in range(3)] == [200, 200, 200]
    assert await endpoint.seen() == [7]
    await endpoint.service.answered(ANN, 2)
    await endpoint.service.quiet()
    assert len(endpoint.cards()) == 1


@pytest.mark.parametrize("secret", [None, "", SECRET[:-1], SECRET + "x", SECRET.upper(), "秘"])
async def test_without_the_secret_nothing_gets_in(endpoint, secret):
    assert await endpoint.post(update(7), secret=secret) == 401
    # the bot's name is not told apart either
    assert await endpoint.post(update(7), secret=secret, bot="nobody") == 401
    assert await endpoint.seen() == []


async def test_a_secret_that_is_no_text_is_a_wrong_one(endpoint):
    assert await endpoint.raw_secret(b"\xff\xfe") == 401
    assert await endpoint.raw_secret(SECRET.encode()) == 400


async def test_no_secret_configured_lets_nobody_in(endpoint):
    runner, address = await listen(endpoint.service, None)
    other = Endpoint(endpoint.service, address, endpoint._session)
    assert [await other.post(update(7), secret=secret) for secret in (None, "", "None")] == [
        *(401, 401, 401)
    ]
    await runner.cleanup()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"update_id": "7"}', b'{"message": {}}'],
    ids=lambda body: body[:20],
)
async def test_what_is_no_update_is_refused_for_good(endpoint, body):
    assert await endpoint.post(body) == 400
    assert await endpoint.seen() == []


async def test_an_unknown_bot_is_not_found(endpoint):
    assert await endpoint.post(update(7), bot="nobody") == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_while_the_store_is_down_it_is_not_ours_yet(endpoint, tmp_path):
    path = tmp_path / "handrail.db"
    path.rename(tmp_path / "gone.db")
    assert await endpoint.post(update(7)) == 503
    # whoever asked for help has it all the same, once
    assert await endpoint.post(update(7)) == 503
    assert len(endpoint.cards()) == 1
    (tmp_path / "gone.db").rename(path)
    assert await endpoint.post(update(7)) == 200
    assert await endpoint.seen() == [7]


async def test_one_update_posted_many_times_at_once_is_stored_once_and_each_is_told(endpoint):
    for number in (7, 8, 9):
        posts = [endpoint.post(update(number)) for _ in range(20)]
        assert set(await asyncio.gather(*posts)) == {200}
    assert await endpoint.seen() == [7, 8, 9]
    await endpoint.service.quiet()
    assert len(endpoint.cards()) == 3


async def test_bytes_that_are_no_text_do_not_make_an_update_none(endpoint):
    body = json.dumps(update(7)).encode().replace(b"/crisis", b"/crisis \xff\xed\xa0\x80")
    assert await endpoint.post(body) == 200
    assert await endpoint.seen() == [7]
    await endpoint.service.answered(ANN, 2)
    assert len(endpoint.cards()) == 1
