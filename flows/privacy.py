"""What a student can see and take back."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

import sqlalchemy as sa

from flows.clock import Clock
from flows.errors import FlowError, Refusal
from flows.policy import Policy
from storage import people
from storage.consents import current_consents, record_consent
from storage.database import Database, Unit
from storage.tables.people import Staff
from storage.tables.records import AccessEntry

# taking these back ends the service; the others can be switched one by one
NEEDED = frozenset({"service", "screening", "counselor_access", "help_first", "mood"})


@dataclasses.dataclass(frozen=True, slots=True)
class Access:
    """One opening of a student's words."""

    at: dt.datetime
    by: str | None
    what: str


@dataclasses.dataclass(frozen=True, slots=True)
class PrivacyView:
    """What a student agreed to, and who read what."""

    consents: tuple[str, ...]
    version: str
    accesses: tuple[Access, ...]


class Privacy:
    """Consents and the access log, from the student's side."""

    def __init__(self, database: Database, clock: Clock, policy: Policy) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy

    async def view(self, student_id: uuid.UUID) -> PrivacyView:
        """Consents given now, and the last openings of the student's words."""

        def work(unit: Unit) -> PrivacyView:
            rows = unit.scalars(
                sa.select(AccessEntry)
                .where(AccessEntry.student_id == student_id)
                .order_by(AccessEntry.id.desc())
                .limit(10)
            ).all()
            accesses = []
            for row in rows:
                staff = unit.get(Staff, row.staff_id)
                name = people.staff_name(unit, staff) if staff is not None else None
                accesses.append(Access(row.at, name, row.what))
            return PrivacyView(
                tuple(current_consents(unit, student_id)),
                self._policy.enrolment.consent_version,
                tuple(accesses),
            )

        return await self._database.read(work)

    async def switch(self, student_id: uuid.UUID, purpose: str, given: bool) -> PrivacyView:
        """Give or take back one optional consent."""
        if purpose in NEEDED or purpose != "statistics":
            raise FlowError(Refusal.BAD_VALUE)
        now = self._clock.now()

        def work(unit: Unit) -> None:
            agreed = purpose in current_consents(unit, student_id)
            if agreed != given:
                record_consent(
                    unit, student_id, purpose, self._policy.enrolment.consent_version,
                    "given" if given else "withdrawn", now,
                )  # fmt: skip

        await self._database.transact(work)
        return await self.view(student_id)
