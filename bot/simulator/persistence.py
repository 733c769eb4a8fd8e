"""Keeping the world in `data_dir`, so that a restart goes on counting."""

import asyncio
import json
import logging
import os
import time
from collections import deque
from dataclasses import fields
from pathlib import Path
from typing import Any

from bot.simulator.errors import SimulatorError
from bot.simulator.model import (
    CallbackQuery,
    Chat,
    Group,
    Json,
    PendingUpdate,
    Person,
    SimBot,
    StoredFile,
    StoredMessage,
    Webhook,
)
from bot.simulator.state import World

INTERVAL_S = 0.5
_VERSION = 2
# More updates and messages than a bot gets between two saves.
_SKIP = 10_000
_log = logging.getLogger(__name__)


def _plain(item: Any, skip: tuple[str, ...] = ()) -> Json:
    """Return a record's fields; not `asdict`, which would copy every message body deeply."""
    return {f.name: getattr(item, f.name) for f in fields(item) if f.name not in skip}


class Store:
    """Writes `simulator.json` atomically, at most twice a second, and file bytes once."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world = world
        self._folder = folder
        self._path = folder / "simulator.json"
        self._written_files: set[str] = set()

    async def run(self) -> None:
        """Save whenever something changed, until cancelled.

        The world only changes on this event loop, so the snapshot is taken on it; a big world
        is saved more rarely, so that saving takes a tenth of the time at most.
        """
        pause = INTERVAL_S
        while True:
            await asyncio.sleep(pause)
            if self._world.dirty:
                begun = time.monotonic()
                self.save()
                pause = max(INTERVAL_S, 10 * (time.monotonic() - begun))

    def save(self, *, stopped: bool = False) -> None:
        """Write everything now; `stopped` says that nothing will be counted after it."""
        self._world.dirty = False
        files = self._folder / "files"
        files.mkdir(parents=True, exist_ok=True)
        for file in self._world.files.values():
            if file.id not in self._written_files:
                (files / file.id).write_bytes(file.data)
                self._written_files.add(file.id)
        temporary = self._path.with_suffix(".tmp")
        with temporary.open("w", encoding="utf-8", errors="surrogatepass") as stream:
            stream.write(
                json.dumps(self._snapshot(stopped), ensure_ascii=False, separators=(",", ":"))
            )
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(self._path)

    def _snapshot(self, stopped: bool) -> Json:
        world = self._world
        return {
            "version": _VERSION,
            "stopped": stopped,
            "people": [_plain(person) for person in world.people.values()],
            "groups": [
                _plain(group, ("members",)) | {"members": sorted(group.members)}
                for group in world.groups.values()
            ],
            "files": [_plain(file, ("data",)) for file in world.files.values()],
            "bots": [_bot(bot) for bot in world.bots.values()],
        }

    def load(self) -> None:
        """Read what an earlier run left; nothing there is a fresh start.

        After a kill the last half second of counting is not in the file. An update id used
        twice would be dropped by a bot as seen, so the counters skip ahead then.
        """
        try:
            saved = json.loads(self._path.read_text(encoding="utf-8", errors="surrogatepass"))
        except FileNotFoundError:
            return
        if saved.get("version") != _VERSION:
            raise SimulatorError(
                f"remove {self._path.name}: another version of the simulator wrote it"
            )
        world = self._world
        for item in saved["people"]:
            world.people[item["id"]] = Person(**item)
        for item in saved["groups"]:
            topics = {int(key): topic for key, topic in item.pop("topics").items()}
            members = set(item.pop("members"))
            world.groups[item["id"]] = Group(**item, members=members, topics=topics)
            if not saved["stopped"]:
                world.groups[item["id"]].last_message_id += _SKIP
        for item in saved["files"]:
            path = self._folder / "files" / item["id"]
            world.files[item["id"]] = StoredFile(
                **item, data=path.read_bytes() if path.exists() else b""
            )
            self._written_files.add(item["id"])
        for item in saved["bots"]:
            bot = _read_bot(item)
            if not saved["stopped"]:
                bot.next_update_id += _SKIP
                bot.last_message_id += _SKIP
            world.bots[bot.token] = bot


def _bot(bot: SimBot) -> Json:
    body = _plain(bot, ("chats", "queries", "updates", "allowed", "webhook"))
    body["chats"] = [
        _plain(chat, ("messages",))
        | {"messages": [_plain(message) for message in chat.messages.values()]}
        for chat in bot.chats.values()
    ]
    body["queries"] = [_plain(query) for query in bot.queries.values()]
    body["updates"] = [_plain(update) for update in bot.updates]
    body["allowed"] = sorted(bot.allowed) if bot.allowed is not None else None
    body["webhook"] = _plain(bot.webhook, ("retries",)) if bot.webhook is not None else None
    return body


def _read_bot(item: Json) -> SimBot:
    chats = {}
    for saved in item.pop("chats"):
        messages = [StoredMessage(**message) for message in saved.pop("messages")]
        chats[saved["id"]] = Chat(**saved, messages={m.id: m for m in messages})
    queries = {saved["id"]: CallbackQuery(**saved) for saved in item.pop("queries")}
    updates = deque(PendingUpdate(**saved) for saved in item.pop("updates"))
    allowed, webhook = item.pop("allowed"), item.pop("webhook")
    menu = {int(key): value for key, value in item.pop("menu_buttons").items()}
    return SimBot(
        **item,
        chats=chats,
        queries=queries,
        updates=updates,
        menu_buttons=menu,
        allowed=frozenset(allowed) if allowed is not None else None,
        webhook=Webhook(**webhook) if webhook is not None else None,
    )
