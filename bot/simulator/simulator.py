"""The simulator as tests, the demo and benchmarks hold it."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.http import RawRequestMessage
from aiohttp.web_protocol import RequestHandler

from bot.simulator.api import MAX_BODY, BotApi
from bot.simulator.apps import Apps
from bot.simulator.errors import SimulatorError
from bot.simulator.faults import Faults
from bot.simulator.limits import FloodLimits
from bot.simulator.model import ApiRequest, Group, Json, PageConfig, Person, SimBot, SimMessage
from bot.simulator.page_api import PageApi
from bot.simulator.persistence import Store
from bot.simulator.state import World
from bot.simulator.view import sim_message
from bot.simulator.webhooks import WebhookSender

_log = logging.getLogger(__name__)


class Simulator:
    """A Bot API server for unmodified clients, with people who can be told what to do."""

    def __init__(
        self,
        data_dir: Path | None = None,
        *,
        limits: bool = True,
        seed: int | None = None,
        page: PageConfig | None = None,
        control_token: str | None = None,
        request_log: int = 100_000,
    ) -> None:
        self.world = World(seed=seed, request_log=request_log)
        self.page = page or PageConfig()
        # With a page its clock rules; without one `shift` moves the wall clock.
        self._shift = timedelta()
        self.world.now = self._now
        self.api = BotApi(self.world, limits=limits)
        self.apps = Apps(self.world)
        self._store = Store(self.world, data_dir) if data_dir is not None else None
        self.webhooks = WebhookSender(self.world, self.api)
        self._page_api = PageApi(self, control_token)
        self._runner: web.ServerRunner | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._host = "127.0.0.1"
        self._port = 0
        if self._store is not None:
            self._store.load()
            for bot in self.world.bots.values():
                self._prepare(bot)

    def _prepare(self, bot: SimBot) -> None:
        self.world.limits.setdefault(bot.id, FloodLimits())
        self.world.webhook_wakers.setdefault(bot.id, asyncio.Event())

    def _now(self) -> datetime:
        return self.page.now() + self._shift

    def shift_clock(self, by: timedelta) -> None:
        """Move the simulator's own clock on, for tests of the 48 hours and the 150 seconds."""
        self._shift += by

    async def advance(self, seconds: float) -> Json:
        """Move the page's clock on by Handrail's own clock, or by ours without one."""
        world = self.world
        if seconds <= 0:
            raise SimulatorError("move the clock forward, not back")
        if self.page.advance is not None:
            now, world.offset_s = await self.page.advance(seconds)
        else:
            self.shift_clock(timedelta(seconds=seconds))
            world.offset_s = self._shift.total_seconds()
            now = world.now().isoformat()
        world.emit("state")
        return {"now": now, "offset_s": world.offset_s}

    @property
    def faults(self) -> Faults:
        """Return the faults in force."""
        return self.api.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self.api.faults = faults

    @property
    def url(self) -> str:
        """Return the base address, known once started."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def host(self) -> str:
        """Return the address bound."""
        return self._host

    @property
    def requests(self) -> list[ApiRequest]:
        """Return the newest requests, oldest first (at most twice `request_log`)."""
        return self.world.requests

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Bind and serve; an address in use raises the OSError of the system."""
        server = web.Server(
            self._serve,
            request_factory=_request,
            handler_cancellation=True,
            access_log=None,
            keepalive_timeout=75,
        )
        runner = web.ServerRunner(server, shutdown_timeout=0.2)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port, backlog=1024).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self._host = host if host not in {"0.0.0.0", "::"} else "127.0.0.1"  # noqa: S104
        self._port = int(runner.addresses[0][1])
        self._page_api.bound(host, self._port)
        # The simulator owns its background tasks; Handrail's task owner knows nothing of it.
        self._tasks = [asyncio.create_task(self.webhooks.run())]
        if self._store is not None:
            self._tasks.append(asyncio.create_task(self._store.run()))

    async def stop(self) -> None:
        """Cut all connections and save."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        self._page_api.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._store is not None:
            self._store.save(stopped=True)

    def save(self) -> None:
        """Write the folder now, as the saver does twice a second."""
        if self._store is not None:
            self._store.save()

    async def __aenter__(self) -> "Simulator":
        """Start on a free port."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith("/bot"):
            return await self.api.serve(request)
        if path.startswith("/file/bot"):
            return await self.api.serve_file(request)
        return await self._page_api.serve(request)

    def add_bot(self, token: str, username: str, name: str, *, key: str | None = None) -> None:
        """Make a bot; a token met before keeps its chats and counters."""
        bot_id = token.partition(":")[0]
        if not bot_id.isdigit():
            raise SimulatorError("start the token with the bot's number and a colon")
        if key is None:
            key = next((k for k, v in self.page.bots.items() if v == token), username)
        bot = self.world.bots.get(token)
        if bot is None:
            start = self.world.random.randrange
            self.world.bots[token] = bot = SimBot(
                int(bot_id),
                token,
                username,
                name,
                key,
                next_update_id=start(10**8, 9 * 10**8),
                last_message_id=start(1, 10_000),
            )
        else:
            bot.username, bot.key = username, key
        self._prepare(bot)
        self.webhooks.wake()
        self.world.emit("state")

    def add_person(self, person: Person) -> None:
        """Make a person, or change one who exists."""
        self.world.people[person.id] = person
        for bot in self.world.bots.values():
            chat = bot.chats.get(person.id)
            if chat is not None:
                chat.body = person.private_chat()
        self.world.emit("state")

    def add_group(self, group: Group) -> None:
        """Make a supergroup that every bot is a member of."""
        self.world.groups[group.id] = group
        for bot in self.world.bots.values():
            self.world.chat_of(bot, group.id)
        self.world.emit("state")

    async def send_text(
        self,
        person_id: int,
        token: str,
        text: str,
        *,
        reply_to: int | None = None,
        entities: list[Json] | None = None,
        forward_from: int | None = None,
        chat_id: int | None = None,
        thread: int | None = None,
    ) -> int:
        """Write to the bot (or into a group) and return the message id."""
        return self.apps.send_text(
            person_id,
            token,
            text,
            reply_to=reply_to,
            entities=entities,
            forward_from=forward_from,
            chat_id=chat_id,
            thread=thread,
        )

    async def edit_text(self, person_id: int, token: str, message_id: int, text: str) -> None:
        """Edit a text the person sent."""
        self.apps.edit_text(person_id, token, message_id, text)

    async def send_media(
        self,
        person_id: int,
        token: str,
        kind: str,
        data: bytes,
        *,
        caption: str | None = None,
        size: int | None = None,
        file_name: str | None = None,
    ) -> int:
        """Send a file to the bot and return the message id."""
        return self.apps.send_media(
            person_id, token, kind, data, caption=caption, size=size, file_name=file_name
        )

    async def press(
        self, person_id: int, token: str, message_id: int, data: str, chat_id: int | None = None
    ) -> str:
        """Press a button and return the callback query id."""
        return self.apps.press(person_id, token, message_id, data, chat_id)

    async def press_label(self, person_id: int, token: str, label: str) -> str:
        """Press the newest button whose text contains `label`."""
        return self.apps.press_label(person_id, token, label)

    async def push_raw_update(self, token: str, update: Json) -> int:
        """Queue any update as it is; gives it an update_id unless it has one."""
        bot = self.world.bot(token)
        if "update_id" not in update:
            update = {"update_id": bot.next_update_id, **update}
            bot.next_update_id += 1
        elif isinstance(update["update_id"], int):
            bot.next_update_id = max(bot.next_update_id, update["update_id"] + 1)
        kind = next((name for name in update if name != "update_id"), "")
        self.world.queue_raw(bot, update, kind, lane=0)
        return int(update["update_id"])

    def block(self, person_id: int, token: str, blocked: bool = True) -> None:
        """Block or unblock the bot."""
        self.apps.block(person_id, token, blocked=blocked)

    def chat(self, person_id: int, token: str) -> list[SimMessage]:
        """Return the chat with a person (or a group, by its id) as it looks now."""
        chat = self.world.bot(token).chats.get(person_id)
        if chat is None:
            return []
        return [sim_message(self.world, message) for message in chat.messages.values()]

    def keyboard(self, person_id: int, token: str) -> Json | None:
        """Return the reply keyboard shown in a chat."""
        chat = self.world.bot(token).chats.get(person_id)
        return chat.keyboard if chat is not None else None

    def is_answered(self, token: str, query_id: str) -> bool:
        """Say whether the bot answered a callback query."""
        query = self.world.bot(token).queries.get(query_id)
        return query is not None and query.answered

    def pending(self, token: str) -> int:
        """Return how many updates no poll or webhook has confirmed."""
        return len(self.world.bot(token).updates)

    async def wait_for(
        self,
        predicate: Callable[["Simulator"], Any],
        timeout: float = 5,
    ) -> Any:
        """Return the predicate's first truthy value; TimeoutError names the last requests."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while True:
            value = predicate(self)
            if value:
                return value
            remaining = deadline - loop.time()
            waiter: asyncio.Future[None] = loop.create_future()
            self.world.waiters.append(waiter)
            try:
                if remaining <= 0:
                    raise TimeoutError
                await asyncio.wait_for(waiter, remaining)
            except TimeoutError:
                value = predicate(self)
                if value:
                    return value
                last = [f"{r.method}:{r.status}" for r in self.requests[-8:]]
                raise TimeoutError(
                    f"nothing matched within {timeout} s; last requests: {last}"
                ) from None


def _request(
    message: RawRequestMessage,
    payload: Any,
    protocol: RequestHandler,
    writer: Any,
    task: "asyncio.Task[None]",
) -> web.BaseRequest:
    """Make requests that may be as big as an upload (aiohttp's own stop at 1 MB)."""
    return web.BaseRequest(
        message,
        payload,
        protocol,
        writer,
        task,
        asyncio.get_running_loop(),
        client_max_size=MAX_BODY,
    )
