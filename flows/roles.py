"""Which member of staff may do what; asked on every step, so that a revocation bites at once."""

from __future__ import annotations

import uuid

from flows.errors import FlowError, Refusal
from storage import staff
from storage.database import Unit
from storage.tables.people import Person, Staff

ROLES = ("counselor", "editor", "adviser", "admin")
DESK_ROLES = frozenset({"counselor", "admin"})


def require_staff(unit: Unit, staff_id: uuid.UUID, *, hold: bool = False) -> tuple[Person, Staff]:
    """Staff of any role who were not revoked; with `hold` nobody revokes them before we commit."""
    found = staff.lock(unit, staff_id) if hold else staff.get(unit, staff_id)
    if found is None or found[1].revoked_at is not None:
        raise FlowError(Refusal.NOT_STAFF)
    return found


def require_desk(unit: Unit, staff_id: uuid.UUID, *, hold: bool = False) -> None:
    """Counselors and admins."""
    _, member = require_staff(unit, staff_id, hold=hold)
    if member.role not in DESK_ROLES:
        raise FlowError(Refusal.NOT_ALLOWED)


def require_admin(unit: Unit, staff_id: uuid.UUID) -> None:
    """Only admins."""
    _, member = require_staff(unit, staff_id)
    if member.role != "admin":
        raise FlowError(Refusal.NOT_ALLOWED)
