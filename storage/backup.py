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
import itertools
import json
import operator
import os
import uuid
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import storage.tables  # noqa: F401
from storage.base import Base, UtcDateTime
from storage.encryption import MasterKeys
from storage.errors import AlreadyRunning, StorageError
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


class NotWritten(StorageError):
    """The backup could not be written where it should go."""


class WouldReplace(StorageError):
    """The database already holds people."""


async def back_up(url: str, target: Path) -> int:
    """Write `target` and the keys file beside it; how many rows."""
    await check_schema(url)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise NotWritten(f"{target.parent} cannot be made ({fault.strerror})") from fault

    def dump(connection: sa.Connection) -> int:
        # a fault of the target must not read as a lost database
        try:
            return _dump(connection, target)
        except OSError as fault:
            raise NotWritten(f"{target} cannot be written ({fault.strerror})") from fault

    count: int = await with_connection(url, dump, snapshot=True)
    return count


def _dump(connection: sa.Connection, target: Path) -> int:
    keys = list(_rows(connection, DataKey.__table__))  # type: ignore[arg-type]
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
    # the keys first: a kill in between leaves the older backup with keys that still open it
    _replace(target.parent / KEYS_NAME, json.dumps(keys).encode())
    _put_in_place(partial, target)
    return count


async def restore(url: str, source: Path, *, force: bool, master: MasterKeys | None = None) -> int:
    """Fill an empty (or, with `force`, a cleared) database; how many rows.

    With `master`, KeyFault before anything is touched when it does not open the keys file.
    AlreadyRunning when a process has the database open: it must not change under its feet.
    """
    campuses, count = _verify(source)
    keys = _read_keys(source.parent / KEYS_NAME)
    for campus in sorted(campuses):
        for purpose in ("lookup", "campus"):
            _check_key(keys, campus, purpose, master)

    def fill(connection: sa.Connection) -> int:
        _nobody_else(connection)
        people = connection.scalar(sa.select(sa.func.count()).select_from(Person))
        if people and not force:
            raise WouldReplace("the database holds people; pass --force to replace it")
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(sa.delete(table))
        try:
            _insert(connection, DataKey.__tablename__, iter(keys))
            # tables stand in the file in the order in which they may be filled
            for name, group in itertools.groupby(_read(source), key=operator.itemgetter(0)):
                _insert(connection, name, (row for _, row in group))
        except (AttributeError, KeyError, TypeError, ValueError) as fault:
            raise NotABackup(f"{source.name} or {KEYS_NAME} is damaged") from fault
        return count

    with hold(sqlite_path(url)) if is_sqlite(url) else contextlib.nullcontext():
        await migrate(url)
        filled: int = await with_connection(url, fill)
    return filled


def _nobody_else(connection: sa.Connection) -> None:
    """An embedded database has its lock file; a server is asked who else is connected."""
    if connection.dialect.name != "postgresql":
        return
    others = connection.scalar(
        sa.text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    )
    if others:
        raise AlreadyRunning("the PostgreSQL database")


def _verify(source: Path) -> tuple[set[str], int]:
    """Which campuses it holds and how many rows; NotABackup unless it is whole and ours."""
    campuses: set[str] = set()
    count = 0
    try:
        with gzip.open(source, "rt", encoding="utf-8") as handle:
            header = json.loads(handle.readline() or "null")
            if not isinstance(header, dict) or "handrail_backup" not in header:
                raise NotABackup(f"{source.name} was not written by `backup`")
            last: Any = None
            for line in handle:
                last = json.loads(line)
                if isinstance(last, list):
                    campuses.add(str(last[1]["campus_id"]))
                    count += 1
    except (OSError, ValueError, EOFError, zlib.error, LookupError, TypeError) as fault:
        raise NotABackup(f"{source.name} cannot be read") from fault
    if not isinstance(last, dict) or last.get("rows") != count:
        raise NotABackup(f"{source.name} is cut short")
    if header.get("schema") != head_revision():
        raise NotABackup(
            f"it has schema {header.get('schema')}, this version has {head_revision()}: restore "
            "with the version that wrote it, then migrate"
        )
    return campuses, count


def _read(source: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Table and row, one by one: a backup may be larger than the memory."""
    with gzip.open(source, "rt", encoding="utf-8") as handle:
        handle.readline()
        for line in handle:
            item = json.loads(line)
            if isinstance(item, list):
                yield item[0], item[1]


def _read_keys(path: Path) -> list[dict[str, Any]]:
    try:
        keys = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise NotABackup(f"the keys file {KEYS_NAME} beside it cannot be read") from fault
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise NotABackup(f"{KEYS_NAME} was not written by `backup`")
    return keys


def _check_key(
    keys: list[dict[str, Any]], campus: str, purpose: str, master: MasterKeys | None
) -> None:
    """NotABackup when the campus's key is missing: everything restored would be noise."""
    for key in keys:
        if key.get("campus_id") == campus and key.get("purpose") == purpose:
            break
    else:
        raise NotABackup(f"{KEYS_NAME} holds no {purpose} key of campus {campus!r}")
    if master is not None:
        wrapped = base64.b64decode(key["wrapped"])
        master.find(key["master_id"]).unwrap(wrapped, uuid.UUID(key["id"]))


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    for row in connection.execute(sa.select(table)).mappings():
        yield {key: _plain(value) for key, value in row.items()}


def _insert(connection: sa.Connection, name: str, rows: Iterator[dict[str, Any]]) -> None:
    table = Base.metadata.tables[name]
    while batch := list(itertools.islice(rows, _BATCH)):
        connection.execute(
            sa.insert(table),
            [{key: _typed(table.c[key], value) for key, value in row.items()} for row in batch],
        )


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
