"""Expected faults of a command, as one sentence that says what to do."""

from __future__ import annotations

import errno

from bot.settings import SettingsFault
from flows.errors import FlowError
from storage.errors import (
    AlreadyRunning,
    KeyFault,
    NewerDatabase,
    StorageError,
    StoreDown,
)
from storage.opening import NotMigrated


def explain(fault: BaseException) -> str | None:
    """The sentence, or None for a fault nobody foresaw."""
    if isinstance(fault, OSError) and fault.errno == errno.EADDRINUSE:
        return "The port is in use. Choose another, for example: --port 18080"
    if isinstance(fault, SettingsFault):
        return f"Settings: {fault}"
    if isinstance(fault, FlowError):
        return f"Refused: {fault.reason.value}"
    if isinstance(fault, StorageError):
        return _storage(fault)
    return None


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
    if isinstance(fault, KeyFault):
        return (
            f"Keys: {fault}. HANDRAIL_KEYS needs NAME:BASE64 of 32 bytes, newest first; "
            "make one with: python -m bot make-key"
        )
    if isinstance(fault, StoreDown):
        return (
            f"The database cannot be reached ({fault}). Check HANDRAIL_DATABASE_URL and that the "
            "server runs; nothing was changed."
        )
    return f"Storage: {fault}"
