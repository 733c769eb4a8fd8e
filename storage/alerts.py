"""Alerts as rows: what pages, and what the outgoing webhook must carry."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa

from storage.base import new_id
from storage.database import Unit
from storage.tables.care import Alert, Case


def add(unit: Unit, case_id: uuid.UUID, level: str, now: dt.datetime) -> Alert:
    """A new open alert that is due at once."""
    alert = Alert(
        id=new_id(),
        case_id=case_id,
        level=level,
        state="open",
        raised_at=now,
        due_at=now,
        round=0,
        webhook_tries=0,
    )
    unit.add(alert)
    unit.flush()
    return alert


def get(unit: Unit, alert_id: uuid.UUID) -> Alert | None:
    """An alert by id, as it is now."""
    return unit.get(Alert, alert_id, populate_existing=True)


def open_of(unit: Unit, case_id: uuid.UUID) -> Alert | None:
    """The case's alert that still pages, locked."""
    return unit.scalar(
        sa.select(Alert)
        .where(Alert.case_id == case_id, Alert.state == "open")
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def open_id(unit: Unit, case_id: uuid.UUID) -> uuid.UUID | None:
    """The alert by which the case still pages."""
    return unit.scalar(sa.select(Alert.id).where(Alert.case_id == case_id, Alert.state == "open"))


def last_acknowledged(unit: Unit, case: Case) -> Alert | None:
    """Who last said they are on it, since the case was opened."""
    return unit.scalar(
        sa.select(Alert)
        .where(
            Alert.case_id == case.id,
            Alert.state == "acknowledged",
            Alert.raised_at >= case.opened_at,
        )
        .order_by(Alert.acknowledged_at.desc())
        .limit(1)
    )


def due(unit: Unit, now: dt.datetime, latest: dt.datetime) -> list[Alert]:
    """Alerts to page for now; locked, skipping what another replica holds.

    One that is due after `latest` was planned by a clock that has been set back since.
    """
    return list(
        unit.scalars(
            sa.select(Alert)
            .where(Alert.state == "open", sa.or_(Alert.due_at <= now, Alert.due_at > latest))
            .order_by(Alert.due_at)
            .limit(100)
            .with_for_update(skip_locked=True)
        )
    )


def hasten(unit: Unit, now: dt.datetime) -> None:
    """Page for all that is open at the next sweep: somebody has just come on call."""
    unit.execute(
        sa.update(Alert).where(Alert.state == "open", Alert.due_at > now).values(due_at=now)
    )


def claim_for_webhook(
    unit: Unit, now: dt.datetime, lease: dt.timedelta, *, latest: dt.datetime
) -> list[tuple[Alert, int]]:
    """Open alerts that must leave by webhook now, each with the number of its case.

    They are the caller's for the lease; whoever dies in it leaves them to the next sweep. One
    that is due after `latest` was planned by a clock that has been set back since.
    """
    rows = unit.execute(
        sa.select(Alert, Case.number)
        .join(Case, Case.id == Alert.case_id)
        .where(
            sa.or_(Alert.webhook_due_at <= now, Alert.webhook_due_at > latest),
            Alert.webhook_done_at.is_(None),
            Alert.state == "open",
        )
        .order_by(Alert.webhook_due_at)
        .limit(50)
        .with_for_update(skip_locked=True, of=Alert)
    )
    claimed = [(alert, number) for alert, number in rows]
    for alert, _ in claimed:
        alert.webhook_due_at = now + lease
    return claimed
