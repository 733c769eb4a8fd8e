"""Removing what is over its time, a batch at a time; each returns how many rows went."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from storage.database import Unit
from storage.tables.care import Assessment, Message
from storage.tables.traffic import Delivery, Inbox, Outbox

_OVER = ("sent", "failed", "skipped", "expired")


def messages(unit: Unit, before: dt.datetime, limit: int) -> int:
    """Words that are in no case, with what the screen said of them.

    What another unit holds is left alone: it may just be going into a case.
    """
    old = unit.scalars(
        sa.select(Message.id)
        .where(Message.case_id.is_(None), Message.sent_at < before)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if old:
        unit.execute(sa.delete(Assessment).where(Assessment.message_id.in_(old)))
        unit.execute(sa.delete(Message).where(Message.id.in_(old)))
    return len(old)


def letters(unit: Unit, before: dt.datetime, limit: int) -> int:
    """Outbox rows that came to an end."""
    return _purge(unit, Outbox, limit, Outbox.state.in_(_OVER), Outbox.finished_at < before)


def deliveries(unit: Unit, before: dt.datetime, limit: int) -> int:
    """Sent messages; a copy that is still to be taken back is remembered until it was."""
    return _purge(
        unit,
        Delivery,
        limit,
        Delivery.sent_at < before,
        sa.or_(Delivery.delete_at.is_(None), Delivery.deleted_at.is_not(None)),
    )


def parked(unit: Unit, before: dt.datetime, limit: int) -> int:
    """Updates that could not be handled."""
    return _purge(unit, Inbox, limit, Inbox.state == "parked", Inbox.received_at < before)


def _purge(
    unit: Unit,
    table: type[Outbox] | type[Delivery] | type[Inbox],
    limit: int,
    *where: sa.ColumnElement[bool],
) -> int:
    old = unit.scalars(sa.select(table.id).where(*where).limit(limit)).all()
    if old:
        unit.execute(sa.delete(table).where(table.id.in_(old)))
    return len(old)
