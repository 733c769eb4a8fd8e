"""A case in somebody's hands: locked, and refused to everyone else."""

from __future__ import annotations

import uuid

from flows.errors import FlowError, OutdatedAction, Refusal
from flows.roles import require_other
from flows.rules import triage as rules
from flows.rules.risk import RiskLevel
from storage import assessments, cases
from storage.database import Unit
from storage.tables.care import Case

_MUST_BE_OPENED = tuple(level.value for level in RiskLevel if rules.opens_case(level))


def locked(unit: Unit, case_id: uuid.UUID, staff_id: uuid.UUID) -> Case:
    """The case, locked. OutdatedAction when it is gone, FlowError OWN_CASE to its student."""
    case = cases.lock(unit, case_id)
    if case is None:
        raise OutdatedAction
    require_other(unit, case, staff_id)
    return case


def has_unopened(unit: Unit, case: Case) -> bool:
    """Whether a locked case holds flagged words that nobody who had it has opened.

    By their rows, not by times: words are put into a case under its lock, clocks are set back.
    """
    return assessments.has_unread(unit, case.id, _MUST_BE_OPENED)


def mine(unit: Unit, case_id: uuid.UUID, staff_id: uuid.UUID) -> Case:
    """The case, locked. FlowError NOT_YOURS to whoever has not taken it."""
    case = locked(unit, case_id, staff_id)
    if case.status != "taken":
        raise OutdatedAction
    if case.counselor_id != staff_id:
        raise FlowError(Refusal.NOT_YOURS)
    return case
