"""Append-only consents."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa

from storage.database import Unit
from storage.tables.people import Consent


def record_consent(
    unit: Unit, person_id: uuid.UUID, purpose: str, version: str, action: str, now: dt.datetime
) -> None:
    """Add one row; nothing is ever changed or removed."""
    unit.add(Consent(person_id=person_id, purpose=purpose, version=version, action=action, at=now))
    unit.flush()


def current_consents(unit: Unit, person_id: uuid.UUID) -> dict[str, str]:
    """Purposes agreed to now, with the version agreed to."""
    agreed: dict[str, str] = {}
    rows = unit.execute(
        sa.select(Consent.purpose, Consent.version, Consent.action)
        .where(Consent.person_id == person_id)
        .order_by(Consent.id)
    )
    for purpose, version, action in rows:
        if action == "given":
            agreed[purpose] = version
        else:
            agreed.pop(purpose, None)
    return agreed
