"""The counselor's side of a case: queue, card, take, release, close."""

from __future__ import annotations

import datetime as dt
import uuid

from flows.care import (
    back_to_queue,
    end_paging,
    event_of,
    letter,
    take_step,
    tell_desk,
    tell_of_return,
)
from flows.case_card import CaseCard, QueueItem, SignalLine, card_of, queue_item
from flows.clock import Clock
from flows.consent import note_event
from flows.errors import FlowError, OutdatedAction, Refusal
from flows.holding import locked, mine
from flows.policy import Policy
from flows.roles import DESK_ROLES, require_desk, require_other
from flows.rules import triage as rules
from storage import assessments, cases, follow_ups, messages, people, staff
from storage.database import Database, Unit
from storage.records import audit
from storage.tables.care import Case

__all__ = ["DESK_ROLES", "CaseCard", "Desk", "QueueItem", "SignalLine"]


class Desk:
    """What counselors do with cases."""

    def __init__(self, database: Database, clock: Clock, policy: Policy) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy

    async def queue(
        self, staff_id: uuid.UUID, *, offset: int = 0, limit: int = 10
    ) -> tuple[tuple[QueueItem, ...], int]:
        """Open cases by triage level, then age; and how many there are in all."""

        def work(unit: Unit) -> tuple[tuple[QueueItem, ...], int]:
            require_desk(unit, staff_id)
            own = people.twin(unit, staff_id, "staff", "student")
            rows = cases.waiting_and_taken(unit, "counseling", limit, offset, besides=own)
            items = tuple(queue_item(unit, case, staff_id) for case in rows)
            return items, cases.count_open(unit, "counseling", besides=own)

        return await self._database.read(work)

    async def held(self, staff_id: uuid.UUID) -> tuple[QueueItem, ...]:
        """The cases that somebody has taken, the most urgent first."""

        def work(unit: Unit) -> tuple[QueueItem, ...]:
            require_desk(unit, staff_id)
            rows = cases.held_by(unit, staff_id, locked=False)
            return tuple(queue_item(unit, case, staff_id) for case in rows)

        return await self._database.read(work)

    async def find(self, staff_id: uuid.UUID, number: int) -> uuid.UUID | None:
        """The case of that number."""

        def work(unit: Unit) -> uuid.UUID | None:
            require_desk(unit, staff_id)
            case = cases.by_number(unit, number)
            return case.id if case is not None else None

        return await self._database.read(work)

    def _card(self, unit: Unit, case: Case, staff_id: uuid.UUID) -> CaseCard:
        codes = not self._policy.enrolment.open
        return card_of(unit, case, staff_id, self._clock.now(), codes=codes)

    async def card(self, staff_id: uuid.UUID, case_id: uuid.UUID) -> CaseCard:
        """A case at a glance, without words."""

        def work(unit: Unit) -> CaseCard:
            require_desk(unit, staff_id)
            case = cases.get(unit, case_id)
            if case is None:
                raise OutdatedAction
            require_other(unit, case, staff_id)
            return self._card(unit, case, staff_id)

        return await self._database.read(work)

    async def take(self, staff_id: uuid.UUID, case_id: uuid.UUID) -> CaseCard:
        """Take a waiting case: stops its pages, tells the student, opens the talk.

        FlowError TAKEN when a colleague was faster.
        """
        now = self._clock.now()

        def work(unit: Unit) -> CaseCard:
            require_desk(unit, staff_id, hold=True)
            case = locked(unit, case_id, staff_id)
            if case.status == "taken" and case.counselor_id != staff_id:
                raise FlowError(Refusal.TAKEN)
            if case.status != "taken":
                take_step(case, rules.CaseStep.TAKE)
                case.counselor_id, case.taken_at = staff_id, now
                case.answer_due_at = rules.answer_due(case.triage, now, self._policy.cases)
                audit(unit, "case_taken", now, actor_id=staff_id, subject_id=case.id)
                letter(
                    unit, case.student_id, "student", "notice", "out-case-taken",
                    f"taken:{event_of(case)}", now,
                    counselor=staff.name_of(unit, staff_id),
                )  # fmt: skip
            end_paging(unit, case, staff_id, now)
            cases.set_reader(unit, staff_id, case.id, "talk", now)
            return self._card(unit, case, staff_id)

        return await self._database.transact(work)

    async def release(self, staff_id: uuid.UUID, case_id: uuid.UUID) -> CaseCard:
        """Give a case back to the queue; an imminent one pages again.

        The student is told, by name where they had spoken.
        """
        now = self._clock.now()

        def work(unit: Unit) -> CaseCard:
            require_desk(unit, staff_id)
            case = mine(unit, case_id, staff_id)
            wrote, taken = case.counselor_wrote_at, case.taken_at
            back_to_queue(unit, case, rules.CaseStep.RELEASE, staff_id, now, self._policy)
            spoken = wrote is not None and taken is not None and wrote >= taken
            tell_of_return(unit, case, staff_id, now, by_name=spoken)
            return self._card(unit, case, staff_id)

        return await self._database.transact(work)

    async def close(self, staff_id: uuid.UUID, case_id: uuid.UUID, disposition: str) -> CaseCard:
        """Close a case: the student is told, and asked next day how they are.

        OutdatedAction while anything of the student's in it is unopened, from before it was taken
        or since, flagged or not, a photo's mark too: in a closed case nobody would see it.
        """
        now = self._clock.now()
        if disposition not in rules.DISPOSITIONS:
            raise FlowError(Refusal.BAD_VALUE)

        def work(unit: Unit) -> CaseCard:
            require_desk(unit, staff_id)
            case = mine(unit, case_id, staff_id)
            if messages.count_unread(unit, case.id):
                raise OutdatedAction
            take_step(case, rules.CaseStep.CLOSE)
            case.closed_at, case.disposition, case.answer_due_at = now, disposition, None
            cases.drop_readers(unit, case.id)
            end_paging(unit, case, None, now)
            after = dt.timedelta(hours=self._policy.cases.follow_up_after_h)
            follow_ups.plan(unit, case, now + after)
            note_event(unit, case.student_id, "case_closed", now, disposition=disposition)
            audit(
                unit, "case_closed", now, actor_id=staff_id, subject_id=case.id,
                facts={"disposition": disposition},
            )  # fmt: skip
            letter(
                unit, case.student_id, "student", "notice", "out-case-closed",
                f"closed:{event_of(case)}", now,
            )  # fmt: skip
            return self._card(unit, case, staff_id)

        return await self._database.transact(work)

    async def label(self, staff_id: uuid.UUID, case_id: uuid.UUID, label: str) -> None:
        """A counselor's word on the flags of a case: true_alarm or false_alarm."""
        now = self._clock.now()
        if label not in {"true_alarm", "false_alarm"}:
            raise FlowError(Refusal.BAD_VALUE)

        def work(unit: Unit) -> None:
            require_desk(unit, staff_id)
            case = locked(unit, case_id, staff_id)
            assessments.set_label(unit, case.id, label)
            audit(
                unit, "flags_labelled", now, actor_id=staff_id, subject_id=case.id,
                facts={"label": label},
            )  # fmt: skip

        await self._database.transact(work)

    async def return_silent(self) -> int:
        """Sweep: taken cases whose student waits too long go back to the queue; how many.

        An imminent case that somebody acknowledged and nobody took by then pages again.
        """
        now = self._clock.now()

        def work(unit: Unit) -> int:
            latest, latest_paged = (
                rules.answer_due(triage, now, self._policy.cases)
                for triage in (rules.LAST_UNPAGED, rules.LAST_UNPAGED + 1)
            )
            rows = cases.silent(unit, now, rules.LAST_UNPAGED, latest, latest_paged)
            passed = [case for case in rows if case.answer_due_at and case.answer_due_at <= now]
            for case in rows:
                if case not in passed:
                    case.answer_due_at = rules.answer_due(case.triage, now, self._policy.cases)
                elif case.status == "taken":
                    before = case.counselor_id
                    back_to_queue(unit, case, rules.CaseStep.RETURN, None, now, self._policy)
                    tell_of_return(unit, case, before, now)
                else:
                    tell_desk(unit, case, now, self._policy, newly_open=True)
            return len(passed)

        return await self._database.transact(work)
