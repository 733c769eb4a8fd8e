"""Two people, one row, one moment. On PostgreSQL these really run at once."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
import sqlalchemy as sa

from flows.errors import FlowError, OutdatedAction, Refusal
from storage import opening
from storage.records import first_broken_audit
from storage.tables import Alert, CampusCode, Case, FollowUp, Message, Staff
from tests.flows.campus import KIM, LIN, MEI, WANG, Campus


async def at_once(*steps):
    """Outcomes and refusals, split."""
    outcomes = await asyncio.gather(*steps, return_exceptions=True)
    good = [o for o in outcomes if not isinstance(o, BaseException)]
    return good, [o for o in outcomes if isinstance(o, BaseException)]


@pytest.fixture(params=range(2))
def _again(request):
    """A race is run more than once."""


pytestmark = pytest.mark.usefixtures("_again")


async def test_two_counselors_take_one_case(path):
    student = await path.student()
    lin, wang = await path.counselor(), await path.counselor(WANG)
    case = await path.help.ask(student, update_id=1)
    good, bad = await at_once(
        path.desk.take(lin, case.case_id), path.desk.take(wang, case.case_id)
    )
    assert len(good) == 1 and good[0].mine
    assert [fault.reason for fault in bad] == [Refusal.TAKEN]
    assert len(await path.outbox("out-case-taken")) == 1


async def test_two_acknowledge_one_alert(path):
    student = await path.student()
    lin, wang = await path.counselor(), await path.counselor(WANG)
    await path.writes(student, "IMMINENT words")
    alert = await path.alert()
    good, bad = await at_once(
        path.alerts.acknowledge(lin, alert.id), path.alerts.acknowledge(wang, alert.id)
    )
    assert len(good) == 1
    assert [type(fault) for fault in bad] == [OutdatedAction]
    assert await path.rows(sa.select(Alert.state)) == ["acknowledged"]


async def test_one_acknowledges_while_another_takes_and_the_sweep_pages(path):
    student = await path.student()
    lin, wang = await path.counselor(), await path.counselor(WANG)
    screened = await path.writes(student, "IMMINENT words")
    alert = await path.alert()
    path.clock.advance(dt.timedelta(minutes=3))
    _, bad = await at_once(
        path.alerts.acknowledge(lin, alert.id),
        path.desk.take(wang, screened.case_id),
        path.alerts.page_due(),
        path.alerts.page_due(),
    )
    assert all(isinstance(fault, OutdatedAction) for fault in bad)
    assert (await path.case()).counselor_id == wang
    assert await path.rows(sa.select(Alert.state)) == ["acknowledged"]
    assert await path.alerts.page_due() == 0


async def test_two_sweeps_page_once_a_round(path):
    student, lin = await path.student(), await path.counselor()
    await path.writes(student, "IMMINENT words")
    path.clock.advance(dt.timedelta(minutes=3))
    await at_once(*(path.alerts.page_due() for _ in range(4)))
    assert await path.told("staff-out-page") == [lin, lin]


async def test_two_sweeps_ask_and_return_once(path):
    student, lin = await path.student(), await path.counselor()
    case = await path.help.ask(student, update_id=1)
    await path.desk.take(lin, case.case_id)
    path.clock.advance(dt.timedelta(hours=3))
    await at_once(*(path.desk.return_silent() for _ in range(4)))
    assert await path.told("staff-out-returned") == [lin]
    await path.desk.take(lin, case.case_id)
    await path.desk.close(lin, case.case_id, "supported")
    path.clock.advance(dt.timedelta(hours=21))
    await at_once(*(path.follow_ups.ask_due() for _ in range(4)))
    assert len(await path.outbox("out-follow-up")) == 1


async def test_a_follow_up_is_answered_once(path):
    student, lin = await path.student(), await path.counselor()
    case = await path.help.ask(student, update_id=1)
    await path.desk.take(lin, case.case_id)
    await path.desk.close(lin, case.case_id, "supported")
    path.clock.advance(dt.timedelta(hours=21))
    await path.follow_ups.ask_due()
    asked = await path.asked()
    good, bad = await at_once(
        path.follow_ups.answer(student, asked, "worse"),
        path.follow_ups.answer(student, asked, "better"),
    )
    assert len(good) == 1
    assert [type(fault) for fault in bad] == [OutdatedAction]
    assert await path.rows(sa.select(FollowUp.answer)) == [good[0].answer]


async def test_one_student_opens_one_case_however_it_comes_about(path):
    student = await path.student()
    await path.counselor()
    good, bad = await at_once(
        *(path.help.ask(student, update_id=1) for _ in range(3)),
        *(path.writes(student, "IMMINENT words") for _ in range(3)),
    )
    assert (len(good), bad) == (6, [])
    assert await path.count(Case) == 1
    assert await path.count(Alert) == 1
    assert (await path.case()).triage == 3
    assert await path.database.read(first_broken_audit) is None


async def test_one_invite_makes_one_member_of_staff(path):
    code = await path.staffing.invite("counselor")
    good, bad = await at_once(*(path.staffing.accept(id_, code, "en") for id_ in (LIN, KIM, WANG)))
    assert len(good) == 1
    assert [fault.reason for fault in bad] == [Refusal.USED_CODE] * 2
    assert await path.count(Staff) == 1


@pytest.fixture
def closed(database, clock):
    """A campus that wants a code."""
    return Campus(database, clock, open_enrolment=False)


async def test_one_campus_code_lets_one_student_in(closed):
    await closed.enrolment.add_campus_codes(["ABCDE-FGHJK"])
    students = [await closed.student(MEI + n) for n in range(3)]
    good, bad = await at_once(*(closed.enrolment.belong(s, "ABCDE-FGHJK") for s in students))
    assert len(good) == 1
    assert [fault.reason for fault in bad] == [Refusal.USED_CODE] * 2


async def test_one_student_spends_one_campus_code(closed):
    codes = [f"ABCDE-FGHJ{letter}" for letter in "KMNPQR"]
    await closed.enrolment.add_campus_codes(codes)
    student = await closed.student()
    good, bad = await at_once(*(closed.enrolment.belong(student, code) for code in codes))
    assert len(good) == 1
    assert all(isinstance(fault, OutdatedAction) for fault in bad)
    used = await closed.rows(sa.select(CampusCode.used_at))
    assert len([at for at in used if at is not None]) == 1


async def test_whoever_is_revoked_at_that_moment_holds_no_case(path):
    student, lin = await path.student(), await path.counselor()
    case = await path.help.ask(student, update_id=1)
    _, bad = await at_once(path.staffing.revoke(None, lin), path.desk.take(lin, case.case_id))
    assert all(fault.reason is Refusal.NOT_STAFF for fault in bad)
    row = await path.case()
    assert (row.status, row.counselor_id) == ("waiting", None)


async def test_of_two_admins_who_revoke_each_other_one_stays(path):
    kim = await path.counselor(KIM, role="admin")
    wang = await path.counselor(WANG, role="admin")
    good, bad = await at_once(path.staffing.revoke(kim, wang), path.staffing.revoke(wang, kim))
    assert (len(good), len(bad)) == (1, 1)
    assert bad[0].reason in {Refusal.LAST_ADMIN, Refusal.NOT_STAFF}
    assert [view.revoked for view in await path.staffing.everybody()].count(False) == 1


async def test_closing_meets_flagged_words(path):
    """Whichever comes first, they end in an open case."""
    student, lin = await path.student(), await path.counselor()
    case = await path.help.ask(student, update_id=1)
    await path.desk.take(lin, case.case_id)
    path.clock.advance(dt.timedelta(minutes=1))
    _, bad = await at_once(
        path.desk.close(lin, case.case_id, "supported"), path.writes(student, "IMMINENT words")
    )
    assert [type(fault) for fault in bad] in ([], [OutdatedAction])
    row = await path.case()
    assert row.status == ("taken" if bad else "waiting")
    assert row.triage == 3


async def test_a_purge_takes_no_words_that_go_into_a_case(path):
    student = await path.student()
    screened = await path.writes(student, "old words")
    path.clock.advance(dt.timedelta(days=8))
    _, bad = await at_once(
        path.help.send_words(student, screened.message_ids[0]), path.retention.purge()
    )
    if not bad:
        assert await path.rows(sa.select(Message.case_id)) == [(await path.case()).id]
    else:
        assert all(isinstance(fault, FlowError) for fault in bad)
        assert await path.count(Case) == 0


@pytest.fixture
async def beside(path, database_url, master, clock):
    """The same store in another process, where a store can have two."""
    if database_url.startswith("sqlite"):
        pytest.skip("an embedded store serves one process")
    opened = await opening.open_database(database_url, "main", master, clock.now())
    yield Campus(opened, clock)
    await opened.close()


async def test_two_processes_call_out_and_take_back_once(path, beside):
    student, lin = await path.student(), await path.counselor(on_call=False)
    for number in range(1, 21):
        await path.alerts.tell_operator(f"fault_{number}")
    screened = await path.writes(student, "IMMINENT words")
    for message_id in range(40):
        await path.copies.keep(lin, screened.case_id, message_id)
    path.clock.advance(dt.timedelta(hours=25))
    both = (path, beside, path, beside)
    calls, _ = await at_once(*(process.alerts.webhooks_due() for process in both))
    ids = [webhook.id for called in calls for webhook in called]
    assert len(ids) == len(set(ids)) == 21
    copies, _ = await at_once(*(process.copies.due() for process in both))
    assert sorted(copy.message_id for found in copies for copy in found) == list(range(40))
