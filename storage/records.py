"""Counters, audit chain, access log, events, operator alerts."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from storage.base import new_id
from storage.database import Unit, insert
from storage.tables.records import AccessEntry, AuditEntry, Counter, Event, OperatorAlert

_FIRST = bytes(32)


def next_number(unit: Unit, name: str) -> int:
    """The next value of a counter; concurrent units wait for each other on its row."""
    table = Counter.__table__
    value = unit.execute(
        insert(unit, table)
        .values(id=new_id(), campus_id=unit.campus_id, name=name, value=1)
        .on_conflict_do_update(
            index_elements=["campus_id", "name"], set_={"value": table.c.value + 1}
        )
        .returning(table.c.value)
    ).scalar_one()
    return int(value)


def audit(
    unit: Unit,
    action: str,
    now: dt.datetime,
    *,
    actor_id: uuid.UUID | None = None,
    subject_id: uuid.UUID | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Append to the campus chain: digest = SHA-256 over the row and the digest before it."""
    position = next_number(unit, "audit")
    previous = unit.scalar(sa.select(AuditEntry.digest).where(AuditEntry.position == position - 1))
    row = AuditEntry(
        id=new_id(),
        position=position,
        actor_id=actor_id,
        action=action,
        subject_id=subject_id,
        facts=dict(facts or {}),
        at=now,
        previous=previous or _FIRST,
    )
    row.digest = audit_digest(row)
    unit.add(row)
    unit.flush()


def audit_digest(row: AuditEntry) -> bytes:
    """What an untampered row's digest must be."""
    content = json.dumps(
        [
            row.position,
            str(row.actor_id),
            row.action,
            str(row.subject_id),
            row.facts,
            int(row.at.timestamp() * 1_000_000),
        ],
        sort_keys=True,
    )
    return hashlib.sha256(row.previous + content.encode()).digest()


def first_broken_audit(unit: Unit) -> int | None:
    """The first position where the chain does not hold; None when it is whole.

    The counter tells how long it must be, so rows cut from its end are missed too.
    """
    previous, position = _FIRST, 0
    rows = unit.scalars(sa.select(AuditEntry).order_by(AuditEntry.position))
    for position, row in enumerate(rows, start=1):
        if row.position != position or row.previous != previous or row.digest != audit_digest(row):
            return position
        previous = row.digest
    length = unit.scalar(sa.select(Counter.value).where(Counter.name == "audit")) or 0
    return None if position == length else position + 1


def log_access(
    unit: Unit,
    student_id: uuid.UUID,
    staff_id: uuid.UUID,
    case_id: uuid.UUID | None,
    what: str,
    now: dt.datetime,
) -> None:
    """Write down that staff opened a student's words; the student can read it."""
    unit.add(
        AccessEntry(student_id=student_id, staff_id=staff_id, case_id=case_id, what=what, at=now)
    )
    unit.flush()


def accesses_of(unit: Unit, student_id: uuid.UUID, limit: int) -> list[AccessEntry]:
    """The last openings of a student's words, newest first."""
    return list(
        unit.scalars(
            sa.select(AccessEntry)
            .where(AccessEntry.student_id == student_id)
            .order_by(AccessEntry.id.desc())
            .limit(limit)
        )
    )


def note_event(
    unit: Unit, subject: uuid.UUID, kind: str, now: dt.datetime, **facts: str | int | bool
) -> None:
    """Count something for later statistics; the caller has checked the consent."""
    unit.add(
        Event(subject=unit.keys.hash("event", subject.hex)[:16], kind=kind, at=now, facts=facts)
    )


def alert_operator(unit: Unit, kind: str, now: dt.datetime) -> bool:
    """Count a fault that only the operator can mend; whether it is the day's first."""
    table = OperatorAlert.__table__
    count = unit.execute(
        insert(unit, table)
        .values(
            id=new_id(),
            campus_id=unit.campus_id,
            kind=kind,
            day=now.date().isoformat(),
            count=1,
            last_at=now,
        )
        .on_conflict_do_update(
            index_elements=["campus_id", "kind", "day"],
            set_={"count": table.c.count + 1, "last_at": now},
        )
        .returning(table.c.count)
    ).scalar_one()
    return bool(count == 1)


def claim_faults(
    unit: Unit, now: dt.datetime, lease: dt.timedelta, longest: dt.timedelta
) -> list[OperatorAlert]:
    """Operator faults that the outgoing webhook must carry now.

    They are the caller's for the lease, which doubles with each claim up to the longest: whoever
    has not called `fault_told` by then leaves them to the next sweep. One that is due later than
    that was planned by a clock that has been set back since.
    """
    due = OperatorAlert.webhook_due_at
    claimed = list(
        unit.scalars(
            sa.select(OperatorAlert)
            .where(
                OperatorAlert.webhook_done_at.is_(None),
                sa.or_(due.is_(None), due <= now, due > now + longest),
            )
            .order_by(OperatorAlert.id)
            .limit(50)
            .with_for_update(skip_locked=True)
        )
    )
    for fault in claimed:
        fault.webhook_due_at = now + min(lease * 2 ** min(fault.webhook_tries, 10), longest)
        fault.webhook_tries += 1
    return claimed


def fault_told(unit: Unit, fault_id: uuid.UUID, now: dt.datetime) -> None:
    """The outgoing webhook has carried a fault."""
    unit.execute(
        sa.update(OperatorAlert).where(OperatorAlert.id == fault_id).values(webhook_done_at=now)
    )
