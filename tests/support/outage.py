"""The database goes away under a running Handrail, and comes back as it was."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import asyncpg
import sqlalchemy as sa


async def take_away(url: str) -> None:
    """Nobody reaches the database from here on; whoever is connected is cut off."""
    if url.startswith("sqlite"):
        path = _path(url)
        path.rename(path.with_suffix(".gone"))
        return
    await _rename(_name(url), _name(url) + "_gone")


async def bring_back(url: str) -> None:
    """It is there again."""
    if url.startswith("sqlite"):
        path = _path(url)
        path.with_suffix(".gone").rename(path)
        return
    await _rename(_name(url) + "_gone", _name(url))


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _name(url: str) -> str:
    return sa.make_url(url).database or ""


async def _rename(name: str, new: str) -> None:
    connection = await asyncpg.connect(os.environ["HANDRAIL_TEST_POSTGRES_URL"])
    try:
        for _ in range(100):
            # somebody may connect in between
            await connection.execute(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            )
            with contextlib.suppress(asyncpg.ObjectInUseError):
                await connection.execute(f'ALTER DATABASE "{name}" RENAME TO "{new}"')
                return
        raise AssertionError(f"{name} is never free")
    finally:
        await connection.close()
