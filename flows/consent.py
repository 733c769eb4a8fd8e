"""What people agreed to: asked for before it is needed, and only ever added to."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from flows.errors import FlowError, Refusal
from storage import consents, records
from storage.database import Unit

# what each consent covers; the texts carry the same names
SERVICE = ("service", "screening", "counselor_access", "mood")
MOOD = ("mood",)
HELP_FIRST = ("help_first",)
# what can be taken back by itself: the service works without
OPTIONAL = ("mood", "statistics")

# either of these lets a counselor read what somebody writes in a case
TALK = ("help_first", "counselor_access")


def require_consent(unit: Unit, person_id: uuid.UUID, any_of: Iterable[str]) -> None:
    """FlowError NO_CONSENT unless one of the purposes is agreed to now."""
    if consents.current_consents(unit, person_id).keys().isdisjoint(any_of):
        raise FlowError(Refusal.NO_CONSENT)


def agree(
    unit: Unit, person_id: uuid.UUID, purposes: Iterable[str], version: str, now: dt.datetime
) -> None:
    """Add what is not agreed to yet in this wording."""
    agreed = consents.current_consents(unit, person_id)
    for purpose in purposes:
        if agreed.get(purpose) != version:
            consents.record_consent(unit, person_id, purpose, version, "given", now)


def withdraw(
    unit: Unit, person_id: uuid.UUID, purpose: str, version: str, now: dt.datetime
) -> None:
    """Add that a purpose was taken back, if it was agreed to."""
    if purpose in consents.current_consents(unit, person_id):
        consents.record_consent(unit, person_id, purpose, version, "withdrawn", now)


def note_event(
    unit: Unit, student_id: uuid.UUID, kind: str, now: dt.datetime, **facts: str | int | bool
) -> None:
    """Count what happened for later statistics, if the student agreed to that; no words."""
    if "statistics" in consents.current_consents(unit, student_id):
        records.note_event(unit, student_id, kind, now, **facts)
