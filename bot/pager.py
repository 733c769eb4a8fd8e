"""The outgoing webhook: a case number and a kind, never words."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import httpx
import structlog

from bot.tasks import spawn
from flows.alerts import Webhook
from flows.clock import Clock, SystemClock

_log = structlog.get_logger(__name__)

# for a whole call: the lease in flows/alerts.py is longer
_TIMEOUT_S = 10.0
# a ping that was taken is not repeated for so long; one that was not, sooner
_PING_AGAIN_S, _PING_RETRY_S = 60.0, 5.0


class Pager:
    """Posts to HANDRAIL_ALERT_WEBHOOK; without one it only logs.

    The body is `{"case": number or null, "kind": str, "at": ISO 8601}` and nothing else. An answer
    of 2xx counts as taken; redirects are not followed.
    """

    def __init__(
        self,
        url: str | None,
        *,
        clock: Clock | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._clock = clock or SystemClock()
        self._monotonic = monotonic
        self._client = httpx.AsyncClient(timeout=_TIMEOUT_S)
        # by kind: the monotonic second from which a ping may go again
        self._next_ping: dict[str, float] = {}
        self._pings: set[asyncio.Task[Any]] = set()

    @property
    def configured(self) -> bool:
        """Whether there is anybody to post to."""
        return self._url is not None

    async def post(self, webhook: Webhook) -> bool:
        """Carry one alert or fault; whether the other side took it."""
        return await self._post(webhook.kind, webhook.number, webhook.at)

    async def operator_ping(self, kind: str, again_s: float = _PING_AGAIN_S) -> None:
        """Fire and forget, without the database: at most once a minute and kind, or as seldom as
        `again_s` says.

        It does not wait for the answer: whoever calls it is answering people in need.
        """
        now = self._monotonic()
        if now < self._next_ping.get(kind, now):
            return
        self._next_ping[kind] = now + again_s
        _log.error("operator_ping", kind=kind)
        if self._url is None:
            return
        ping = spawn(self._ping(kind), "operator_ping")
        self._pings.add(ping)
        ping.add_done_callback(self._pings.discard)

    async def close(self) -> None:
        """Let pings under way end, then let go of connections."""
        if self._pings:
            await asyncio.wait(self._pings, timeout=_TIMEOUT_S)
        await self._client.aclose()

    async def _ping(self, kind: str) -> None:
        if not await self._post(kind, None, self._clock.now()):
            self._next_ping[kind] = self._monotonic() + _PING_RETRY_S

    async def _post(self, kind: str, number: int | None, at: dt.datetime) -> bool:
        if self._url is None:
            return False
        body = {"case": number, "kind": kind, "at": at.isoformat()}
        try:
            # the client's own limit is for each step: whoever answers drop by drop takes for ever
            async with asyncio.timeout(_TIMEOUT_S):
                answer = await self._client.post(self._url, json=body)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as fault:
            # the address may hold a secret: only the kind of the fault is logged
            _log.error("webhook_failed", kind=kind, fault=type(fault).__name__)
            return False
        if not answer.is_success:
            _log.error("webhook_refused", kind=kind, status=answer.status_code)
        return answer.is_success
