"""Steps that several flows of the care path share; each runs inside its caller's unit."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence

from flows.consent import note_event
from flows.errors import OutdatedAction
from flows.marks import UNKEPT_WORDS, leave_mark
from flows.policy import Policy
from flows.roles import on_duty_for
from flows.rules import triage as rules
from flows.rules.risk import RiskLevel
from storage import alerts, cases, outbox, staff, students
from storage.database import Unit
from storage.outbox import Letter
from storage.records import audit
from storage.tables.care import Alert, Case


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """What became of telling the desk: whether a letter went out for it, and is anyone on call."""

    queued: bool
    on_call: bool


def take_step(case: Case, step: rules.CaseStep) -> None:
    """Change the status as the transition table says; OutdatedAction where it says nothing."""
    try:
        case.status = rules.TRANSITIONS[case.status, step]
    except KeyError:
        raise OutdatedAction from None


def open_or_raise(
    unit: Unit, student_id: uuid.UUID, level: int, origin: str, now: dt.datetime, policy: Policy
) -> tuple[Case, bool]:
    """The student's one open case, opened, reopened or raised; whether that is news to the desk.

    One open case a student: later flags join it. A case closed a short while ago is reopened, so
    its counselor finds what was said before.
    """
    students.lock(unit, student_id)
    case = cases.open_case_of(unit, student_id)
    if case is not None:
        raised = level > case.triage
        if raised:
            case.triage = level
            audit(unit, "case_raised", now, subject_id=case.id, facts={"triage": level})
        if rules.pages(level) and case.status == "taken" and not _is_attended(case, now, policy):
            back_to_queue(unit, case, rules.CaseStep.RETURN, None, now, policy)
        return case, raised
    since = now - dt.timedelta(days=policy.cases.reopen_within_days)
    case = cases.latest_closed(unit, student_id, since)
    if case is None:
        case = cases.add(unit, student_id, level, origin, now)
        audit(unit, "case_opened", now, subject_id=case.id, facts={"triage": level})
    else:
        take_step(case, rules.CaseStep.REOPEN)
        # what was flagged a few days ago still ranks it; it pages only by what is said now
        level = max(level, min(case.triage, rules.LAST_UNPAGED))
        case.triage, case.origin, case.opened_at = level, origin, now
        case.counselor_id = case.taken_at = case.closed_at = case.disposition = None
        case.answer_due_at = case.student_blocked_at = case.block_told_at = None
        case.block_untold = False
        audit(unit, "case_reopened", now, subject_id=case.id, facts={"triage": level})
    note_event(unit, student_id, "case_opened", now, origin=origin, triage=level)
    return case, True


def open_asked(
    unit: Unit,
    student_id: uuid.UUID,
    level: RiskLevel,
    update_id: int,
    now: dt.datetime,
    policy: Policy,
) -> tuple[Case, bool]:
    """A case that its student asked for.

    `level` is that of words from before consent, which are gone: the talk says so, and a counselor
    who has the case is told as of new words.
    """
    if not rules.opens_case(level):
        return open_or_raise(unit, student_id, 0, "asked", now, policy)
    triage = rules.triage_of(level)
    case, news = open_or_raise(unit, student_id, triage, "flagged", now, policy)
    if news:
        leave_mark(unit, case, UNKEPT_WORDS, update_id, now)
        if case.status == "taken":
            cause = f"words:{update_id}:{case.id.hex}"
            imminent = level is RiskLevel.IMMINENT
            tell_counselor(unit, case, now, policy, cause, imminent=imminent)
    return case, news


def _is_attended(case: Case, now: dt.datetime, policy: Policy) -> bool:
    """Whether the case's counselor was with the student a moment ago.

    Else imminent words must not wait for somebody who may be asleep: everyone on call is paged,
    and whoever comes first can take the case. It costs its counselor one more tap.
    """
    last = max(filter(None, (case.taken_at, case.counselor_wrote_at)), default=None)
    return last is not None and now <= rules.answer_due(case.triage, last, policy.cases)


def event_of(case: Case) -> str:
    """The cause of the letters about one event of a locked case; no other event has it.

    Counted on the row: a unit that failed and runs again counts the same.
    """
    case.told += 1
    return f"{case.id.hex}:{case.told}"


def back_to_queue(
    unit: Unit,
    case: Case,
    step: rules.CaseStep,
    staff_id: uuid.UUID | None,
    now: dt.datetime,
    policy: Policy,
) -> None:
    """A released or silent case waits again, and the desk hears of it."""
    before = case.counselor_id
    take_step(case, step)
    # to whom it comes next a block is news
    case.counselor_id = case.taken_at = case.answer_due_at = case.block_told_at = None
    cases.drop_readers(unit, case.id)
    audit(unit, f"case_{step.value}", now, actor_id=staff_id, subject_id=case.id)
    alert = alerts.open_of(unit, case.id)
    if alert is not None:
        # so far its pages were mainly for whoever had the case
        page(unit, alert, case, now, policy)
    tell_desk(unit, case, now, policy, newly_open=True, key="staff-out-back-in-queue")
    if step is rules.CaseStep.RETURN and before is not None:
        letter(
            unit, before, "staff", "notice", "staff-out-returned",
            f"returned:{event_of(case)}", now,
            case=case.id.hex, number=case.number,
        )  # fmt: skip


def tell_of_return(
    unit: Unit, case: Case, before: uuid.UUID | None, now: dt.datetime, *, by_name: bool = False
) -> None:
    """Its student learns that the team has the case again: silence would look like being left.

    `before` had it: that they are on call helps nobody now. `by_name`: they gave it back, and the
    two had spoken.
    """
    on_call = on_duty_for(unit, case.student_id, "counselor", now, only_on_call=True)
    found = students.get(unit, case.student_id)
    letter(
        unit, case.student_id, "student", "notice",
        "out-case-released" if by_name else "out-case-returned", f"back:{event_of(case)}", now,
        counselor=staff.name_of(unit, before) if by_name else None,
        on_call=any(each != before for each in on_call),
        region=found[1].region if found is not None else None,
    )  # fmt: skip


def whoever_hears(
    unit: Unit, student_id: uuid.UUID | None, now: dt.datetime
) -> Sequence[uuid.UUID]:
    """With nobody on call: the admins, or every counselor where there is none."""
    return on_duty_for(unit, student_id, "admin", now, only_on_call=False) or on_duty_for(
        unit, student_id, "counselor", now, only_on_call=False
    )


def concerned(unit: Unit, case: Case, now: dt.datetime) -> Sequence[uuid.UUID]:
    """The case's counselor; of one that waits, those on call, else whoever hears of it then."""
    if case.counselor_id is not None:
        return [case.counselor_id]
    on_call = on_duty_for(unit, case.student_id, "counselor", now, only_on_call=True)
    return on_call or whoever_hears(unit, case.student_id, now)


