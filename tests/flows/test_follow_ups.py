"""The day after: asked once, and an answer can open the case again."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa

from flows.errors import FlowError, OutdatedAction, Refusal
from storage.tables import Case, FollowUp
from tests.flows.campus import ALEX, KIM, WANG

HOUR = dt.timedelta(hours=1)


@pytest.fixture
async def closed(path):
    """A student and the case that was closed just now."""
    student, lin = await path.student(), await path.counselor()
    case = await path.help.ask(student, update_id=1)
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
    await path.staffing.set_on_call(lin, True)
    await path.follow_ups.ask_due()
    answered = await path.follow_ups.answer(student, await path.asked(), answer)
    row = await path.case()
    assert (row.id, row.status) == (case_id, status)
    assert row.origin == ("follow_up" if status == "waiting" else "asked")
    reopened = status == "waiting"
    assert answered.anyone_on_call is reopened
    assert (await path.told("staff-out-new-case")).count(lin) == 1 + reopened


async def test_called_off_where_the_case_is_open_again(path, closed):
    student, _, _ = closed
    await path.help.ask(student, update_id=1)
    path.clock.advance(21 * HOUR)
    await path.follow_ups.ask_due()
    assert await path.outbox("out-follow-up") == []
    assert await path.rows(sa.select(FollowUp.state)) == ["called_off"]


async def test_closed_twice_it_is_asked_once_after_the_second(path, closed):
    student, lin, case_id = closed
    path.clock.advance(5 * HOUR)
    await path.help.ask(student, update_id=1)
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
    ("words", "triage"), [(None, 1), ("ELEVATED words", 2), ("IMMINENT words", 2)]
)
@pytest.mark.parametrize("days", [1, 9])
async def test_worse_keeps_the_place_that_earlier_words_gave(path, words, triage, days):
    student, lin = await path.student(), await path.counselor()
    if words is None:
        await path.help.ask(student, update_id=1)
    else:
        await path.writes(student, words)
    case_id = (await path.case()).id
    await path.desk.take(lin, case_id)
    await path.reads(lin, case_id)
    await path.desk.close(lin, case_id, "supported")
    paged = len(await path.told("staff-out-page"))
    path.clock.advance(21 * HOUR)
    await path.follow_ups.ask_due()
    path.clock.advance(days * 24 * HOUR)
    await path.follow_ups.answer(student, await path.asked(), "worse")
    case = (await path.rows(sa.select(Case).order_by(Case.number)))[-1]
    assert (case.id == case_id) is (days == 1)
    assert (case.status, case.triage) == ("waiting", triage)
    assert len(await path.told("staff-out-page")) == paged


@pytest.mark.parametrize("disposition", ["supported", "false_alarm"])
async def test_worse_after_an_imminent_case_pages_and_says_so(path, disposition):
    student, lin = await path.student(), await path.counselor()
    kim = await path.counselor(KIM, role="admin")
    screened = await path.writes(student, "IMMINENT words")
    await path.desk.take(lin, screened.case_id)
    await path.reads(lin, screened.case_id)
    await path.desk.close(lin, screened.case_id, disposition)
    path.clock.advance(21 * HOUR)
    await path.staffing.set_on_call(lin, True)
    await path.follow_ups.ask_due()
    told = len(await path.told("staff-out-new-case"))
    answered = await path.follow_ups.answer(student, await path.asked(), "worse")
    assert answered.anyone_on_call
    if disposition == "false_alarm":
        assert await path.told("staff-out-page-worse") == []
        return
    assert await path.told("staff-out-page-worse") == [lin]
    # told once by it, and not as a new case or a reminder too
    assert len(await path.told("staff-out-new-case")) == told
    assert await path.alerts.remind_waiting() == 0
    for _ in range(2):
        path.clock.advance(dt.timedelta(seconds=121))
        assert await path.alerts.page_due() == 1
    assert (await path.told("staff-out-page-worse")).count(kim) == 1
    await path.alerts.acknowledge(lin, (await path.alert()).id)
    assert (await path.desk.card(kim, screened.case_id)).on_it_since == path.clock.now()
    path.clock.advance(dt.timedelta(seconds=121))
    assert await path.alerts.page_due() == 0


class TestWorseWhileACaseIsOpen:
    """It was opened between the question and the answer."""

    @pytest.fixture
    async def asked(self, path, closed):
        """The student, their counselor, and the question that came the day after."""
        student, lin, _ = closed
        path.clock.advance(21 * HOUR)
        await path.follow_ups.ask_due()
        return student, lin, await path.asked()

    async def test_its_counselor_is_told_and_must_answer_in_time(self, path, asked):
        student, lin, question = asked
        await path.counselor(WANG)
        case = await path.help.ask(student, update_id=1)
        await path.desk.take(lin, case.case_id)
        await path.talk.say(lin, "I am here.", 9)
        answered = await path.follow_ups.answer(student, question, "worse")
        assert (answered.taken, answered.number) == (True, case.number)
        assert await path.told("staff-out-worse") == [lin]
        path.clock.advance(dt.timedelta(minutes=119))
        assert await path.desk.return_silent() == 0
        path.clock.advance(dt.timedelta(minutes=1))
        assert await path.desk.return_silent() == 1

    async def test_one_that_waits_is_raised_and_told_as_such(self, path, asked):
        student, lin, question = asked
        await path.help.ask(student, update_id=1)
        answered = await path.follow_ups.answer(student, question, "worse")
        assert not answered.taken
        assert (await path.case()).triage == 1
        assert await path.told("staff-out-new-case") == [lin] * 3
        assert await path.told("staff-out-worse") == []

    async def test_one_that_waits_in_a_higher_place_is_told_again(self, path, asked):
        student, lin, question = asked
        await path.writes(student, "ELEVATED words")
        await path.follow_ups.answer(student, question, "worse")
        assert (await path.case()).triage == 2
        assert await path.told("staff-out-worse") == [lin]
        with pytest.raises(OutdatedAction):
            await path.follow_ups.answer(student, question, "worse")
        assert await path.told("staff-out-worse") == [lin]

    @pytest.mark.parametrize("admin", [True, False])
    async def test_nobody_on_call_somebody_is_told_all_the_same(self, path, asked, admin):
        student, lin, question = asked
        kim = await path.counselor(KIM, role="admin") if admin else None
        await path.staffing.set_on_call(lin, False)
        await path.writes(student, "ELEVATED words")
        answered = await path.follow_ups.answer(student, question, "worse")
        assert not answered.anyone_on_call
        assert await path.told("staff-out-worse") == [kim or lin]

    async def test_one_that_was_acknowledged_and_not_taken_pages_again(self, path, asked):
        student, lin, question = asked
        await path.writes(student, "IMMINENT words")
        await path.alerts.acknowledge(lin, (await path.alert()).id)
        await path.follow_ups.answer(student, question, "worse")
        assert await path.told("staff-out-page") == [lin, lin]


async def test_nobody_on_call_and_no_admin_every_counselor_hears_of_a_new_case(path):
    student, lin = await path.student(), await path.counselor(on_call=False)
    await path.help.ask(student, update_id=1)
    assert await path.told("staff-out-new-case") == [lin]
