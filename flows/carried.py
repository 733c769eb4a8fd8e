"""Worrying words from before consent, carried into a case once somebody agreed to it."""

from __future__ import annotations

import datetime as dt
import uuid

from flows.policy import Policy
from flows.receive import Unenrolled, assessment_facts, flag
from flows.rules import triage as rules
from flows.rules.risk import RiskLevel
from storage import messages
from storage.database import Unit
from storage.messages import NewMessage


def worst_of(written: Unenrolled | None) -> RiskLevel:
    """The worst level of what is kept in memory; NONE where nothing is."""
    levels = (rules.urgency(assessment) for _, assessment in written.texts) if written else ()
    return max(levels, key=lambda level: level.rank, default=RiskLevel.NONE)


def carry(
    unit: Unit,
    person_id: uuid.UUID,
    written: Unenrolled,
    level: RiskLevel,
    update_id: int,
    now: dt.datetime,
    policy: Policy,
) -> None:
    """The case, the words, and what the student is told, in the commit of the consent."""
    own = any(rules.opens_case(assessment.level) for _, assessment in written.texts)
    case_id = flag(
        unit, person_id, level, now, policy, update_id, about_other=not own, numbers_shown=True
    )
    rows = [
        (
            NewMessage(
                student_id=person_id,
                author_id=person_id,
                direction="from_student",
                part="text",
                body=text,
                bot="student",
                # words of earlier updates, of which fewer are kept in memory than fit beside one
                update_id=messages.beside(update_id, place),
                case_id=case_id,
            ),
            assessment_facts(assessment),
        )
        for place, (text, assessment) in enumerate(written.texts)
    ]
    messages.add_all(unit, rows, now)
