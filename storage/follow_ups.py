"""Follow-ups as rows with a due time."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa

from storage.base import new_id
from storage.database import Unit
from storage.tables.care import Case, FollowUp


def plan(unit: Unit, case: Case, due: dt.datetime) -> None:
    """Ask the student of a closed case then; one that was planned before is called off."""
    unit.execute(
        sa.update(FollowUp)
        .where(FollowUp.case_id == case.id, FollowUp.state == "planned")
        .values(state="called_off")
    )
    unit.add(
        FollowUp(
            id=new_id(), case_id=case.id, student_id=case.student_id, state="planned", due_at=due
        )
    )
    unit.flush()


def lock(unit: Unit, follow_up_id: uuid.UUID) -> FollowUp | None:
    """A follow-up, locked until the unit ends."""
    return unit.get(FollowUp, follow_up_id, with_for_update=True)


def due(unit: Unit, now: dt.datetime) -> list[FollowUp]:
    """Follow-ups to ask now; locked, skipping what another replica holds."""
    return list(
        unit.scalars(
            sa.select(FollowUp)
            .where(FollowUp.state == "planned", FollowUp.due_at <= now)
            .order_by(FollowUp.due_at)
            .limit(100)
            .with_for_update(skip_locked=True)
        )
    )
