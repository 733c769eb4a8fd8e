"""The durable inbox: updates stored in batches before they are acknowledged."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from storage.base import new_id
from storage.database import Unit
from storage.errors import KeyFault
from storage.tables.traffic import Inbox, InboxSeen

# every update passes here: these are built once, since building costs as much as running
_INBOX = cast(sa.Table, Inbox.__table__)
_SEEN_TABLE = cast(sa.Table, InboxSeen.__table__)
# one that another connection is just storing waits for its commit, and is not new then
_ADD_SEEN = {
    name: dialect.insert(_SEEN_TABLE)
    .on_conflict_do_nothing(index_elements=["campus_id", "bot", "update_id"])
    .returning(_SEEN_TABLE.c.update_id)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_ADD = sa.insert(_INBOX)
_DELETE = sa.delete(_INBOX).where(_INBOX.c.id.in_(sa.bindparam("rows", expanding=True)))


@dataclasses.dataclass(frozen=True, slots=True)
class Arrival:
    """An update as it came: the lane it belongs to and its raw JSON."""

    update_id: int
    lane: bytes
    payload: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class Stored:
    """An inbox row, opened."""

    id: uuid.UUID
    bot: str
    update_id: int
    lane: bytes
    payload: bytes
    applied: bool
    attempts: int


def store(unit: Unit, bot: str, arrivals: Sequence[Arrival], now: dt.datetime) -> list[Stored]:
    """Keep the updates not seen before; those and the ones that still wait, in order.

    An update that comes again may have been stored by a commit whose answer was lost: then nobody
    knows of its row but the store. Or its row is in work; whoever works knows that.
    """
    connection, campus = unit.connection(), unit.campus_id
    came = {arrival.update_id: arrival for arrival in reversed(arrivals)}
    if not came:
        return []
    # in one order, so that two who bring the same wait for each other instead of for both
    added = connection.scalars(
        _ADD_SEEN[connection.dialect.name],
        [
            {
                "id": new_id(),
                "campus_id": campus,
                "bot": bot,
                "update_id": update_id,
                "seen_at": now,
            }
            for update_id in sorted(came)
        ],
    )
    new = set(added)
    known = sorted(came.keys() - new)
    left = waiting(unit, bot, known) if known else []
    kept = [
        Stored(new_id(), bot, arrival.update_id, arrival.lane, arrival.payload, False, 0)
        for arrival in arrivals
        if came[arrival.update_id] is arrival and arrival.update_id in new
    ]
    if not kept:
        return left
    close = unit.keys.campus.close
    connection.execute(
        _ADD,
        [
            {
                "id": row.id,
                "campus_id": campus,
                "bot": bot,
                "update_id": row.update_id,
                "lane": row.lane,
                "payload": close(row.payload, "inbox", "payload", row.id),
                "received_at": now,
                "state": "waiting",
                "applied": False,
                "attempts": 0,
            }
            for row in kept
        ],
    )
    return left + kept


@dataclasses.dataclass(frozen=True, slots=True)
class Parked:
    """A row that was put aside, without its words."""

    bot: str
    received_at: dt.datetime
    reason: str
    attempts: int
    # False: nothing of it is kept, so it cannot be handled again
    kept: bool


def waiting(
    unit: Unit, bot: str, updates: Sequence[int] | None = None, *, put_back: bool = False
) -> list[Stored]:
    """Rows left over by the run before, in order; with `updates` only those of these, with
    `put_back` only those that were parked before.

    A damaged row must not hold up the others: it comes with an empty payload, which is no update,
    so the worker parks it, counts it and shows it.
    """
    table = Inbox.__table__
    query = sa.select(table).where(
        table.c.campus_id == unit.campus_id,
        table.c.bot == bot,
        table.c.state == "waiting",
    )
    if updates is not None:
        query = query.where(table.c.update_id.in_(updates))
    if put_back:
        query = query.where(table.c.attempts > 0)
    rows = unit.execute(query.order_by(table.c.id))
    return [
        Stored(
            row.id,
            bot,
            row.update_id,
            row.lane,
            _open(unit, row),
            row.applied,
            row.attempts + 1,
        )
        for row in rows
    ]


def _open(unit: Unit, row: Any) -> bytes:
    try:
        return unit.keys.campus.open(row.payload, "inbox", "payload", row.id)
    except KeyFault:
        return b""


def finish(unit: Unit, row_ids: Sequence[uuid.UUID]) -> None:
    """Done: the payload goes, the de-duplication id stays."""
    unit.connection().execute(_DELETE, {"rows": list(row_ids)})


def park(unit: Unit, row_id: uuid.UUID, reason: str, attempts: int, *, keep: bool = True) -> None:
    """Put a poison row aside; the lane goes on. `reason` is the name of a fault, no words.

    Without `keep` neither what was written stays nor the mark of the chat.
    """
    table = Inbox.__table__
    nothing = {} if keep else {"payload": b"", "lane": b""}
    unit.execute(
        sa.update(table)  # type: ignore[arg-type]
        .where(table.c.id == row_id)
        .values(state="parked", reason=reason[:60], attempts=attempts, **nothing)
    )


def parked(unit: Unit) -> list[Parked]:
    """What is put aside, oldest first."""
    rows = unit.execute(_parked(unit).order_by(Inbox.received_at, Inbox.id))
    return [
        Parked(row.bot, row.received_at, row.reason or "", row.attempts, bool(row.payload))
        for row in rows
    ]


def put_back(unit: Unit) -> int:
    """Parked rows wait again, behind whatever waits already; how many. Those of which nothing is
    kept, and damaged ones, stay.

    Under new ids: whoever parked them remembers the old ones as ended.
    """
    back = []
    for row in unit.execute(_parked(unit).order_by(Inbox.id).with_for_update()):
        payload = _open(unit, row)
        if not payload:
            continue
        new = new_id()
        sealed = unit.keys.campus.close(payload, "inbox", "payload", new)
        fresh = {"id": new, "payload": sealed, "state": "waiting", "reason": None}
        back.append((row.id, dict(row._mapping) | fresh))
    if back:
        finish(unit, [old for old, _ in back])
        unit.connection().execute(_ADD, [row for _, row in back])
    return len(back)


def _parked(unit: Unit) -> sa.Select[Any]:
    table = Inbox.__table__
    return sa.select(table).where(table.c.campus_id == unit.campus_id, table.c.state == "parked")


def count_parked(unit: Unit) -> int:
    """How many rows are put aside."""
    table = Inbox.__table__
    return int(
        unit.scalar(
            sa.select(sa.func.count())
            .select_from(table)
            .where(table.c.campus_id == unit.campus_id, table.c.state == "parked")
        )
        or 0
    )


def forget_seen(unit: Unit, before: dt.datetime) -> int:
    """Drop de-duplication ids older than seven days."""
    table = InboxSeen.__table__
    gone = unit.execute(
        sa.delete(table).where(  # type: ignore[arg-type]
            table.c.campus_id == unit.campus_id, table.c.seen_at < before
        )
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]
