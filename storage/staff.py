"""Members of staff as rows: role, name, duty."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa

from storage.database import Unit
from storage.tables.people import Address, Person, Staff


def add(unit: Unit, person_id: uuid.UUID, role: str, now: dt.datetime) -> Staff:
    """A person becomes staff, off call and not named yet."""
    row = Staff(id=person_id, role=role, on_call=False, joined_at=now)
    unit.add(row)
    unit.flush()
    return row


def get(unit: Unit, staff_id: uuid.UUID) -> tuple[Person, Staff] | None:
    """A member of staff's two rows."""
    person, row = unit.get(Person, staff_id), unit.get(Staff, staff_id)
    return (person, row) if person is not None and row is not None else None


def lock(unit: Unit, staff_id: uuid.UUID) -> tuple[Person, Staff] | None:
    """The same, held against a change (a revocation) until the unit ends."""
    unit.scalar(
        sa.select(Staff)
        .where(Staff.id == staff_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return get(unit, staff_id)


def lock_admins(unit: Unit) -> list[uuid.UUID]:
    """All admins who were not revoked, held: of two revoked at once, one stays."""
    return list(
        unit.scalars(
            sa.select(Staff.id)
            .where(Staff.role == "admin", Staff.revoked_at.is_(None))
            .order_by(Staff.id)
            .with_for_update(key_share=True)
        )
    )


def everybody(unit: Unit) -> list[uuid.UUID]:
    """All staff, revoked ones too, by when they joined."""
    return list(unit.scalars(sa.select(Staff.id).order_by(Staff.joined_at, Staff.id)))


def is_revoked(unit: Unit, staff_id: uuid.UUID) -> bool:
    """Whether this is a member of staff who was revoked."""
    row = unit.get(Staff, staff_id)
    return row is not None and row.revoked_at is not None


def set_name(unit: Unit, row: Staff, name: str) -> None:
    """The name students see, as ciphertext."""
    row.name = unit.keys.campus.close(name, "staff", "name", row.id)


def name_of(unit: Unit, staff_id: uuid.UUID | None) -> str | None:
    """The name a member of staff chose to be called by; None for nobody and the unnamed."""
    row = unit.get(Staff, staff_id) if staff_id is not None else None
    if row is None or row.name is None:
        return None
    return unit.keys.campus.open(row.name, "staff", "name", row.id).decode()


def on_duty(unit: Unit, role: str, now: dt.datetime, *, only_on_call: bool) -> list[uuid.UUID]:
    """Members of staff of one role who are not revoked; only those on call, if asked.

    Whoever blocked the bot is on call in name only, and does not count.
    """
    query = sa.select(Staff.id).where(Staff.role == role, Staff.revoked_at.is_(None))
    if only_on_call:
        reachable = sa.exists().where(
            Address.person_id == Staff.id, Address.bot == "staff", Address.state == "active"
        )
        query = query.where(
            Staff.on_call.is_(True),
            Staff.on_call_until > now,
            reachable,
        )
    return list(unit.scalars(query.order_by(Staff.id)))


def shifts_ending(
    unit: Unit, now: dt.datetime, before: dt.datetime
) -> list[tuple[uuid.UUID, dt.datetime]]:
    """Who is on call now and will not be by then, and until when."""
    rows = unit.scalars(
        sa.select(Staff).where(
            Staff.revoked_at.is_(None),
            Staff.on_call.is_(True),
            Staff.on_call_until > now,
            Staff.on_call_until <= before,
        )
    )
    return [(row.id, row.on_call_until) for row in rows if row.on_call_until is not None]
