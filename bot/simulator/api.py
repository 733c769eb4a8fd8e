"""The Bot API over HTTP: tokens, parameters, faults, long polls, answers."""

import asyncio
import json
import logging
import re
import time
from typing import Any

from aiohttp import web

from bot.simulator.errors import ApiError, conflict
from bot.simulator.faults import Faults
from bot.simulator.limits import too_many
from bot.simulator.methods import METHODS
from bot.simulator.methods.call import Call
from bot.simulator.methods.media import MAX_UPLOAD
from bot.simulator.methods.updates import check_polling, confirm, remember_allowed
from bot.simulator.model import ApiRequest, Json, SimBot
from bot.simulator.params import read_params
from bot.simulator.state import World

MAX_BODY = MAX_UPLOAD + 1024 * 1024
MAX_POLL_S = 50
LOST_ANSWER_S = 300.0
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{4,}")
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_log = logging.getLogger(__name__)


class BotApi:
    """Answers `/bot{token}/{method}` and `/file/bot{token}/{path}`."""

    def __init__(self, world: World, *, limits: bool) -> None:
        self._world = world
        self.limits = limits
        self.faults = Faults()
        self._polls: dict[int, object] = {}

    def _bot(self, token: str) -> SimBot:
        bot = self._world.bots.get(token)
        if bot is None:
            if _TOKEN.fullmatch(token):
                raise ApiError(401, "Unauthorized")
            raise ApiError(404, "Not Found")
        return bot

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one Bot API request."""
        try:
            name, call = await self._read(request)
        except ApiError as error:
            return _refusal(error)
        if name == "getUpdates":
            return await self._poll(call)
        fault, before = self.faults.draw(name)
        if fault is not None and before:
            return await self._fail(request, call, name, fault)
        response = self._run(call, name, fault)
        return response if fault is None else await _withhold(request, fault, response)

    async def _read(self, request: web.BaseRequest) -> tuple[str, Call]:
        token, _, name = request.path[4:].partition("/")
        bot = self._bot(token)
        if request.method not in {"GET", "POST"}:
            raise ApiError(405, "Method Not Allowed")
        if (request.content_length or 0) > MAX_BODY:
            raise ApiError(413, "Request Entity Too Large")
        try:
            body = await request.read() if request.body_exists else b""
        except web.HTTPRequestEntityTooLarge:
            raise ApiError(413, "Request Entity Too Large") from None
        name = name.lower()
        if name == "getupdates":
            name = "getUpdates"
        elif name in METHODS:
            name = METHODS[name][0]
        else:
            raise ApiError(404, "Not Found: method not found")
        params, files = read_params(
            request.query_string, request.headers.get("Content-Type", ""), body
        )
        return name, Call(self._world, bot, params, files, limited=self.limits)

    def _run(self, call: Call, name: str, fault: str | None) -> web.Response:
        """Run the method and log the request: from here on it counts as accepted."""
        try:
            result = METHODS[name.lower()][1](call)
        except ApiError as error:
            self._record(call, name, error=error, fault=fault)
            return _refusal(error)
        except Exception:
            _log.exception("simulator method %s failed", name)
            failure = ApiError(500, "Internal Server Error")
            self._record(call, name, error=failure, fault=fault)
            return _refusal(failure)
        self._record(call, name, fault=fault)
        return _answer(result)

    async def _fail(
        self, request: web.BaseRequest, call: Call, method: str, fault: str
    ) -> web.StreamResponse:
        """Refuse before acceptance; a timeout or reset is logged with status 0."""
        if fault == "429":
            error = too_many(self.faults.retry_after)
        else:
            error = ApiError(500 if fault == "500" else 0, "Internal Server Error")
        self._record(call, method, error=error, fault=fault)
        response = _refusal(error) if error.status else web.Response()
        return await _withhold(request, fault, response)

    def _record(
        self,
        call: Call,
        method: str,
        *,
        error: ApiError | None = None,
        fault: str | None = None,
    ) -> None:
        world = self._world
        world.request_count += 1
        chat_id = call.params.get("chat_id")
        world.record(
            ApiRequest(
                seq=world.request_count,
                method=method,
                token=call.bot.token,
                chat_id=chat_id if isinstance(chat_id, int) else None,
                params=call.params,
                message_id=call.message_id,
                ok=error is None,
                status=200 if error is None else error.status,
                at=world.now(),
                description=None if error is None else error.description,
                fault=fault,
            )
        )

    async def _poll(self, call: Call) -> web.StreamResponse:
        try:
            updates = await self._updates(call)
        except ApiError as error:
            self._record(call, "getUpdates", error=error)
            return _refusal(error)
        self._record(call, "getUpdates")
        return _answer(updates)

    async def _updates(self, call: Call) -> list[Json]:
        """Long-poll as Telegram does: a second poll ends the first one with 409."""
        bot, world, params = call.bot, self._world, call.params
        check_polling(bot)
        remember_allowed(bot, params.get("allowed_updates"))
        limit = max(1, min(100, params.get("limit") or 100))
        deadline = time.monotonic() + max(0, min(MAX_POLL_S, params.get("timeout") or 0))
        if confirm(bot, params.get("offset") or 0):
            world.dirty = True
            world.wake()
        mine = object()
        self._polls[bot.id] = mine
        previous = world.wakers.get(bot.id)
        if previous is not None:
            previous.set()
        waker = world.wakers[bot.id] = asyncio.Event()
        try:
            while True:
                waker.clear()
                world.drop_expired(bot)
                remaining = deadline - time.monotonic()
                if bot.updates or remaining <= 0:
                    return [update.body for update in list(bot.updates)[:limit]]
                try:
                    await asyncio.wait_for(waker.wait(), remaining)
                except TimeoutError:
                    return []
                if self._polls.get(bot.id) is not mine:
                    raise conflict(
                        "terminated by other getUpdates request; "
                        "make sure that only one bot instance is running"
                    )
                if bot.webhook is not None:
                    raise conflict("terminated by setWebhook request")
        finally:
            if self._polls.get(bot.id) is mine:
                del self._polls[bot.id]
                world.wakers.pop(bot.id, None)

    def call_from_webhook(self, bot: SimBot, name: str, params: Json) -> None:
        """Run the method a webhook gave as its answer; Telegram tells nobody how it went."""
        found = METHODS.get(name.lower())
        if found is None:
            return
        call = Call(self._world, bot, params, limited=self.limits)
        try:
            found[1](call)
        except ApiError as error:
            self._record(call, found[0], error=error)
        else:
            self._record(call, found[0])

    async def serve_file(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a download."""
        token, _, path = request.path.removeprefix("/file/bot").partition("/")
        try:
            self._bot(token)
        except ApiError as error:
            return _refusal(error)
        file = self._world.files.get(path.rpartition("/")[2])
        if file is None:
            return _refusal(ApiError(404, "Not Found"))
        return web.Response(body=file.data, content_type="application/octet-stream")


def _answer(result: Any) -> web.Response:
    return web.Response(
        body=f'{{"ok":true,"result":{_dump(result)}}}'.encode("utf-8", "surrogatepass"),
        content_type="application/json",
    )


def _refusal(error: ApiError) -> web.Response:
    body: Json = {"ok": False, "error_code": error.status, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    headers = None
    if error.status == 429:
        headers = {"Retry-After": str((error.parameters or {}).get("retry_after", 1))}
    return web.Response(
        body=_dump(body).encode(),
        status=error.status,
        content_type="application/json",
        headers=headers,
    )


async def _withhold(
    request: web.BaseRequest, fault: str, response: web.StreamResponse
) -> web.StreamResponse:
    if fault == "timeout":
        # The server cancels this when the caller gives up and hangs up.
        await asyncio.sleep(LOST_ANSWER_S)
    elif fault == "reset" and request.transport is not None:
        request.transport.abort()
    return response
