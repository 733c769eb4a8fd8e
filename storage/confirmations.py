"""Who checked which crisis number, when, and what they saw."""

from __future__ import annotations

import dataclasses
import datetime as dt

import sqlalchemy as sa

from storage.base import new_id
from storage.database import Unit
from storage.tables.records import CrisisConfirmation


@dataclasses.dataclass(frozen=True, slots=True)
class StoredConfirmation:
    """One check of one entry; whose it was stays sealed."""

    entry_id: str
    value_seen: str
    at: dt.datetime


def add(unit: Unit, entry_id: str, by: str, value_seen: str, now: dt.datetime) -> None:
    """Append a check; the name as ciphertext."""
    row = CrisisConfirmation(id=new_id(), entry_id=entry_id, value_seen=value_seen, at=now)
    row.by = unit.keys.campus.close(by, "crisis_confirmations", "by", row.id)
    unit.add(row)
    unit.flush()


def latest(unit: Unit) -> dict[str, StoredConfirmation]:
    """The newest check of each entry."""
    rows = unit.scalars(sa.select(CrisisConfirmation).order_by(CrisisConfirmation.at))
    return {row.entry_id: StoredConfirmation(row.entry_id, row.value_seen, row.at) for row in rows}
