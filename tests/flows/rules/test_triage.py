from __future__ import annotations

import datetime as dt

import pytest

from flows.policy import Cases, Paging
from flows.rules.risk import RiskLevel
from flows.rules.triage import (
    TRANSITIONS,
    CaseStep,
    answer_due,
    opens_case,
    page_round,
    pages,
    triage_of,
    triage_of_worse,
)

NOW = dt.datetime(2026, 11, 24, 22, 0, tzinfo=dt.UTC)
STATUSES = ("waiting", "taken", "closed")


@pytest.mark.parametrize(
    ("level", "place", "case", "paged"),
    [
        ("none", 0, False, False),
        ("low", 1, False, False),
        ("elevated", 2, True, False),
        ("imminent", 3, True, True),
    ],
)
def test_what_a_level_sets_going(level, place, case, paged):
    assert triage_of(RiskLevel(level)) == triage_of(level) == place
    assert opens_case(RiskLevel(level)) is case
    assert pages(place) is paged


def test_a_case_asked_for_without_a_flag_stands_last():
    assert triage_of(None) == 0


@pytest.mark.parametrize(("before", "place"), [(0, 1), (1, 1), (2, 2), (3, 2)])
def test_worse_ranks_above_asking_and_no_lower_than_before_and_pages_nobody(before, place):
    assert triage_of_worse(before) == place
    assert not pages(place)


@pytest.mark.parametrize(
    ("status", "step", "after"),
    [
        ("waiting", "take", "taken"),
        ("taken", "release", "waiting"),
        ("taken", "return", "waiting"),
        ("taken", "close", "closed"),
        ("closed", "reopen", "waiting"),
    ],
)
def test_a_step_that_is_allowed(status, step, after):
    assert TRANSITIONS[status, CaseStep(step)] == after


def test_every_other_step_is_refused():
    allowed = {(status, step.value) for status, step in TRANSITIONS}
    refused = {(status, step.value) for status in STATUSES for step in CaseStep} - allowed
    assert len(allowed) == 5
    assert ("waiting", "close") in refused
    assert ("closed", "take") in refused


def test_an_imminent_case_goes_back_sooner():
    policy = Cases()
    elevated, imminent = answer_due(2, NOW, policy), answer_due(3, NOW, policy)
    assert elevated - NOW == dt.timedelta(minutes=policy.answer_within_min)
    assert imminent - NOW == dt.timedelta(minutes=policy.answer_within_min_imminent)
    assert NOW < imminent < elevated


def test_the_ladder_widens_round_by_round():
    policy = Paging()
    rounds = [page_round(n, NOW, policy, anyone_on_call=True) for n in range(40)]
    assert [r.admins for r in rounds].index(True) == policy.admins_after_rounds
    assert [r.webhook for r in rounds].index(True) == policy.webhook_after_rounds
    assert rounds[0].next_at == NOW + policy.every


def test_nobody_on_call_goes_out_at_once():
    first = page_round(0, NOW, Paging(), anyone_on_call=False)
    assert first.admins
    assert first.webhook


def test_a_page_nobody_answers_goes_on_at_the_same_pace():
    policy = Paging()
    later = [page_round(n, NOW, policy, anyone_on_call=True).next_at for n in (0, 100, 10_000)]
    assert later == [NOW + policy.every] * 3
