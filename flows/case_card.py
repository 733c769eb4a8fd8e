"""A case as those on the desk see it: a line of the queue, or a card. Never words."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
import zoneinfo

from flows.rules import triage as rules
from flows.rules.risk import RiskLevel
from storage import alerts, cases, messages, staff, students
from storage.database import Unit
from storage.tables.care import Alert, Assessment, Case

_SHOWN = 8
_WORST_FIRST = {"imminent": 0, "elevated": 1, "low": 2}


@dataclasses.dataclass(frozen=True, slots=True)
class QueueItem:
    """One line of the queue."""

    case_id: uuid.UUID
    number: int
    triage: int
    status: str
    opened_at: dt.datetime
    mine: bool
    counselor_name: str | None
    # who said they are on a case that waits
    on_it: bool
    on_it_name: str | None
    unread: int


@dataclasses.dataclass(frozen=True, slots=True)
class SignalLine:
    """One reason, as the card shows it: no words. `reason` names what it rests on."""

    kind: str
    level: str
    tier: str
    reason: str
    version: str


@dataclasses.dataclass(frozen=True, slots=True)
class CaseCard:
    """A case at a glance; the words come on tap only."""

    case_id: uuid.UUID
    number: int
    status: str
    triage: int
    origin: str
    opened_at: dt.datetime
    mine: bool
    counselor_name: str | None
    student_language: str
    student_region: str | None
    age_band: str
    local_time: str
    signals: tuple[SignalLine, ...]
    # of everything that was flagged, or of some of it
    student_says_not_meant: bool
    some_not_meant: bool
    degraded: bool
    unread: int
    earlier_cases: int
    # the alert that still pages
    alert_id: uuid.UUID | None
    # of one that waits: since when somebody is on it, or was before it paged again
    on_it_name: str | None
    on_it_since: dt.datetime | None
    student_blocked: bool
    # something written to the student did not arrive
    undelivered: bool
    # showed no campus code: help does not ask for one, but may be somebody else's to give
    no_code: bool
    # a counselor's word on the flags: true_alarm or false_alarm
    label: str | None
    disposition: str | None
    closed_at: dt.datetime | None

    @property
    def paging(self) -> bool:
        """Whether the case still pages."""
        return self.alert_id is not None


def queue_item(unit: Unit, case: Case, reader_id: uuid.UUID) -> QueueItem:
    """The line of a case in somebody's queue."""
    on_it = _on_it(unit, case) if alerts.open_id(unit, case.id) is None else None
    return QueueItem(
        case_id=case.id,
        number=case.number,
        triage=case.triage,
        status=case.status,
        opened_at=case.opened_at,
        mine=_is_held_by(case, reader_id),
        counselor_name=staff.name_of(unit, case.counselor_id),
        on_it=on_it is not None,
        on_it_name=staff.name_of(unit, on_it.acknowledged_by) if on_it is not None else None,
        unread=messages.count_unread(unit, case.id),
    )


def card_of(
    unit: Unit, case: Case, reader_id: uuid.UUID, now: dt.datetime, *, codes: bool
) -> CaseCard:
    """The card of a case, as one of the desk sees it now; `codes`: the campus hands out codes."""
    found = students.get(unit, case.student_id)
    assert found is not None
    person, student = found
    on_it = _on_it(unit, case)
    assessments = messages.assessments_of_case(unit, case.id)
    not_meant = {
        a.student_says == "not_meant" for a in assessments if rules.opens_case(RiskLevel(a.level))
    }
    return CaseCard(
        case_id=case.id,
        number=case.number,
        status=case.status,
        triage=case.triage,
        origin=case.origin,
        opened_at=case.opened_at,
        mine=_is_held_by(case, reader_id),
        counselor_name=staff.name_of(unit, case.counselor_id),
        student_language=person.language,
        student_region=student.region,
        age_band=student.age_band,
        local_time=now.astimezone(zoneinfo.ZoneInfo(person.time_zone)).strftime("%H:%M"),
        signals=_signals(assessments),
        student_says_not_meant=not_meant == {True},
        some_not_meant=len(not_meant) == 2,
        degraded=any(a.degraded for a in assessments),
        unread=messages.count_unread(unit, case.id),
        earlier_cases=cases.count_earlier(unit, case),
        alert_id=alerts.open_id(unit, case.id),
        on_it_name=staff.name_of(unit, on_it.acknowledged_by) if on_it is not None else None,
        on_it_since=on_it.acknowledged_at if on_it is not None else None,
        student_blocked=case.student_blocked_at is not None,
        undelivered=bool(messages.undelivered(unit, case.id)),
        no_code=codes and student.stage != "enrolled",
        # one press labels all that is flagged so far
        label=next((a.label for a in assessments if a.label), None),
        disposition=case.disposition,
        closed_at=case.closed_at,
    )


def _on_it(unit: Unit, case: Case) -> Alert | None:
    """The acknowledgement of a case that paged and that nobody has taken."""
    if case.status != "waiting":
        return None
    return alerts.last_acknowledged(unit, case)


def _is_held_by(case: Case, reader_id: uuid.UUID) -> bool:
    return case.status == "taken" and case.counselor_id == reader_id


def _signals(assessments: list[Assessment]) -> tuple[SignalLine, ...]:
    """Each reason once, at its worst, the worst first; what it rests on stands together."""
    lines = [
        SignalLine(s["kind"], s["level"], s["tier"], s["reason"], s["version"])
        for assessment in assessments
        for s in assessment.signals
    ]
    lines.sort(key=lambda line: _WORST_FIRST.get(line.level, 9))
    found: dict[tuple[str, str], list[SignalLine]] = {}
    for line in lines:
        found.setdefault((line.kind, line.tier), []).append(line)
    return tuple(_together(same) for same in list(found.values())[:_SHOWN])


def _together(same: list[SignalLine]) -> SignalLine:
    named = list(dict.fromkeys(line.reason for line in same))
    return dataclasses.replace(same[0], reason=", ".join(named[:_SHOWN]))
