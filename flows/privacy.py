"""What a student can see and take back."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from flows.clock import Clock
from flows.consent import MOOD, OPTIONAL, agree, withdraw
from flows.errors import FlowError, Refusal
from flows.policy import Policy
from storage import cases, moods, records, staff
from storage.consents import current_consents
from storage.database import Database, Unit

_SHOWN = 10


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
            accesses = tuple(
                Access(row.at, staff.name_of(unit, row.staff_id), row.what)
                for row in records.accesses_of(unit, student_id, _SHOWN)
            )
            return PrivacyView(
                tuple(current_consents(unit, student_id)),
                self._policy.enrolment.consent_version,
                accesses,
            )

        return await self._database.read(work)

    async def terms_changed(self, student_id: uuid.UUID) -> bool:
        """Whether to ask for consent anew: they agreed to another wording, and have no open case.

        What they agreed to stands meanwhile.
        """
        version = self._policy.enrolment.consent_version

        def work(unit: Unit) -> bool:
            agreed = set(current_consents(unit, student_id).values())
            return bool(agreed - {version}) and not cases.with_open_case(unit, [student_id])

        return await self._database.read(work)

    async def agree_anew(self, student_id: uuid.UUID) -> None:
        """Agree to today's wording of all that is agreed to; what was taken back stays so."""
        now, version = self._clock.now(), self._policy.enrolment.consent_version

        def work(unit: Unit) -> None:
            agree(unit, student_id, current_consents(unit, student_id), version, now)

        await self._database.transact(work)

    async def switch(self, student_id: uuid.UUID, purpose: str, given: bool) -> PrivacyView:
        """Give or take back one optional consent; the others end with the service itself.

        With the mood diary its taps go, as the student is told before.
        """
        if purpose not in OPTIONAL:
            raise FlowError(Refusal.BAD_VALUE)
        now, version = self._clock.now(), self._policy.enrolment.consent_version

        def work(unit: Unit) -> None:
            if given:
                agree(unit, student_id, (purpose,), version, now)
            else:
                withdraw(unit, student_id, purpose, version, now)
                if (purpose,) == MOOD:
                    moods.delete_all(unit, student_id)

        await self._database.transact(work)
        return await self.view(student_id)
