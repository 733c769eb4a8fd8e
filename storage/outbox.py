"""The outbox: what must reach a person by itself. Rows, claimed by the sender."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from storage.base import new_id
from storage.database import Unit, insert
from storage.errors import KeyFault, WordsGone
from storage.tables.traffic import Outbox

PRIORITY = {
    "card": 0,
    # that somebody may be dying stands in nobody's line
    "page": 0,
    "alert": 1,
    "relay": 2,
    "notice": 2,
    "follow_up": 3,
    "reminder": 3,
    "campaign": 4,
}
# of a row that is put back: one that would wait longer was put back by a clock set back since
LONGEST_WAIT = dt.timedelta(minutes=10)
# a send whose outcome is unknown: these repeat, the others skip (DESIGN 3.6)
REPEATS = frozenset({"card", "page", "alert", "relay", "notice", "follow_up"})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What to send; `cause` is unique, so the same cause never sends twice."""

    person_id: uuid.UUID
    bot: str
    kind: str
    text_key: str
    cause: str
    args: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    key_owner: uuid.UUID | None = None
    message_id: uuid.UUID | None = None
    not_before: dt.datetime | None = None
    expires_at: dt.datetime | None = None
    delete_after: dt.timedelta | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Post:
    """A claimed outbox row, opened for sending."""

    id: uuid.UUID
    person_id: uuid.UUID
    bot: str
    kind: str
    text_key: str
    args: dict[str, Any]
    priority: int
    attempts: int
    repeats: int
    expires_at: dt.datetime | None
    delete_after: dt.timedelta | None
    # the counselor's text that it carries: known also where the arguments cannot be opened
    message_id: uuid.UUID | None = None
    # why its arguments could not be opened: WordsGone (erased), or a fault of the keys
    unreadable: str | None = None


def is_known(unit: Unit, cause: str) -> bool:
    """Whether a letter of that cause was queued before."""
    table = Outbox.__table__
    query = sa.select(table.c.id).where(
        table.c.campus_id == unit.campus_id, table.c.cause == cause
    )
    return unit.execute(query).first() is not None


def put(unit: Unit, letter: Letter, now: dt.datetime) -> uuid.UUID | None:
    """Queue a letter in the caller's commit; None when its cause was queued before."""
    row_id = new_id()
    cipher = (
        unit.keys.campus if letter.key_owner is None else unit.keys.student(unit, letter.key_owner)
    )
    added = unit.execute(
        insert(unit, Outbox.__table__)
        .values(
            id=row_id,
            campus_id=unit.campus_id,
            person_id=letter.person_id,
            bot=letter.bot,
            kind=letter.kind,
            text_key=letter.text_key,
            message_id=letter.message_id,
            key_owner=letter.key_owner,
            args=cipher.close(json.dumps(dict(letter.args)), "outbox", "args", row_id),
            priority=PRIORITY[letter.kind],
            cause=letter.cause,
            created_at=now,
            not_before=letter.not_before or now,
            expires_at=letter.expires_at,
            state="waiting",
            attempts=0,
            repeats=0,
            delete_after_s=(
                int(letter.delete_after.total_seconds()) if letter.delete_after else None
            ),
        )
        # two processes may queue the same cause at once
        .on_conflict_do_nothing(index_elements=["campus_id", "cause"])
    )
    if not added.rowcount:  # type: ignore[attr-defined]
        return None
    unit.info["letters"] = True
    return row_id


