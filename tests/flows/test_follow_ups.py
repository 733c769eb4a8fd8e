"""The day after: asked once, and an answer can open the case again."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa

from flows.errors import FlowError, OutdatedAction, Refusal
from storage.tables import FollowUp
from tests.flows.campus import ALEX

HOUR = dt.timedelta(hours=1)


@pytest.fixture
async def closed(path):
    """A student and the case that was closed just now."""
    student, lin = await path.student(), await path.counselor()
    case = await path.help.ask(student)
    await path.desk.take(lin, case.case_id)
    await path.desk.close(lin, case.case_id, "supported")
    return student, lin, case.case_id


async def test_asked_when_due_and_not_before(path, closed):
    student, _, _ = closed
    path.clock.advance(20 * HOUR - dt.timedelta(seconds=1))
    assert await path.follow_ups.ask_due() == 0
    path.clock.advance(dt.timedelta(seconds=1))
    assert await path.follow_ups.ask_due() == 1
    assert await path.told("out-follow-up") == [student]


@pytest.mark.parametrize(
    ("answer", "status"), [("better", "closed"), ("same", "closed"), ("worse", "waiting")]
)
async def test_only_worse_opens_the_case_again(path, closed, answer, status):
    student, lin, case_id = closed
    path.clock.advance(21 * HOUR)
    await path.follow_ups.ask_due()
    answered = await path.follow_ups.answer(student, await path.asked(), answer)
    row = await path.case()
    assert (row.id, row.status) == (case_id, status)
    assert row.origin == ("follow_up" if status == "waiting" else "asked")
    assert answered.reopened is (status == "waiting")
    assert answered.anyone_on_call is answered.reopened
    assert (await path.told("staff-out-new-case")).count(lin) == (2 if answered.reopened else 1)


async def test_called_off_where_the_case_is_open_again(path, closed):
    student, _, _ = closed
    await path.help.ask(student)
    path.clock.advance(21 * HOUR)
    await path.follow_ups.ask_due()
    assert await path.outbox("out-follow-up") == []
    assert await path.rows(sa.select(FollowUp.state)) == ["called_off"]


async def test_closed_twice_it_is_asked_once_after_the_second(path, closed):
    student, lin, case_id = closed
    path.clock.advance(5 * HOUR)
    await path.help.ask(student)
    await path.desk.take(lin, case_id)
    await path.desk.close(lin, case_id, "supported")
    path.clock.advance(16 * HOUR)
    assert await path.follow_ups.ask_due() == 0
    path.clock.advance(4 * HOUR)
    assert await path.follow_ups.ask_due() == 1
    assert len(await path.outbox("out-follow-up")) == 1


async def test_nobody_answers_for_somebody_else_or_before_being_asked(path, closed):
    student, _, _ = closed
    other = await path.student(ALEX)
    (planned,) = await path.rows(sa.select(FollowUp.id))
    with pytest.raises(OutdatedAction):
        await path.follow_ups.answer(student, planned, "worse")
    path.clock.advance(21 * HOUR)
    await path.follow_ups.ask_due()
    for who, which in ((other, planned), (student, uuid.uuid4())):
        with pytest.raises(OutdatedAction):
            await path.follow_ups.answer(who, which, "worse")
    with pytest.raises(FlowError) as refused:
        await path.follow_ups.answer(student, planned, "great")
    assert refused.value.reason is Refusal.BAD_VALUE
    assert (await path.case()).status == "closed"


@pytest.mark.parametrize(
    ("words", "triage"), [(None, 0), ("ELEVATED words", 2), ("IMMINENT words", 2)]
)
async def test_worse_keeps_the_place_that_earlier_words_gave(path, words, triage):
    student, lin = await path.student(), await path.counselor()
    if words is None:
        await path.help.ask(student)
    else:
        await path.writes(student, words)
    case_id = (await path.case()).id
    await path.desk.take(lin, case_id)
    await path.reads(lin, case_id)
    await path.desk.close(lin, case_id, "supported")
    paged = len(await path.told("staff-out-page"))
    path.clock.advance(21 * HOUR)
    await path.follow_ups.ask_due()
    await path.follow_ups.answer(student, await path.asked(), "worse")
    assert (await path.case()).triage == triage
    assert len(await path.told("staff-out-page")) == paged