def tell_concerned(
    unit: Unit, case: Case, now: dt.datetime, key: str, *, lost: bool = False
) -> None:
    """One event of a locked case, by a number and a level, to all whom it concerns.

    `lost`: it showed by a counselor's text that did not arrive.
    """
    event = event_of(case)
    for staff_id in concerned(unit, case, now):
        letter(
            unit, staff_id, "staff", "alert", key, f"case:{event}:{staff_id.hex}", now,
            case=case.id.hex, number=case.number, triage=case.triage, lost=int(lost),
        )  # fmt: skip


def tell_desk(
    unit: Unit,
    case: Case,
    now: dt.datetime,
    policy: Policy,
    *,
    newly_open: bool,
    new_words: bool = True,
    key: str = "staff-out-new-case",
) -> Told:
    """Page for an imminent case, or tell whoever hears of a new one.

    A taken case is its counselor's to hear of. Alerts carry case number and level, never words.
    `new_words`: its student wrote something, and did not only press a button again.
    """
    on_call = on_duty_for(unit, case.student_id, "counselor", now, only_on_call=True)
    queued = False
    if case.status != "waiting":
        return Told(queued, bool(on_call))
    if rules.pages(case.triage):
        pages_now = alerts.open_of(unit, case.id) is not None
        # one acknowledgement stops the paging of a case, and sets by when it must be taken; new
        # words of its student start it again, and so does that time
        left_to_somebody = not (new_words or newly_open) and _is_somebody_on_it(unit, case)
        queued = not pages_now and not left_to_somebody
        if queued:
            case.answer_due_at = None
            page(unit, alerts.add(unit, case.id, "imminent", now), case, now, policy)
    elif newly_open:
        queued = True
        every = rules.remind_every(policy.cases, anyone_on_call=bool(on_call))
        case.answer_due_at = now + every
        tell_concerned(unit, case, now, key)
    return Told(queued, bool(on_call))


