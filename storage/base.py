"""What every table shares: key, campus, instants, naming of constraints."""

from __future__ import annotations

import datetime as dt
import enum
import os
import threading
import time
import uuid
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class _Ticker:
    """Keeps UUIDv7 keys of one process strictly increasing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> int:
        """Microseconds since the epoch, never the same twice."""
        with self._lock:
            self._last = max(self._last + 1, time.time_ns() // 1000)
            return self._last

    def go_beyond(self, micros: int) -> None:
        """Nothing that follows is earlier."""
        with self._lock:
            self._last = max(self._last, micros)


_ticker = _Ticker()


def start_ids_after(newest: uuid.UUID) -> None:
    """Have all keys of this process sort behind one of an earlier process.

    Rows are read in the order of their keys: had the clock been fast, and was it put right before
    a restart, a student's newest "no" would stand before their old "yes".
    """
    if newest.version == 7:
        _ticker.go_beyond((newest.int >> 80) * 1000 + (newest.int >> 64 & 0xFFF))


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, then microseconds, then random.

    Made in the process and strictly increasing there, beginning behind what the store held when
    it was opened: so rows sort by birth.
    """
    micros = _ticker.next()
    millis, rest = divmod(micros, 1000)
    value = (millis & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= (rest & 0xFFF) << 64
    value |= 0b10 << 62
    value |= int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return uuid.UUID(int=value)


class UtcDateTime(sa.TypeDecorator[dt.datetime]):
    """An aware instant in UTC; a naive one is refused (both databases compare them rightly)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> Any:
        """Refuse naive instants; SQLite keeps UTC without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(
        self, value: dt.datetime | None, dialect: sa.Dialect
    ) -> dt.datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def one_of(values: type[enum.StrEnum] | Iterable[str], name: str) -> sa.Enum:
    """A string column with a CHECK: readable rows, and a new value is one plain migration."""
    items = [v.value for v in values] if isinstance(values, type) else list(values)
    return sa.Enum(
        *items, name=name, native_enum=False, create_constraint=True, length=24,
        validate_strings=True,
    )  # fmt: skip


class Base(DeclarativeBase):
    """Parent of all tables."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's own hook)
        dt.datetime: UtcDateTime(),
        uuid.UUID: sa.Uuid(),
        bytes: sa.LargeBinary(),
        str: sa.String(64),
        dict[str, Any]: sa.JSON(),
        list[Any]: sa.JSON(),
    }


class Row:
    """Primary key and campus, on every table."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-2)
    campus_id: Mapped[str] = mapped_column(sa.String(32), index=False, sort_order=-1)


class Retention(enum.StrEnum):
    """How long rows of a table live; settings.toml [retention] has days for two classes only.

    TURNS: `turns_days`. TRAFFIC: `traffic_days`, and `parked_days` for what could not be handled.
    The others stay: nothing removes them by age yet.
    """

    LASTING = "lasting"  # until erased with its person, or by the operator
    TURNS = "turns"  # unflagged words kept only as context for the next ones
    CASE = "case"  # with the case record
    RECORD = "record"  # audit, access log, consents: proof of what was done
    TRAFFIC = "traffic"  # inbox, outbox, deliveries: gone once they served


def retain(retention: Retention) -> dict[str, Any]:
    """Table argument that names the retention class; a test asks every table for one."""
    return {"info": {"retention": retention.value}}
