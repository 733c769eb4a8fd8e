"""Which screen a chat is on: hashed keys, ciphertext."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from storage.base import new_id
from storage.database import Unit
from storage.tables.traffic import Screen


def load(unit: Unit, bot: str, key: str) -> dict[str, Any] | None:
    """The state under a key."""
    table = Screen.__table__
    row = unit.execute(
        sa.select(table.c.id, table.c.state).where(
            table.c.campus_id == unit.campus_id,
            table.c.bot == bot,
            table.c.key_hash == unit.keys.hash("screen", key),
        )
    ).first()
    if row is None:
        return None
    opened = unit.keys.campus.open(row.state, "screens", "state", row.id)
    state: dict[str, Any] = json.loads(opened)
    return state


def save(
    unit: Unit, bot: str, changes: Mapping[str, dict[str, Any] | None], now: dt.datetime
) -> None:
    """Write or remove states; None removes."""
    table = Screen.__table__
    for key, state in changes.items():
        key_hash = unit.keys.hash("screen", key)
        where = sa.and_(
            table.c.campus_id == unit.campus_id,
            table.c.bot == bot,
            table.c.key_hash == key_hash,
        )
        unit.execute(sa.delete(table).where(where))  # type: ignore[arg-type]
        if state is None:
            continue
        row_id = new_id()
        unit.execute(
            sa.insert(table).values(  # type: ignore[arg-type]
                id=row_id,
                campus_id=unit.campus_id,
                bot=bot,
                key_hash=key_hash,
                state=unit.keys.campus.close(json.dumps(state), "screens", "state", row_id),
                at=now,
            )
        )
