"""Follow-ups: asked the day after a case was closed; an answer can open it again."""

from __future__ import annotations

import dataclasses
import uuid

from flows.care import (
    event_of,
    letter,
    open_or_raise,
    page_for_worse,
    tell_concerned,
    tell_counselor,
    tell_desk,
)
from flows.clock import Clock
from flows.consent import note_event
from flows.errors import FlowError, OutdatedAction, Refusal
from flows.policy import Policy
from flows.rules import triage as rules
from storage import cases, follow_ups
from storage.database import Database, Unit
from storage.records import audit


@dataclasses.dataclass(frozen=True, slots=True)
class FollowUpAnswered:
    """What came of an answer."""

    answer: str
    # the counselor who has the case was told
    taken: bool
    number: int
    anyone_on_call: bool


class FollowUps:
    """Check-ins after a closed case."""

    def __init__(self, database: Database, clock: Clock, policy: Policy) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy

    async def ask_due(self) -> int:
        """Sweep: ask every follow-up that is due; called off where the case is open again."""
        now = self._clock.now()

        def work(unit: Unit) -> int:
            due = follow_ups.due(unit, now)
            for row in due:
                case = cases.get(unit, row.case_id)
                if case is None or case.status != "closed":
                    row.state = "called_off"
                    continue
                row.state, row.asked_at = "asked", now
                letter(
                    unit, row.student_id, "student", "follow_up", "out-follow-up",
                    f"followup:{row.id.hex}", now, follow_up=row.id.hex,
                )  # fmt: skip
            return len(due)

        return await self._database.transact(work)

    async def answer(
        self, student_id: uuid.UUID, follow_up_id: uuid.UUID, answer: str
    ) -> FollowUpAnswered:
        """'Worse' opens the case again, or tells whoever has the one that is open.

        OutdatedAction when it was answered before.
        """
        now = self._clock.now()
        if answer not in {"better", "same", "worse"}:
            raise FlowError(Refusal.BAD_VALUE)

        def work(unit: Unit) -> FollowUpAnswered:
            row = follow_ups.lock(unit, follow_up_id)
            if row is None or row.student_id != student_id or row.state != "asked":
                raise OutdatedAction
            row.state, row.answered_at, row.answer = "answered", now, answer
            case = cases.get(unit, row.case_id)
            assert case is not None
            audit(unit, "follow_up_answered", now, subject_id=case.id, facts={"answer": answer})
            note_event(unit, student_id, "follow_up_answered", now, answer=answer)
            if answer != "worse":
                return FollowUpAnswered(answer, False, case.number, False)
            # before it is opened again
            was_imminent = rules.pages(case.triage) and case.disposition != "false_alarm"
            level = rules.triage_of_worse(case.triage)
            opened, newly = open_or_raise(unit, student_id, level, "follow_up", now, self._policy)
            taken = opened.status == "taken"
            pages = was_imminent and not taken and not rules.pages(opened.triage)
            if pages:
                told = page_for_worse(unit, opened, now, self._policy)
            else:
                told = tell_desk(unit, opened, now, self._policy, newly_open=newly)
            if taken:
                cause = f"worse:{event_of(opened)}"
                key = "staff-out-worse-imminent" if was_imminent else "staff-out-worse"
                tell_counselor(unit, opened, now, self._policy, cause, key)
            elif not newly and not pages and not rules.pages(opened.triage):
                # whoever heard of the case when it came hears that it has become worse
                tell_concerned(unit, opened, now, "staff-out-worse")
            return FollowUpAnswered(answer, taken, opened.number, told.on_call)

        return await self._database.transact(work)
