"""The unit of work: a synchronous function given to `transact`.

It is synchronous so that it cannot wait for a model, a file or the Bot API while it holds locks.
"""

from __future__ import annotations

import contextlib
import contextvars
import dataclasses
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from storage.base import Row
from storage.errors import AlreadyApplied, StoreDown, StoreRefused
from storage.keys import KeyRing
from storage.tables.traffic import Inbox

T = TypeVar("T")

_INBOX = cast(sa.Table, Inbox.__table__)
_APPLIED = (
    sa.update(_INBOX)
    .where(_INBOX.c.id == sa.bindparam("row"), ~_INBOX.c.applied)
    .values(applied=True)
)


@dataclasses.dataclass(slots=True)
class Cause:
    """The update being handled: one writing flow may follow from it."""

    bot: str
    update_id: int
    inbox_id: uuid.UUID
    writes: int = 0
    # the flow's commit is on the disk: a retry must not run it again
    applied: bool = False


current_cause: contextvars.ContextVar[Cause | None] = contextvars.ContextVar(
    "current_cause", default=None
)


class Unit(Session):
    """A session that knows its campus and its keys; given to every unit of work."""

    campus_id: str
    keys: KeyRing


Work = Callable[[Unit], T]


def insert(unit: Unit, table: sa.FromClause) -> Any:
    """An insert that can say what happens when the row is there already."""
    dialect = postgresql if unit.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


class Database(Protocol):
    """What flows see of the store."""

    campus_id: str
    keys: KeyRing
    # called on the event loop after a commit that queued letters, so that senders wake
    letter_hooks: list[Callable[[], None]]

    async def transact(self, work: Work[T], *, beside: bool = False) -> T:
        """Run one writing unit and commit it.

        Inside an update's handling the same commit marks its inbox row applied, and a second
        writing unit is a programming error. One `beside` it is not counted and marks nothing:
        the risk screen's own commit, and bookkeeping.
        StoreDown when the store cannot be reached, or was lost: whether the unit was committed is
        unknown then. A flow may be tried again all the same: AlreadyApplied says that it was.
        """
        ...

    async def read(self, work: Work[T]) -> T:
        """Run one reading unit. StoreDown when the store cannot be reached."""
        ...

    async def close(self) -> None:
        """Finish what waits and let go."""
        ...


def committed(*, beside: bool) -> None:
    """The prepared unit's commit is on the disk."""
    cause = None if beside else current_cause.get()
    if cause is not None:
        cause.applied = True


def prepare(work: Work[T], *, beside: bool) -> Work[tuple[T, bool]]:
    """Join the inbox row's `applied` to the flow's commit; learn whether letters were queued."""
    cause = None if beside else current_cause.get()
    if cause is not None:
        cause.writes += 1
        if cause.writes > 1:
            raise AssertionError("one update, at most one writing flow")

    def prepared(unit: Unit) -> tuple[T, bool]:
        if cause is not None:
            # before the work, which might refuse what it finds done by itself
            marked = unit.connection().execute(_APPLIED, {"row": cause.inbox_id})
            if not marked.rowcount:
                raise AlreadyApplied
        outcome = work(unit)
        return outcome, bool(unit.info.get("letters"))

    return prepared


def _set_campus(session: Session, *_: object) -> None:
    campus_id = getattr(session, "campus_id", None)
    for row in session.new:
        if isinstance(row, Row) and row.campus_id is None:
            row.campus_id = campus_id


def _only_campus(state: ORMExecuteState) -> None:
    campus_id = getattr(state.session, "campus_id", None)
    if (
        campus_id is None
        or not state.is_orm_statement
        or state.is_column_load
        or state.is_relationship_load
    ):
        return
    state.statement = state.statement.options(
        with_loader_criteria(Row, lambda row: row.campus_id == campus_id, include_aliases=True)
    )


event.listen(Unit, "before_flush", _set_campus)
event.listen(Unit, "do_orm_execute", _only_campus)


# SQLSTATE of PostgreSQL: no connection, out of resources, not accepting connections, starting or
# stopping, system error, and a standby that takes no writes; then: not let in, no such database
_DOWN_STATES = ("08", "53", "55000", "57P", "58", "25006")
_REFUSED_STATES = ("28", "3D")
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


@contextlib.contextmanager
def store_faults() -> Iterator[None]:
    """Turn 'cannot be reached or written' into StoreDown; a fault of ours stays what it is.

    The difference matters: an update that fails is parked after three tries, a lost store parks
    nothing, and one unit's wrong SQL must not look like a lost store to its neighbors.
    """
    try:
        yield
    except PoolTimeout as fault:
        raise StoreDown("every connection is in use") from fault
    except DBAPIError as fault:
        if _is_down(fault):
            kind = StoreRefused if _state(fault).startswith(_REFUSED_STATES) else StoreDown
            raise kind(type(fault.orig).__name__) from fault
        raise
    except (ConnectionError, OSError, TimeoutError) as fault:
        raise StoreDown(type(fault).__name__) from fault


def _is_down(fault: DBAPIError) -> bool:
    if fault.connection_invalidated:
        return True
    if isinstance(fault, IntegrityError):
        return False
    code = getattr(fault.orig, "sqlite_errorcode", None)
    if code is not None:
        primary = code & 0xFF  # the rest says more about the same kind
        if primary == sqlite3.SQLITE_ERROR:
            # wrong SQL; but all tables were there when we opened: without one the file was emptied
            return str(fault.orig).startswith("no such table")
        return isinstance(fault, OperationalError) or primary in _DAMAGED
    state = _state(fault)
    if state:
        return state.startswith((*_DOWN_STATES, *_REFUSED_STATES))
    return isinstance(fault, OperationalError | InterfaceError)


def _state(fault: DBAPIError) -> str:
    return str(getattr(fault.orig, "sqlstate", None) or "")
