"""Whether the records hold."""

from __future__ import annotations

from storage import records
from storage.database import Database


async def first_broken_audit(database: Database) -> int | None:
    """The first audit position that was tampered with; None when the chain is whole."""
    return await database.read(records.first_broken_audit)
