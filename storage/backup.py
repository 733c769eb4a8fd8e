"""Backup and restore: every row as JSON lines, gzipped; the wrapped keys in a file of their own.

Old backups must hold noise once a student is forgotten, so no backup carries a student's key: the
one keys file beside them is replaced by each backup. Everything stays ciphertext throughout, and a
backup of either database can be restored into either.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import datetime as dt
import gzip
import itertools
import json
import operator
import uuid
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import StatementError

import storage.tables  # noqa: F401
from storage.backup_files import (
    KEYS,
    KEYS_NAME,
    NotABackup,
    NotWritten,
    alone_in,
    campus_key_ids,
    check_same_database,
    check_target,
    read_keys,
    written,
)
from storage.base import Base
from storage.database import store_faults
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
from storage.plain_rows import MISFITS, insert, rows
from storage.sqlite import hold
from storage.tables.keys import DataKey
from storage.tables.people import Invite, Person, Staff, Student


class WouldReplace(StorageError):
    """The database already holds people."""


async def back_up(url: str, target: Path) -> int:
    """Write `target` and the keys file beside it; how many rows."""
    await check_schema(url)
    check_target(target, sqlite_path(url) if is_sqlite(url) else None)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise NotWritten(f"{target.parent} cannot be made ({fault.strerror})") from fault

    def dump(connection: sa.Connection) -> int:
        # a fault of the target must not read as a lost database
        try:
            # before the first row is read: of two backups the later one holds the later rows
            with alone_in(target.parent):
                return _dump(connection, target)
        except OSError as fault:
            raise NotWritten(f"{target} cannot be written ({fault.strerror})") from fault

    count: int = await with_connection(url, dump, snapshot=True)
    return count


def _dump(connection: sa.Connection, target: Path) -> int:
    keys = list(rows(connection, KEYS))
    check_same_database(target.parent, keys)
    header = {
        "handrail_backup": 1,
        "schema": head_revision(),
        "at": _database_time(connection).isoformat(),
        "keys": campus_key_ids(keys),
    }
    with written(target) as partial:
        count = _write_rows(connection, partial, header)
        # the keys first: a kill in between leaves the older backup with keys that still open it
        with written(target.parent / KEYS_NAME) as keys_file:
            keys_file.write_bytes(json.dumps(keys).encode())
    return count


def _write_rows(connection: sa.Connection, path: Path, header: dict[str, Any]) -> int:
    count = 0
    with gzip.open(path, "wt", encoding="utf-8") as handle:
        handle.write(json.dumps(header) + "\n")
        for table in Base.metadata.sorted_tables:
            if table.name == KEYS.name:
                continue
            for row in rows(connection, table):
                handle.write(json.dumps([table.name, row]) + "\n")
                count += 1
        handle.write(json.dumps({"rows": count}) + "\n")
    return count


@dataclasses.dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought back, and of when."""

    at: dt.datetime
    rows: int
    students: int
    # erased since, or the keys file was not the newest: nothing of them can be read
    without_key: int


async def restore(
    url: str, source: Path, *, force: bool, master: MasterKeys | None = None
) -> Restored:
    """Fill an empty (or, with `force`, a cleared) database.

    Nobody is on call afterwards and no unused invite is good: who left since has access again.

    With `master`, KeyFault before anything is touched when it does not open the keys file.
    AlreadyRunning when a process has the database open: it must not change under its feet.
    """
    header, campuses, count = _verify(source)
    keys = read_keys(source.parent)
    for campus in sorted(campuses):
        for purpose in ("lookup", "campus"):
            _check_key(keys, campus, purpose, master)
    _check_belong(header, campuses, keys)
    at = _moment(header)

    def fill(connection: sa.Connection) -> Restored:
        _nobody_else(connection)
        people = connection.scalar(sa.select(sa.func.count()).select_from(Person))
        if people and not force:
            raise WouldReplace("the database holds people; pass --force to replace it")
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(sa.delete(table))
        _fill(connection, source, keys)
        _close_doors(connection)
        return Restored(at, count, *_count_students(connection))

    with hold(sqlite_path(url)) if is_sqlite(url) else contextlib.nullcontext():
        await migrate(url)
        filled: Restored = await with_connection(url, fill)
    return filled


def _fill(connection: sa.Connection, source: Path, keys: list[dict[str, Any]]) -> None:
    try:
        # a database that is lost meanwhile is no fault of the file
        with store_faults():
            insert(connection, KEYS.name, iter(keys))
            # tables stand in the file in the order in which they may be filled
            for name, group in itertools.groupby(_read(source), key=operator.itemgetter(0)):
                insert(connection, name, (row for _, row in group))
    except (StatementError, *MISFITS) as fault:
        raise NotABackup(
            f"{source.name} holds rows that are none of ours: it is damaged, take another copy "
            "of it. Nothing was changed"
        ) from fault


def _close_doors(connection: sa.Connection) -> None:
    """What was taken away since the backup must not page or let in anybody again."""
    connection.execute(sa.update(Staff).values(on_call=False, on_call_until=None))
    unused = sa.update(Invite).where(Invite.used_at.is_(None))
    connection.execute(unused.values(expires_at=Invite.created_at))


def _count_students(connection: sa.Connection) -> tuple[int, int]:
    """All, and those without a key."""
    has_key = sa.exists().where(
        DataKey.campus_id == Student.campus_id,
        DataKey.purpose == "student",
        DataKey.owner_id == Student.id,
    )
    count = sa.select(sa.func.count()).select_from(Student)
    return connection.scalar(count) or 0, connection.scalar(count.where(~has_key)) or 0


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


def _verify(source: Path) -> tuple[dict[str, Any], set[str], int]:
    """Its header, which campuses it holds, how many rows; NotABackup unless whole and ours."""
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
    return header, campuses, count


def _read(source: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Table and row, one by one: a backup may be larger than the memory."""
    with gzip.open(source, "rt", encoding="utf-8") as handle:
        handle.readline()
        for line in handle:
            item = json.loads(line)
            if isinstance(item, list):
                yield item[0], item[1]


def _check_key(
    keys: list[dict[str, Any]], campus: str, purpose: str, master: MasterKeys | None
) -> None:
    """NotABackup when the campus's key is missing: everything restored would be noise."""
    for key in keys:
        if key.get("campus_id") == campus and key.get("purpose") == purpose:
            break
    else:
        raise NotABackup(
            f"{KEYS_NAME} holds no {purpose} key of campus {campus!r}: put the newest one of that "
            "folder beside the backup"
        )
    if master is not None:
        wrapped = base64.b64decode(key["wrapped"])
        master.find(key["master_id"]).unwrap(wrapped, uuid.UUID(key["id"]))


def _database_time(connection: sa.Connection) -> dt.datetime:
    """When this backup is taken, by the clock of the database (SQLite says it without a zone)."""
    now: dt.datetime = connection.execute(sa.select(sa.func.now())).scalar_one()
    return now.astimezone(dt.UTC) if now.tzinfo else now.replace(tzinfo=dt.UTC)


def _moment(header: dict[str, Any]) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(header["at"])
    except (LookupError, TypeError, ValueError) as fault:
        raise NotABackup("its first line is damaged") from fault


def _check_belong(header: dict[str, Any], campuses: set[str], keys: list[dict[str, Any]]) -> None:
    """NotABackup when the keys are of a database set up before or after this one."""
    own, found = header.get("keys"), campus_key_ids(keys)
    if not isinstance(own, dict) or any(own.get(name) != found[name] for name in campuses):
        raise NotABackup(
            f"{KEYS_NAME} is of another database: put the one that was written with this backup "
            "beside it"
        )
