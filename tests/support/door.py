"""The small web server of a running Handrail, asked from outside."""

from __future__ import annotations

import contextlib

import aiohttp
from aiohttp import web

from bot.server import SECRET_HEADER, build_server


class Door:
    """Health and metrics out, webhooks in."""

    def __init__(self, address: str, session: aiohttp.ClientSession) -> None:
        self._address, self._session = address, session

    async def get(self, path: str) -> tuple[int, str]:
        """Status and text of /readyz, /metrics, /healthz."""
        async with self._session.get(self._address + path) as answer:
            return answer.status, await answer.text()

    async def post(self, body: bytes, *, secret: str, path: str = "/hook/student") -> str:
        """What whoever knocks at a webhook learns: status, headers and body."""
        headers = {SECRET_HEADER: secret}
        async with self._session.post(self._address + path, data=body, headers=headers) as answer:
            return f"{answer.status} {dict(answer.headers)} {await answer.text()}"


@contextlib.asynccontextmanager
async def opened(service, secret=None):
    """The server of this service on a port of its own."""
    runner = web.AppRunner(
        build_server(service.handrail.health, service.handrail.intakes, secret), access_log=None
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession() as session:
            yield Door(f"http://127.0.0.1:{runner.addresses[0][1]}", session)
    finally:
        await runner.cleanup()
