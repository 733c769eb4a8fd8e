"""One small web server a process: webhooks in, health and metrics out."""

from __future__ import annotations

import contextlib
import hmac
from collections.abc import AsyncIterator, Mapping

from aiohttp import web

from bot.health import Health
from bot.intake import Taking, has_id, read_json
from storage.errors import StoreDown

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (the header's name)
_LARGEST = 1024 * 1024


@contextlib.asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[None]:
    """The server listens."""
    runner = web.AppRunner(app, access_log=None)
    try:
        await runner.setup()
        await web.TCPSite(runner, host, port).start()
        yield
    finally:
        await runner.cleanup()


def build_server(
    health: Health, intakes: Mapping[str, Taking], secret: str | None
) -> web.Application:
    """The aiohttp application; webhooks answer 200 only once the update is stored."""
    app = web.Application(client_max_size=_LARGEST)

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(_request: web.Request) -> web.Response:
        problems = health.problems()
        lines = ["not ready" if problems else "ready", *problems, *health.notes()]
        text = "".join(f"{line}\n" for line in lines)
        return web.Response(text=text, status=503 if problems else 200)

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=health.metrics(), content_type="text/plain")

    async def hook(request: web.Request) -> web.Response:
        # bytes that are no UTF-8 come as lone surrogates
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not secret or not hmac.compare_digest(given, secret.encode()):
            return web.Response(status=401)
        intake = intakes.get(request.match_info["bot"])
        if intake is None:
            return web.Response(status=404)
        try:
            update = read_json(await request.read())
        except (ValueError, RecursionError):
            return web.Response(status=400)
        if not has_id(update):
            return web.Response(status=400)
        try:
            await intake.take([update])
        except StoreDown:
            return web.Response(status=503)
        health.bots[intake.bot].good()
        return web.Response(status=200)

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)
    app.router.add_post("/hook/{bot}", hook)
    return app
