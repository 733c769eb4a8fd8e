"""Rows as JSON: what a backup holds of each, and back into a table."""

from __future__ import annotations

import base64
import datetime as dt
import itertools
import uuid
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from storage.base import Base, UtcDateTime

_BATCH = 500


def rows(connection: sa.Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    """Every row of a table, by column."""
    for row in connection.execute(sa.select(table)).mappings():
        yield {key: _plain(value) for key, value in row.items()}


def insert(connection: sa.Connection, name: str, plain: Iterator[dict[str, Any]]) -> None:
    """Back into the table of that name; any of `MISFITS` when a row is none of ours."""
    table = Base.metadata.tables[name]
    while batch := list(itertools.islice(plain, _BATCH)):
        connection.execute(sa.insert(table), [typed(table, row) for row in batch])


# what a row raises that `rows` did not make
MISFITS = (AttributeError, KeyError, TypeError, ValueError)


def typed(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    """The values as the table takes them; any of `MISFITS` as above."""
    return {key: _typed(table.c[key], value) for key, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return value


def _typed(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, sa.LargeBinary):
        return base64.b64decode(value, validate=True)
    if isinstance(column.type, sa.Uuid):
        return uuid.UUID(value)
    if isinstance(column.type, UtcDateTime):
        return dt.datetime.fromisoformat(value)
    return value
