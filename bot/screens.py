"""Which screen a chat is on: aiogram's storage over `storage.screens`.

Cached for the update and flushed together with its `done`. Always in the database, so a kill
loses no place in a conversation; the memory here only saves reading it again.
"""

from __future__ import annotations

import collections
import contextvars
import copy
from collections.abc import Mapping
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey

from storage import screens
from storage.database import Database

_REMEMBERED = 20_000

_NOTHING: dict[str, Any] = {}

# what one update changed: key -> {"state": …, "data": …}, or None once cleared
Changes = dict[str, dict[str, Any] | None]
_changes: contextvars.ContextVar[Changes | None] = contextvars.ContextVar(
    "screen_changes", default=None
)


class Screens(BaseStorage):
    """State and data of conversations, as ciphertext under hashed keys."""

    def __init__(self, database: Database, bot: str) -> None:
        self._database = database
        self._bot = bot
        self._known: collections.OrderedDict[str, dict[str, Any] | None] = (
            collections.OrderedDict()
        )

    def begin(self) -> Changes:
        """Start collecting what one update changes."""
        changes: Changes = {}
        _changes.set(changes)
        return changes

    def keep(self, changes: Changes) -> None:
        """The changes are on the disk: remember them."""
        for key, value in changes.items():
            self._remember(key, value)

    def forget(self, changes: Changes) -> None:
        """The update failed: what it changed never was."""
        for key in changes:
            self._known.pop(key, None)

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Set the state of a conversation."""
        record = await self._load(key)
        record["state"] = state.state if isinstance(state, State) else state
        self._change(key, record)

    async def get_state(self, key: StorageKey) -> str | None:
        """The state of a conversation."""
        state: str | None = (await self._load(key)).get("state")
        return state

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Set the data of a conversation."""
        record = await self._load(key)
        record["data"] = copy.deepcopy(dict(data))
        self._change(key, record)

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """The data of a conversation."""
        data: dict[str, Any] = copy.deepcopy((await self._load(key)).get("data") or {})
        return data

    async def close(self) -> None:
        """Nothing of ours to close."""

    async def _load(self, key: StorageKey) -> dict[str, Any]:
        name = _name(key)
        changes = _changes.get()
        if changes is not None and name in changes:
            return dict(changes[name] or {})
        if name in self._known:
            self._known.move_to_end(name)
            return dict(self._known[name] or _NOTHING)
        found = await self._database.read(lambda unit: screens.load(unit, self._bot, name))
        self._remember(name, found)
        return dict(found or {})

    def _change(self, key: StorageKey, record: dict[str, Any]) -> None:
        name, changes = _name(key), _changes.get()
        if changes is None:
            raise RuntimeError("screens change only while an update is handled")
        empty = record.get("state") is None and not record.get("data")
        value = None if empty else record
        if value == self._known.get(name, ...) and name not in changes:
            return
        changes[name] = value

    def _remember(self, name: str, value: dict[str, Any] | None) -> None:
        self._known[name] = value
        self._known.move_to_end(name)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


def _name(key: StorageKey) -> str:
    return (
        f"{key.bot_id}:{key.chat_id}:{key.user_id}:{key.thread_id or 0}:"
        f"{key.business_connection_id or ''}:{key.destiny}"
    )
