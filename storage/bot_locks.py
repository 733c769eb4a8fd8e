"""One process a bot, on PostgreSQL: the second would send again what the first is sending.

An embedded database has its lock file (`storage.sqlite.hold`); this is the same for a server.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import socket
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from storage.database import store_faults
from storage.errors import BotRunsElsewhere, StorageError

# one that has just ended, or was killed, lets go within moments
_PATIENCE_S, _AGAIN_S = 5.0, 0.25
# a machine that vanished keeps its lock until the server misses it: half a minute
_KEEPALIVE = {
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
_TAKE = sa.text("SELECT pg_try_advisory_lock(:key)")
_WHO = sa.text(
    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
    "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
    "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND (l.classid::bigint << 32) | l.objid::bigint = :key"
)


class BotLocks:
    """The locks of the bots that this process runs, on a connection that it keeps."""

    def __init__(self, url: str, campus_id: str, bots: Sequence[str]) -> None:
        parsed = sa.make_url(url)
        self._needed = parsed.get_backend_name() != "sqlite"
        self._url = parsed.set(drivername="postgresql+asyncpg")
        self._campus_id = campus_id
        self._bots = tuple(bots)
        self._connection: AsyncConnection | None = None

    async def take(self) -> None:
        """Take them, or make sure that they are still ours.

        BotRunsElsewhere when another process holds one; StoreDown as everywhere.
        """
        if not self._needed or await self._are_held():
            return
        await self.close()
        with store_faults():
            connection = await self._connect()
            try:
                for bot in self._bots:
                    await self._take(connection, bot)
            except BaseException:
                await _let_go(connection)
                raise
        self._connection = connection

    async def close(self) -> None:
        """Let go."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await _let_go(connection)

    async def _are_held(self) -> bool:
        if self._connection is None:
            return False
        try:
            with store_faults():
                await self._connection.execute(sa.text("SELECT 1"))
        except StorageError:
            return False
        return True

    async def _connect(self) -> AsyncConnection:
        name = f"handrail {socket.gethostname()[:40]} {os.getpid()}"
        engine = create_async_engine(
            self._url,
            poolclass=sa.NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={
                "timeout": 5,
                "command_timeout": 15,
                "server_settings": {"application_name": name, **_KEEPALIVE},
            },
            hide_parameters=True,
        )
        return await engine.connect()

    async def _take(self, connection: AsyncConnection, bot: str) -> None:
        key, waited = _key(self._campus_id, bot), 0.0
        while not await connection.scalar(_TAKE, {"key": key}):
            if waited >= _PATIENCE_S:
                holder = await connection.scalar(_WHO, {"key": key})
                raise BotRunsElsewhere(bot, holder or "a process that is just ending")
            await asyncio.sleep(_AGAIN_S)
            waited += _AGAIN_S


async def _let_go(connection: AsyncConnection) -> None:
    # it may be dead already
    with contextlib.suppress(StorageError), store_faults():
        await connection.close()


def _key(campus_id: str, bot: str) -> int:
    """63 bits, which PostgreSQL counts as two halves."""
    digest = hashlib.sha256(f"handrail:{campus_id}:{bot}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