def _is_due(table: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether a row may go now.

    A clock that has been set back since must not hold up what was not planned for later, nor what
    was put back for a while.
    """
    now = sa.bindparam("now", type_=table.c.not_before.type)
    latest = sa.bindparam("latest", type_=table.c.not_before.type)
    return sa.or_(
        table.c.not_before <= now,
        sa.and_(table.c.attempts == 0, table.c.not_before == table.c.created_at),
        sa.and_(table.c.attempts > 0, table.c.not_before > latest),
    )


@functools.cache
def _claim_query(*, locking: bool) -> sa.Select[Any]:
    """Built once: building it costs more than running it (2 ms)."""
    table = Outbox.__table__
    earlier = table.alias("earlier")
    # a row tried before holds its place in line; one that is only planned for later does not.
    # Looked up by person alone, whose rows are few: each belongs to one bot
    in_the_way = sa.exists().where(
        earlier.c.person_id == table.c.person_id,
        earlier.c.state.in_(["waiting", "attempting"]),
        earlier.c.priority == table.c.priority,
        earlier.c.id < table.c.id,
        sa.or_(_is_due(earlier), earlier.c.attempts > 0),
    )
    query = (
        sa.select(table)
        .where(
            table.c.campus_id == sa.bindparam("campus"),
            table.c.bot == sa.bindparam("bot"),
            table.c.state == "waiting",
            table.c.priority <= sa.bindparam("least_urgent"),
            _is_due(table),
            table.c.person_id.not_in(sa.bindparam("busy", expanding=True)),
            ~in_the_way,
        )
        .order_by(table.c.priority, table.c.id)
        .limit(sa.bindparam("most", type_=sa.Integer()))
    )
    return query.with_for_update(skip_locked=True, of=table) if locking else query


def claim(
    unit: Unit,
    bot: str,
    now: dt.datetime,
    *,
    limit: int,
    busy: Sequence[uuid.UUID],
    least_urgent: int = max(PRIORITY.values()),
) -> list[Post]:
    """Mark the next rows as attempted and return them, at most one a person.

    `busy` are the persons a send is under way to; classes beyond `least_urgent` stay where they
    are. The mark is committed before anything is sent.
    """
    table = Outbox.__table__
    found = unit.execute(
        _claim_query(locking=unit.get_bind().dialect.name == "postgresql"),
        {
            "campus": unit.campus_id,
            "bot": bot,
            "now": now,
            "latest": now + LONGEST_WAIT,
            "least_urgent": least_urgent,
            "most": limit,
            "busy": list(busy),
        },
    ).all()
    rows, seen = [], set()
    for row in found:
        if row.person_id not in seen:
            seen.add(row.person_id)
            rows.append(row)
    if rows:
        unit.execute(
            sa.update(table)  # type: ignore[arg-type]
            .where(table.c.id.in_([row.id for row in rows]))
            .values(state="attempting", attempt_started_at=now, attempts=table.c.attempts + 1)
        )
    return [_open(unit, row) for row in rows]


def _open(unit: Unit, row: Any) -> Post:
    """A row that cannot be opened must not hold up the others: it says so in `unreadable`."""
    args: dict[str, Any] = {}
    unreadable: str | None = None
    try:
        cipher = (
            unit.keys.campus if row.key_owner is None else unit.keys.student(unit, row.key_owner)
        )
        args = json.loads(cipher.open(row.args, "outbox", "args", row.id))
    except (WordsGone, KeyFault, ValueError) as fault:
        unreadable = type(fault).__name__
    return Post(
        id=row.id,
        person_id=row.person_id,
        bot=row.bot,
        kind=row.kind,
        text_key=row.text_key,
        args=args,
        priority=row.priority,
        attempts=row.attempts + 1,
        repeats=row.repeats,
        expires_at=row.expires_at,
        delete_after=(
            dt.timedelta(seconds=row.delete_after_s) if row.delete_after_s is not None else None
        ),
        message_id=row.message_id,
        unreadable=unreadable,
    )


def is_under_way(unit: Unit, row_id: uuid.UUID, attempts: int) -> bool:
    """Whether this attempt's end was not recorded yet."""
    table = Outbox.__table__
    query = sa.select(table.c.id).where(
        table.c.id == row_id, table.c.state == "attempting", table.c.attempts == attempts
    )
    return unit.execute(query).first() is not None


def finish(
    unit: Unit, row_id: uuid.UUID, state: str, now: dt.datetime, reason: str | None = None
) -> None:
    """Record how a send ended: sent, failed, skipped or expired."""
    table = Outbox.__table__
    unit.execute(
        sa.update(table)  # type: ignore[arg-type]
        .where(table.c.id == row_id)
        .values(state=state, finished_at=now, reason=reason)
    )


def try_again(
    unit: Unit, row_id: uuid.UUID, not_before: dt.datetime, *, ambiguous: bool, reason: str
) -> None:
    """Put a row back; an ambiguous send is counted, for it may have arrived."""
    table = Outbox.__table__
    unit.execute(
        sa.update(table)  # type: ignore[arg-type]
        .where(table.c.id == row_id)
        .values(
            state="waiting",
            not_before=not_before,
            repeats=table.c.repeats + (1 if ambiguous else 0),
            reason=reason,
        )
    )


def recover(unit: Unit, bot: str, now: dt.datetime, *, under_way: Sequence[uuid.UUID] = ()) -> int:
    """Rows whose attempt was lost (a crash) may have arrived: repeat or skip by kind.

    `under_way` are the rows this process is sending. Returns how many repeat.
    """
    table = Outbox.__table__
    lost = sa.and_(
        table.c.campus_id == unit.campus_id,
        table.c.bot == bot,
        table.c.state == "attempting",
        table.c.id.not_in(under_way),
    )
    again = unit.execute(
        sa.update(table)  # type: ignore[arg-type]
        .where(lost, table.c.kind.in_(sorted(REPEATS)))
        .values(state="waiting", repeats=table.c.repeats + 1, reason="restart")
    )
    unit.execute(
        sa.update(table)  # type: ignore[arg-type]
        .where(lost)
        .values(state="skipped", finished_at=now, reason="restart")
    )
    return int(again.rowcount)  # type: ignore[attr-defined]


def next_due(unit: Unit, bot: str, after: dt.datetime) -> dt.datetime | None:
    """When the earliest row planned for later than `after` may go."""
    table = Outbox.__table__
    due: dt.datetime | None = unit.scalar(
        sa.select(sa.func.min(table.c.not_before)).where(
            table.c.campus_id == unit.campus_id,
            table.c.bot == bot,
            table.c.state == "waiting",
            table.c.not_before > after,
        )
    )
    return due
