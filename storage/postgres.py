"""The store at scale: PostgreSQL, a transaction each, row locks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from storage.database import Unit, Work, committed, prepare, store_faults
from storage.keys import KeyRing

T = TypeVar("T")

_TRIES = 4
_CONNECTIONS = 20
# serialization failure and deadlock: safe to run the unit again from the start
_AGAIN = frozenset({"40001", "40P01"})


def make_engine(url: str) -> AsyncEngine:
    """An asyncpg engine for `postgresql://…`."""
    parsed = sa.make_url(url).set(drivername="postgresql+asyncpg")
    return create_async_engine(
        parsed, pool_size=_CONNECTIONS, max_overflow=0, pool_timeout=5, pool_pre_ping=True,
        connect_args={"timeout": 5, "command_timeout": 15},
        hide_parameters=True,  # a fault that is logged must not bring ids or ciphertext
    )  # fmt: skip


class PostgresDatabase:
    """See `storage.database.Database`."""

    def __init__(self, url: str, campus_id: str, keys: KeyRing) -> None:
        self.campus_id = campus_id
        self.keys = keys
        self.letter_hooks: list[Callable[[], None]] = []
        self.engine = make_engine(url)
        # waiting here has no deadline; a connection that cannot be had within one is a fault
        self._slots = asyncio.Semaphore(_CONNECTIONS)

    async def transact(self, work: Work[T], *, beside: bool = False) -> T:
        """One transaction; run again from the start after a deadlock."""
        prepared = prepare(work, beside=beside)
        for attempt in range(1, _TRIES + 1):
            try:
                outcome, letters = await self._run(prepared, commit=True)
            except DBAPIError as fault:
                if attempt == _TRIES or getattr(fault.orig, "sqlstate", None) not in _AGAIN:
                    raise
            else:
                committed(beside=beside)
                if letters:
                    for hook in self.letter_hooks:
                        hook()
                return outcome
        raise AssertionError("unreachable")

    async def read(self, work: Work[T]) -> T:
        """One transaction that is not committed."""
        return await self._run(work, commit=False)

    async def close(self) -> None:
        """Close the pool."""
        await self.engine.dispose()

    async def _run(self, work: Work[T], *, commit: bool) -> T:
        def inside(unit: Any) -> T:
            unit.campus_id, unit.keys = self.campus_id, self.keys
            return work(unit)

        with store_faults():
            async with (
                self._slots,
                AsyncSession(
                    self.engine, sync_session_class=Unit, expire_on_commit=False
                ) as session,
            ):
                outcome = await session.run_sync(inside)
                if commit:
                    await session.commit()
                return outcome
