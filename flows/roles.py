"""Which member of staff may do what; asked on every step, so that a revocation bites at once."""

from __future__ import annotations

import datetime as dt
import uuid

from flows.errors import FlowError, Refusal
from storage import people, staff
from storage.database import Unit
from storage.tables.care import Case
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


def require_other(unit: Unit, case: Case, staff_id: uuid.UUID) -> None:
    """Nobody works on a case of which they are the student."""
    if people.twin(unit, case.student_id, "student", "staff") == staff_id:
        raise FlowError(Refusal.OWN_CASE)


def on_duty_for(
    unit: Unit, student_id: uuid.UUID | None, role: str, now: dt.datetime, *, only_on_call: bool
) -> list[uuid.UUID]:
    """Who may hear of a student's case: never that student, should they be staff as well.

    Without a student: of what concerns no single case.
    """
    own = people.twin(unit, student_id, "student", "staff") if student_id is not None else None
    found = staff.on_duty(unit, role, now, only_on_call=only_on_call)
    return [staff_id for staff_id in found if staff_id != own]


def require_admin(unit: Unit, staff_id: uuid.UUID) -> None:
    """Only admins."""
    _, member = require_staff(unit, staff_id)
    if member.role != "admin":
        raise FlowError(Refusal.NOT_ALLOWED)