def page_for_worse(unit: Unit, case: Case, now: dt.datetime, policy: Policy) -> Told:
    """A case that waits, opened by 'worse' after an imminent one: its place stays below what was
    said then, but everyone on call is paged."""
    on_call = on_duty_for(unit, case.student_id, "counselor", now, only_on_call=True)
    case.answer_due_at = now + rules.remind_every(policy.cases, anyone_on_call=bool(on_call))
    pages_now = alerts.open_of(unit, case.id) is not None
    if not pages_now:
        page(unit, alerts.add(unit, case.id, "elevated", now), case, now, policy)
    return Told(not pages_now, bool(on_call))


def _is_somebody_on_it(unit: Unit, case: Case) -> bool:
    """Whether somebody acknowledged, and has until its time to take it."""
    on_it = alerts.last_acknowledged(unit, case)
    return on_it is not None and case.answer_due_at is not None


def page(unit: Unit, alert: Alert, case: Case, now: dt.datetime, policy: Policy) -> None:
    """One round of paging; sets when the next is due.

    In a case that a counselor has, the first round is theirs alone: they were there a moment ago.
    """
    on_call = on_duty_for(unit, case.student_id, "counselor", now, only_on_call=True)
    holder = case.counselor_id if case.status == "taken" else None
    alone = holder is not None and alert.round == 0
    anyone = alone or bool(on_call)
    plan = rules.page_round(alert.round, now, policy.paging, anyone_on_call=anyone)
    reached = list(on_call)
    if plan.admins:
        reached += on_duty_for(unit, case.student_id, "admin", now, only_on_call=False)
    if not reached:
        reached = on_duty_for(unit, case.student_id, "counselor", now, only_on_call=False)
    if holder is not None:
        reached = [holder, *(each for each in reached if each != holder and not alone)]
    for staff_id in reached:
        imminent = alert.level == "imminent" or rules.pages(case.triage)
        key = "staff-out-page" if imminent else "staff-out-page-worse"
        if holder is not None:
            key = "staff-out-page-yours" if staff_id == holder else "staff-out-page-held"
        letter(
            unit, staff_id, "staff", "page", key,
            f"page:{alert.id.hex}:{alert.round}:{staff_id.hex}", now,
            alert=alert.id.hex, case=case.id.hex, number=case.number, round=alert.round + 1,
            triage=case.triage,
        )  # fmt: skip
    if plan.webhook and alert.webhook_due_at is None:
        alert.webhook_due_at = now
    if alert.round == rules.nobody_yet(policy.paging):
        _tell_nobody_yet(unit, alert, case, now)
    alert.round += 1
    alert.due_at = plan.next_at


def _tell_nobody_yet(unit: Unit, alert: Alert, case: Case, now: dt.datetime) -> None:
    """Its student hears once that nobody has come yet, with the numbers; not in the middle of an
    answer."""
    if case.counselor_wrote_at is not None and case.counselor_wrote_at >= alert.raised_at:
        return
    found = students.get(unit, case.student_id)
    letter(
        unit, case.student_id, "student", "card", "out-nobody-yet", f"nobody:{alert.id.hex}", now,
        region=found[1].region if found is not None else None,
    )  # fmt: skip


def end_paging(
    unit: Unit, case: Case, staff_id: uuid.UUID | None, now: dt.datetime
) -> Alert | None:
    """Stop the pages of a case: acknowledged by somebody, or ended with the case."""
    alert = alerts.open_of(unit, case.id)
    if alert is None:
        return None
    alert.state = "acknowledged" if staff_id else "ended"
    alert.acknowledged_at, alert.acknowledged_by = now, staff_id
    audit(
        unit,
        "alert_acknowledged" if staff_id else "alert_ended",
        now,
        actor_id=staff_id,
        subject_id=alert.id,
        facts={"case": case.number, "rounds": alert.round},
    )
    return alert


def tell_counselor(
    unit: Unit,
    case: Case,
    now: dt.datetime,
    policy: Policy,
    cause: str,
    text_key: str = "staff-out-new-words",
    *,
    imminent: bool = False,
) -> None:
    """A discreet line to the case's counselor: the number only, the words on tap.

    Imminent words page instead, until they are opened.
    """
    assert case.counselor_id is not None
    # the first unanswered words set the time; graver ones may only bring it forward
    due = rules.answer_due(case.triage, now, policy.cases)
    case.answer_due_at = min(filter(None, (case.answer_due_at, due)))
    if imminent and alerts.open_of(unit, case.id) is None:
        page(unit, alerts.add(unit, case.id, "imminent", now), case, now, policy)
        return
    letter(
        unit, case.counselor_id, "staff", "relay", text_key, cause, now,
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
    message_id: uuid.UUID | None = None,
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
            message_id=message_id,
        ),
        now,
    )
