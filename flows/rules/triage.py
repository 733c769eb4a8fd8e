"""Pure decisions of the care path: triage, transitions of a case, who is paged when."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from collections.abc import Iterable, Mapping

from flows.policy import Cases, Paging
from flows.rules.risk import Assessment, RiskLevel, SignalKind

OPENS_CASE = RiskLevel.ELEVATED
# the highest place in the queue that pages nobody
LAST_UNPAGED = RiskLevel.ELEVATED.rank


class CaseStep(enum.StrEnum):
    """What can happen to a case."""

    TAKE = "take"
    RELEASE = "release"
    RETURN = "return"  # silent too long
    CLOSE = "close"
    REOPEN = "reopen"


# status transitions as data: (status, step) -> next status; what is not here is refused
TRANSITIONS: dict[tuple[str, CaseStep], str] = {
    ("waiting", CaseStep.TAKE): "taken",
    ("taken", CaseStep.RELEASE): "waiting",
    ("taken", CaseStep.RETURN): "waiting",
    ("taken", CaseStep.CLOSE): "closed",
    ("closed", CaseStep.REOPEN): "waiting",
}

DISPOSITIONS = (
    "supported",
    "appointment",
    "referred_out",
    "emergency",
    "unreachable",
    "false_alarm",
)


def triage_of(level: RiskLevel | str | None) -> int:
    """Place in the queue: 0 asked without a flag, 1 low, 2 elevated, 3 imminent."""
    return RiskLevel(level).rank if level else 0


def triage_of_worse(before: int) -> int:
    """Place of a student who answers 'worse' the day after: above who only asked, no lower than
    the case it is about; it pages only by what is said now."""
    return max(RiskLevel.LOW.rank, min(before, LAST_UNPAGED))


def opens_case(level: RiskLevel) -> bool:
    """Elevated and imminent words become a case in their own commit."""
    return level.at_least(OPENS_CASE)


def urgency(assessment: Assessment) -> RiskLevel:
    """How urgent words are once they are passed on: by the writer's own level, or imminent where
    somebody else may be dying."""
    in_danger = assessment.other_level is RiskLevel.IMMINENT
    return RiskLevel.IMMINENT if in_danger else assessment.level


def level_passed_on(signals: Iterable[Mapping[str, str]], *, about_me: bool) -> RiskLevel:
    """The level of a case that begins with words about somebody else, by their stored signals.

    They page where that person may be dying. "This is about me" makes them the writer's own.
    """
    levels = [
        RiskLevel(signal["level"])
        for signal in signals
        if signal["kind"] == SignalKind.CONCERN_FOR_OTHER
    ]
    heard = max(levels, key=lambda level: level.rank, default=RiskLevel.NONE)
    if about_me:
        return max(heard, OPENS_CASE, key=lambda level: level.rank)
    return heard if pages(triage_of(heard)) else RiskLevel.NONE


def pages(triage: int) -> bool:
    """Only imminent pages until somebody acknowledges; elevated tells those on call once."""
    return triage >= RiskLevel.IMMINENT.rank


def answer_due(triage: int, now: dt.datetime, policy: Cases) -> dt.datetime:
    """When a taken case whose student waits goes back to the queue."""
    urgent = triage >= RiskLevel.IMMINENT.rank
    minutes = policy.answer_within_min_imminent if urgent else policy.answer_within_min
    return now + dt.timedelta(minutes=minutes)


def remind_every(policy: Cases, *, anyone_on_call: bool) -> dt.timedelta:
    """Time between two reminders of the cases that wait and page nobody.

    Who is not on call hears of them no more often than a student may wait for an answer.
    """
    minutes = policy.remind_waiting_min
    if not anyone_on_call:
        minutes = max(minutes, policy.answer_within_min)
    return dt.timedelta(minutes=minutes)


@dataclasses.dataclass(frozen=True, slots=True)
class PageRound:
    """Whom one round of paging reaches beside who is on call, and when the next one is."""

    admins: bool
    webhook: bool
    next_at: dt.datetime


def page_round(
    number: int, now: dt.datetime, policy: Paging, *, anyone_on_call: bool
) -> PageRound:
    """Round 0 goes out with the flag itself; nobody on call shortens the ladder to nothing.

    `number` counts from 0, and the pace stays as it is: an alert goes on until somebody
    acknowledges. Round `admins_after_rounds` and later also reach the admins, round
    `webhook_after_rounds` the outgoing webhook.
    """
    return PageRound(
        admins=not anyone_on_call or number >= policy.admins_after_rounds,
        webhook=not anyone_on_call or number >= policy.webhook_after_rounds,
        next_at=now + policy.every,
    )


def nobody_yet(policy: Paging) -> int:
    """The round, from 0, in which the student hears that nobody has answered yet.

    That of the webhook; never the first, for the flag's own notice says who was told.
    """
    return max(policy.webhook_after_rounds, 1)
