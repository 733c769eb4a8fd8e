"""The files of a backup: the one keys file beside it, and how a file is put in place."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from storage.errors import StorageError
from storage.plain_rows import MISFITS, typed
from storage.tables.keys import DataKey

KEYS_NAME = "handrail-keys.json"
KEYS = cast(sa.Table, DataKey.__table__)
_MEND = "put a whole copy beside the backup, the newest one of that folder. Nothing was changed"
_PARTIAL = (".handrail-", ".partial")
# SQLite's own companions, and our lock
_OF_A_DATABASE = ("", "-wal", "-shm", "-journal", ".lock")


class NotABackup(StorageError):
    """The file is damaged, or is no backup of Handrail."""


class NotWritten(StorageError):
    """The backup could not be written where it should go."""


def check_target(target: Path, database: Path | None) -> None:
    """NotWritten when the backup would take the place of something else."""
    taken = set()
    if database is not None:
        taken = {Path(f"{database}{end}").resolve() for end in _OF_A_DATABASE}
        if target.exists() and database.exists() and target.samefile(database):
            taken.add(target.resolve())
    if target.resolve() in taken:
        raise NotWritten(f"{target} belongs to the database: give the backup a name of its own")
    if target.name.casefold() == KEYS_NAME:
        raise NotWritten(f"{KEYS_NAME} is the keys file: give the backup a name of its own")
    if target.is_dir():
        raise NotWritten(f"{target} is a folder: name a file in it")


def read_keys(folder: Path) -> list[dict[str, Any]]:
    """The rows of the keys file; NotABackup when it is missing or damaged."""
    try:
        keys = json.loads((folder / KEYS_NAME).read_text(encoding="utf-8"))
        whole = isinstance(keys, list) and _are_whole(keys)
    except (OSError, RecursionError, *MISFITS) as fault:
        raise NotABackup(f"the keys file {KEYS_NAME} beside it cannot be read: {_MEND}") from fault
    if not whole:
        raise NotABackup(f"the keys file {KEYS_NAME} beside it is damaged: {_MEND}")
    return cast("list[dict[str, Any]]", keys)


def _are_whole(keys: list[Any]) -> bool:
    """Whether the table would take them; also any of `MISFITS` when not."""
    seen: set[Any] = set()
    for key in keys:
        row = typed(KEYS, key)
        texts = (row["campus_id"], row["master_id"])
        if (
            row.keys() != set(KEYS.c.keys())
            or row["purpose"] not in {"lookup", "campus", "student"}
            or not all(isinstance(text, str) for text in texts)
            or not (row["id"] and row["owner_id"] is not None and row["wrapped"])
            or row["created_at"].tzinfo is None
        ):
            return False
        seen |= {row["id"], (row["campus_id"], row["purpose"], row["owner_id"])}
    return len(seen) == 2 * len(keys)


def campus_key_ids(keys: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Campus to purpose to row: which database the keys belong to. Rotating changes none."""
    ids: dict[str, dict[str, str]] = {}
    for key in keys:
        if key.get("purpose") in {"lookup", "campus"}:
            ids.setdefault(key["campus_id"], {})[key["purpose"]] = key["id"]
    return ids


def check_same_database(folder: Path, keys: list[dict[str, Any]]) -> None:
    """NotWritten when the keys file there opens older backups that these keys do not open."""
    if not (folder / KEYS_NAME).exists():
        return
    try:
        before = campus_key_ids(read_keys(folder))
    except NotABackup as fault:
        raise NotWritten(
            f"the keys file {KEYS_NAME} in {folder} is damaged, and older backups may need it: "
            "mend it, move it away, or back up into another folder"
        ) from fault
    now = campus_key_ids(keys)
    if any(now.get(campus) != ids for campus, ids in before.items()):
        raise NotWritten(
            f"the keys file {KEYS_NAME} in {folder} is of another database: replacing it would "
            "make the backups there noise for ever. Back up into another folder"
        )


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """One backup a folder: NotWritten while another one is being written there.

    Of two, the older one's keys could stand last, beside the newer one's rows. What a killed
    backup left behind is removed.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise NotWritten(
                f"another backup is being written into {folder}: try again when it is done"
            ) from fault
        except OSError:
            # some network file systems lock no folder: each goes on, under names of its own
            pass
        else:
            for left in folder.glob("*".join(_PARTIAL)):
                left.unlink(missing_ok=True)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def written(path: Path) -> Iterator[Path]:
    """Where to write; it takes the place of `path` once it is whole and on the disk.

    For its owner only, and gone when anything fails.
    """
    handle, name = tempfile.mkstemp(prefix=_PARTIAL[0], suffix=_PARTIAL[1], dir=path.parent)
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        with partial.open("rb") as whole:
            os.fsync(whole.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
