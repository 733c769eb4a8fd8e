"""Server-sent events: what changed, told to every open page."""

import asyncio
import json

from aiohttp import web

from bot.simulator.model import Json
from bot.simulator.state import World

QUEUE = 1_000
KEEP_ALIVE_S = 15.0


class EventStream:
    """One bounded queue a page; a page that falls behind is told to load afresh."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._queues: set[asyncio.Queue[Json | None]] = set()

    def _tell(self, event: Json) -> None:
        for queue in self._queues:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait({"type": "reset"})
            else:
                queue.put_nowait(event)

    def close(self) -> None:
        """End every stream."""
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(None)

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Stream events until the page goes away."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        queue: asyncio.Queue[Json | None] = asyncio.Queue(QUEUE)
        if not self._queues:
            self._world.listeners.append(self._tell)
        self._queues.add(queue)
        try:
            await response.write(b"retry: 1000\n\n")
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), KEEP_ALIVE_S)
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                if event is None:
                    break
                line = json.dumps(event, ensure_ascii=False)
                await response.write(f"data: {line}\n\n".encode("utf-8", "replace"))
        except ConnectionError:
            pass
        finally:
            self._queues.discard(queue)
            if not self._queues:
                self._world.listeners.remove(self._tell)
        return response
