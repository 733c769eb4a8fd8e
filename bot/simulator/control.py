"""The part of the HTTP side that only benchmarks and browser tests use."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bot.simulator.faults import Faults
from bot.simulator.model import ApiRequest, Json, SimBot

if TYPE_CHECKING:
    from bot.simulator.simulator import Simulator

MAX_ROWS = 5_000
MAX_WAIT_S = 30.0


class Control:
    """Requests seen, faults, raw updates, bots, and how many updates wait."""

    def __init__(self, sim: "Simulator", bot: Callable[[Any], SimBot]) -> None:
        self._sim = sim
        self._bot = bot
        self.gets = {
            "/sim/requests": self._requests,
            "/sim/pending": self._pending,
            "/sim/counts": self._counts,
        }
        self.posts = {
            "/sim/faults": self._faults,
            "/sim/raw": self._raw,
            "/sim/bots": self._bots,
            "/sim/limits": self._limits,
        }

    async def _requests(self, fields: Json) -> Json:
        """Return the requests after `since`, waiting up to `wait` seconds for the first."""
        since = int(fields.get("since", 0))
        wait = min(float(fields.get("wait", 0)), MAX_WAIT_S)
        world = self._sim.world
        if wait > 0 and world.request_count <= since:
            with suppress(TimeoutError):
                await self._sim.wait_for(lambda _: world.request_count > since, wait)
        log = world.requests
        first = log[0].seq if log else 0
        start = max(0, since + 1 - first)
        rows = log[start : start + MAX_ROWS]
        keys = {bot.token: bot.key for bot in world.bots.values()}
        return {
            "next": rows[-1].seq if rows else since,
            "missed": max(0, first - since - 1) if log else 0,
            "requests": [_row(row, keys) for row in rows],
        }

    def _pending(self, fields: Json) -> Json:
        return {"pending": len(self._bot(fields.get("bot")).updates)}

    def _counts(self, _: Json) -> Json:
        return {"requests": self._sim.world.request_count}

    def _faults(self, fields: Json) -> Json:
        chosen = dict(fields)
        if "methods" in chosen:
            chosen["methods"] = frozenset(chosen["methods"])
        self._sim.faults = Faults(**chosen)
        return {"ok": True}

    async def _raw(self, fields: Json) -> Json:
        token = self._bot(fields.get("bot")).token
        updates = fields.get("updates") or [fields["update"]]
        ids = [await self._sim.push_raw_update(token, update) for update in updates]
        await asyncio.sleep(0)
        return {"update_id": ids[-1], "update_ids": ids}

    def _bots(self, fields: Json) -> Json:
        self._sim.add_bot(
            str(fields["token"]),
            str(fields["username"]),
            str(fields["name"]),
            key=fields.get("key"),
        )
        return {"ok": True}

    def _limits(self, fields: Json) -> Json:
        self._sim.api.limits = bool(fields["limits"])
        return {"limits": self._sim.api.limits}


def _row(request: ApiRequest, keys: dict[str, str]) -> Json:
    return {
        "seq": request.seq,
        "method": request.method,
        "bot": keys.get(request.token, ""),
        "chat_id": request.chat_id,
        "params": request.params,
        "message_id": request.message_id,
        "ok": request.ok,
        "status": request.status,
        "at": request.at.isoformat(),
        "description": request.description,
        "fault": request.fault,
    }
