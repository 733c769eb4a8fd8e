"""Steps that several flows of the care path share; each runs inside its caller's unit."""

from __future__ import annotations

import datetime as dt
import uuid

from flows.policy import Policy
from flows.rules import triage as rules
from storage import cases, outbox, people
from storage.base import new_id
from storage.database import Unit
from storage.outbox import Letter
from storage.records import audit
from storage.tables.care import Alert, Case


def open_or_raise(
    unit: Unit, student_id: uuid.UUID, level: int, origin: str, now: dt.datetime, policy: Policy
) -> tuple[Case, bool]:
    """The student's one open case, opened, reopened or raised; whether it is newly open.

    One open case a student: later flags join it. A case closed a short while ago is reopened, so
    its counselor finds what was said before.
    """
    case = cases.open_case_of(unit, student_id)
    if case is not None:
        if level > case.triage:
            case.triage = level
            audit(unit, "case_raised", now, subject_id=case.id, facts={"triage": level})
        return case, False
    since = now - dt.timedelta(days=policy.cases.reopen_within_days)
    case = cases.latest_closed(unit, student_id, since)
    if case is None:
        case = cases.add(unit, student_id, level, origin, now)
        audit(unit, "case_opened", now, subject_id=case.id, facts={"triage": level})
        return case, True
    case.status = rules.TRANSITIONS[case.status, rules.CaseStep.REOPEN]
    case.triage, case.opened_at = max(level, 0), now
    case.counselor_id = case.taken_at = case.closed_at = case.disposition = None
    case.answer_due_at = None
    unit.flush()
    audit(unit, "case_reopened", now, subject_id=case.id, facts={"triage": level})
    return case, True


def tell_desk(
    unit: Unit, case: Case, now: dt.datetime, policy: Policy, *, newly_open: bool
) -> bool:
    """Page for an imminent case, or tell those on call of a new one; whether anyone is on call.

    Alerts carry case number and level, never words.
    """
    on_call = people.on_duty(unit, "counselor", now, only_on_call=True)
    if rules.pages(case.triage):
        # one acknowledgement stops the paging of a case; new imminent words start it again
        # unless its counselor is already with the student
        if case.status != "taken" and cases.open_alert(unit, case.id) is None:
            alert = Alert(
                id=new_id(),
                case_id=case.id,
                level="imminent",
                state="open",
                raised_at=now,
                due_at=now,
                round=0,
                webhook_tries=0,
            )
            unit.add(alert)
            unit.flush()
            page(unit, alert, case, now, policy)
    elif newly_open:
        for staff_id in on_call or people.on_duty(unit, "admin", now, only_on_call=False):
            letter(
                unit, staff_id, "staff", "alert", "staff-out-new-case",
                f"case:{case.id.hex}:{int(now.timestamp())}:{staff_id.hex}", now,
                case=case.id.hex, number=case.number, triage=case.triage,
            )  # fmt: skip
    return bool(on_call)


def page(unit: Unit, alert: Alert, case: Case, now: dt.datetime, policy: Policy) -> None:
    """One round of paging; sets when the next is due."""
    on_call = people.on_duty(unit, "counselor", now, only_on_call=True)
    plan = rules.page_round(alert.round, now, policy.paging, anyone_on_call=bool(on_call))
    reached = list(on_call)
    if plan.admins:
        reached += people.on_duty(unit, "admin", now, only_on_call=False)
    if not reached:
        reached = people.on_duty(unit, "counselor", now, only_on_call=False)
    for staff_id in reached:
        letter(
            unit, staff_id, "staff", "alert", "staff-out-page",
            f"page:{alert.id.hex}:{alert.round}:{staff_id.hex}", now,
            alert=alert.id.hex, case=case.id.hex, number=case.number, round=alert.round + 1,
        )  # fmt: skip
    if plan.webhook and alert.webhook_due_at is None:
        alert.webhook_due_at = now
    alert.round += 1
    alert.due_at = plan.next_at
    unit.flush()


def end_paging(
    unit: Unit, case: Case, staff_id: uuid.UUID | None, now: dt.datetime
) -> Alert | None:
    """Stop the pages of a case: acknowledged by somebody, or ended with the case."""
    alert = cases.open_alert(unit, case.id)
    if alert is None:
        return None
    alert.state = "acknowledged" if staff_id else "ended"
    alert.acknowledged_at, alert.acknowledged_by = now, staff_id
    unit.flush()
    audit(
        unit,
        "alert_acknowledged" if staff_id else "alert_ended",
        now,
        actor_id=staff_id,
        subject_id=alert.id,
        facts={"case": case.number, "rounds": alert.round},
    )
    return alert


def tell_counselor(unit: Unit, case: Case, now: dt.datetime, policy: Policy, cause: str) -> None:
    """A discreet line to the case's counselor: the number only, the words on tap."""
    assert case.counselor_id is not None
    if case.answer_due_at is None:
        case.answer_due_at = rules.answer_due(case.triage, now, policy.cases)
    case.student_wrote_at = now
    unit.flush()
    letter(
        unit, case.counselor_id, "staff", "relay", "staff-out-new-words", cause, now,
        case=case.id.hex, number=case.number, triage=case.triage,
    )  # fmt: skip


def letter(
    unit: Unit,
    person_id: uuid.UUID,
    bot: str,
    kind: str,
    text_key: str,
    cause: str,
    now: dt.datetime,
    *,
    key_owner: uuid.UUID | None = None,
    delete_after: dt.timedelta | None = None,
    **args: str | int | bool | None,
) -> None:
    """Queue one outbox row in the caller's commit."""
    outbox.put(
        unit,
        Letter(
            person_id=person_id,
            bot=bot,
            kind=kind,
            text_key=text_key,
            cause=cause,
            args=args,
            key_owner=key_owner,
            delete_after=delete_after,
        ),
        now,
    )
