"""Backup and restore: every row as JSON lines, gzipped; the wrapped keys in a file of their own.

Old backups must hold noise once a student is forgotten, so no backup carries a student's key: the
one keys file beside them is replaced by each backup. Everything stays ciphertext throughout, and a
backup of either database can be restored into either.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import gzip
import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import storage.tables  # noqa: F401
from storage.base import Base, UtcDateTime
from storage.errors import StorageError
from storage.opening import (
    check_schema,
    head_revision,
    is_sqlite,
    migrate,
    sqlite_path,
    with_connection,
)
from storage.sqlite import hold
from storage.tables.keys import DataKey
from storage.tables.people import Person

KEYS_NAME = "handrail-keys.json"
_BATCH = 500


class NotABackup(StorageError):
    """The file is damaged, or is no backup of Handrail."""


class WouldReplace(StorageError):
    """The database already holds people."""


async def back_up(url: str, target: Path) -> int:
    """Write `target` and the keys file beside it; how many rows."""
    await check_schema(url)

    def dump(connection: sa.Connection) -> int:
        keys = _rows(connection, DataKey.__table__)  # type: ignore[arg-type]
        _replace(target.parent / KEYS_NAME, json.dumps(list(keys)).encode())
        count = 0
        partial = target.with_name(target.name + ".partial")
        with gzip.open(partial, "wt", encoding="utf-8") as handle:
            handle.write(json.dumps({"handrail_backup": 1, "schema": head_revision()}) + "\n")
            for table in Base.metadata.sorted_tables:
                if table.name == DataKey.__tablename__:
                    continue
                for row in _rows(connection, table):
                    handle.write(json.dumps([table.name, row]) + "\n")
                    count += 1
            handle.write(json.dumps({"rows": count}) + "\n")
        _put_in_place(partial, target)
        return count

    target.parent.mkdir(parents=True, exist_ok=True)
    count: int = await with_connection(url, dump, snapshot=True)
    return count


async def restore(url: str, source: Path, *, force: bool) -> int:
    """Fill an empty (or, with `force`, a cleared) database; how many rows.

    AlreadyRunning when a process holds an embedded database: it must not change under its feet.
    """
    header, rows, count = _read(source)
    if header.get("schema") != head_revision():
        raise NotABackup(
            f"it has schema {header.get('schema')}, this version has {head_revision()}: restore "
            "with the version that wrote it, then migrate"
        )
    keys_path = source.parent / KEYS_NAME
    try:
        keys = json.loads(keys_path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise NotABackup(f"the keys file {KEYS_NAME} beside it cannot be read") from fault

    def fill(connection: sa.Connection) -> int:
        people = connection.scalar(sa.select(sa.func.count()).select_from(Person))
        if people and not force:
            raise WouldReplace("the database holds people; pass --force to replace it")
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(sa.delete(table))
        keys_table = DataKey.__table__
        _insert(connection, keys_table, keys)  # type: ignore[arg-type]
        by_table: dict[str, list[dict[str, Any]]] = {}
        for name, row in rows:
            by_table.setdefault(name, []).append(row)
        for table in Base.metadata.sorted_tables:
            _insert(connection, table, by_table.get(table.name, []))
        return count

    with hold(sqlite_path(url)) if is_sqlite(url) else contextlib.nullcontext():
        await migrate(url)
        filled: int = await with_connection(url, fill)
    return filled


def _read(source: Path) -> tuple[dict[str, Any], list[tuple[str, dict[str, Any]]], int]:
    try:
        with gzip.open(source, "rt", encoding="utf-8") as handle:
            lines = [json.loads(line) for line in handle]
    except (OSError, ValueError, EOFError) as fault:
        raise NotABackup(f"{source.name} cannot be read") from fault
    if len(lines) < 2 or not isinstance(lines[0], dict) or "handrail_backup" not in lines[0]:
        raise NotABackup(f"{source.name} was not written by `backup`")
    rows = [(name, row) for name, row in lines[1:-1]]
    if not isinstance(lines[-1], dict) or lines[-1].get("rows") != len(rows):
        raise NotABackup(f"{source.name} is cut short")
    return lines[0], rows, len(rows)


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    for row in connection.execute(sa.select(table)).mappings():
        yield {key: _plain(value) for key, value in row.items()}


def _insert(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _BATCH):
        batch = [
            {key: _typed(table.c[key], value) for key, value in row.items()}
            for row in rows[start : start + _BATCH]
        ]
        connection.execute(sa.insert(table), batch)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return value


def _typed(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, sa.LargeBinary):
        return base64.b64decode(value)
    if isinstance(column.type, sa.Uuid):
        return uuid.UUID(value)
    if isinstance(column.type, UtcDateTime):
        return dt.datetime.fromisoformat(value)
    return value


def _replace(path: Path, content: bytes) -> None:
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(content)
    _put_in_place(partial, path)


def _put_in_place(partial: Path, path: Path) -> None:
    """The old file stays until the new one is whole and on the disk; for its owner only."""
    partial.chmod(0o600)
    with partial.open("rb") as handle:
        os.fsync(handle.fileno())
    os.replace(partial, path)
