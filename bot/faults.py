"""Expected faults of a command, as one sentence that says what to do."""

from __future__ import annotations

import errno
import os
import traceback
from pathlib import Path

from bot.settings import ROOT, SettingsFault
from flows.errors import FlowError
from storage.errors import (
    AlreadyRunning,
    BotRunsElsewhere,
    KeyFault,
    NewerDatabase,
    StorageError,
    StoreDown,
    UnknownCampus,
)
from storage.opening import NotMigrated


def explain(fault: BaseException) -> str | None:
    """The sentence, or None for a fault nobody foresaw."""
    if isinstance(fault, OSError):
        return _system(fault)
    if isinstance(fault, SettingsFault):
        return f"Settings: {fault}"
    if isinstance(fault, FlowError):
        return f"Refused: {fault.reason.value}"
    if isinstance(fault, StorageError):
        return _storage(fault)
    return None


def unforeseen(fault: BaseException) -> str:
    """Kind and place of any other fault, never its message: that may quote what was written."""
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(ROOT)] or frames
    places = [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in ours
        if ".venv" not in Path(frame.filename).parts
    ]
    return (
        f"A fault nobody foresaw: {type(fault).__name__} at {' > '.join(places[-6:])}. "
        "Please report this line; it holds no words, names or keys."
    )


def _system(fault: OSError) -> str:
    if fault.errno == errno.EADDRINUSE:
        return (
            "The port is in use. Choose another: --port for the demo, "
            "HANDRAIL__INTAKE__LISTEN_PORT for a run."
        )
    if fault.errno == errno.EADDRNOTAVAIL:
        return "This machine has no such address. Look at intake.listen_host."
    where = f": {fault.filename}" if fault.filename else ""
    return f"The system refuses{where} ({os.strerror(fault.errno or errno.EIO)})."


def _storage(fault: StorageError) -> str:
    if isinstance(fault, NotMigrated):
        return (
            f"The database's schema ({fault}) is older than this version. "
            "Run: python -m bot migrate"
        )
    if isinstance(fault, NewerDatabase):
        return (
            f"The database was made by a newer version of Handrail (schema {fault}). "
            "Install that version; this one would damage it."
        )
    if isinstance(fault, AlreadyRunning):
        return (
            f"Another process has {fault} open. An embedded database serves one process; "
            "stop the other, or move to PostgreSQL (docs/operations.md)."
        )
    if isinstance(fault, BotRunsElsewhere):
        return (
            f"Another process is in the way: {fault} (machine and process number). A bot has one "
            "process on a database; stop that one first."
        )
    if isinstance(fault, UnknownCampus):
        return (
            f"The database has {fault}. Correct campus.id (HANDRAIL__CAMPUS__ID); if this is to "
            "be one more campus, run: python -m bot migrate --new-campus"
        )
    if isinstance(fault, KeyFault):
        return (
            f"Keys: {fault}. HANDRAIL_KEYS holds NAME:BASE64 (32 bytes), newest first, with every "
            "key that the database still needs. A new one comes from: python -m bot make-key"
        )
    if isinstance(fault, StoreDown):
        return (
            f"The database cannot be reached ({_deepest(fault)}). Check HANDRAIL_DATABASE_URL and "
            "that the server runs; nothing was changed."
        )
    return f"Storage: {fault}"


def _deepest(fault: BaseException) -> str:
    """The kind of the first cause: SQLAlchemy wraps the driver's own twice."""
    kind = str(fault)
    while (cause := fault.__cause__) is not None:
        fault, kind = cause, type(cause).__name__
    return kind
