"""Who is paged, how long, and that nobody in danger waits for somebody who is away."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from flows.errors import FlowError, OutdatedAction, Refusal
from flows.rules.risk import RiskLevel
from storage.tables import OperatorAlert
from tests.flows.campus import KIM, WANG

MINUTE = dt.timedelta(minutes=1)
ROUND = dt.timedelta(seconds=121)
TAKEN_WITHIN = 11 * MINUTE  # a little more than [cases] answer_within_min_imminent


class TestLadder:
    async def test_pages_go_on_up_the_ladder_until_acknowledged(self, path):
        student, lin = await path.student(), await path.counselor()
        kim = await path.counselor(KIM, role="admin")
        await path.writes(student, "IMMINENT words")
        for _ in range(3):
            path.clock.advance(ROUND)
            assert await path.alerts.page_due() == 1
        pages = await path.told("staff-out-page")
        assert (pages.count(lin), pages.count(kim)) == (4, 2)
        due = await path.alerts.webhooks_due()
        assert [w.number for w in due if w.kind == "imminent_unacknowledged"] == [1]
        alert = await path.alert()
        assert alert.round == 4
        await path.alerts.acknowledge(lin, alert.id)
        with pytest.raises(OutdatedAction):
            await path.alerts.acknowledge(kim, alert.id)
        path.clock.advance(dt.timedelta(hours=1))
        assert await path.alerts.page_due() == 0
        assert await path.alerts.webhooks_due() == ()

    async def test_pages_never_become_rarer(self, path):
        student, lin = await path.student(), await path.counselor()
        await path.writes(student, "IMMINENT words")
        for _ in range(40):
            path.clock.advance(ROUND)
            assert await path.alerts.page_due() == 1
        assert (await path.told("staff-out-page")).count(lin) == 41

    async def test_a_page_is_not_due_before_its_time(self, path):
        student = await path.student()
        await path.counselor()
        await path.writes(student, "IMMINENT words")
        path.clock.advance(dt.timedelta(seconds=119))
        assert await path.alerts.page_due() == 0
        path.clock.advance(dt.timedelta(seconds=1))
        assert await path.alerts.page_due() == 1

    async def test_nobody_on_call_pages_admins_and_webhook_at_once(self, path):
        student = await path.student()
        off_call = await path.counselor(on_call=False)
        kim = await path.counselor(KIM, role="admin")
        await path.writes(student, "IMMINENT words")
        assert await path.told("staff-out-page") == [kim]
        assert await path.alerts.webhooks_due()
        assert off_call not in await path.told("staff-out-page")

    async def test_with_no_admin_either_every_counselor_is_paged(self, path):
        student, lin = await path.student(), await path.counselor(on_call=False)
        await path.writes(student, "IMMINENT words")
        assert await path.told("staff-out-page") == [lin]

    async def test_who_comes_on_call_is_paged_for_what_waits(self, path):
        student, kim = await path.student(), await path.counselor(KIM, role="admin")
        await path.writes(student, "IMMINENT words")
        lin = await path.counselor()
        assert await path.alerts.page_due() == 1
        assert set(await path.told("staff-out-page")) == {kim, lin}

    async def test_elevated_is_told_once_and_pages_nobody(self, path):
        student, lin = await path.student(), await path.counselor()
        await path.writes(student, "ELEVATED words")
        await path.writes(student, "ELEVATED words again")
        path.clock.advance(ROUND)
        assert await path.alerts.page_due() == 0
        assert await path.told("staff-out-new-case") == [lin]
        assert await path.told("staff-out-page") == []

    async def test_a_call_that_ran_out_is_no_call(self, path):
        student = await path.student()
        lin, kim = await path.counselor(), await path.counselor(KIM, role="admin")
        await path.staffing.set_on_call(lin, True, hours=4)
        path.clock.advance(dt.timedelta(hours=4))
        assert not await path.help.is_anyone_on_call(student)
        await path.writes(student, "IMMINENT words")
        assert await path.told("staff-out-page") == [kim]


class TestAcknowledging:
    async def test_the_case_can_then_be_taken_by_anyone(self, path):
        student = await path.student()
        lin, wang = await path.counselor(), await path.counselor(WANG)
        screened = await path.writes(student, "IMMINENT words")
        await path.alerts.acknowledge(lin, (await path.alert()).id)
        assert (await path.desk.take(wang, screened.case_id)).mine

    async def test_one_that_nobody_takes_is_told_again(self, path):
        student, lin = await path.student(), await path.counselor()
        await path.writes(student, "IMMINENT words")
        await path.alerts.acknowledge(lin, (await path.alert()).id)
        path.clock.advance(9 * MINUTE)
        assert await path.desk.return_silent() == 0
        path.clock.advance(2 * MINUTE)
        assert await path.desk.return_silent() == 1
        assert await path.desk.return_silent() == 0
        assert await path.told("staff-out-page") == [lin, lin]
        assert (await path.case()).status == "waiting"

    async def test_taking_it_answers_for_good(self, path):
        student, lin = await path.student(), await path.counselor()
        screened = await path.writes(student, "IMMINENT words")
        await path.alerts.acknowledge(lin, (await path.alert()).id)
        await path.desk.take(lin, screened.case_id)
        await path.reads(lin, screened.case_id)
        await path.talk.say(lin, "I am here.", 9)
        path.clock.advance(TAKEN_WITHIN)
        assert await path.desk.return_silent() == 0

    async def test_new_words_after_it_page_again(self, path):
        student, lin = await path.student(), await path.counselor()
        await path.writes(student, "IMMINENT words")
        first = await path.alert()
        await path.alerts.acknowledge(lin, first.id)
        path.clock.advance(MINUTE)
        await path.writes(student, "IMMINENT words again")
        second = await path.alert()
        assert second.id != first.id
        with pytest.raises(OutdatedAction):
            await path.alerts.acknowledge(lin, first.id)
        assert (await path.alert()).id == second.id

    async def test_only_the_desk_may(self, path):
        student = await path.student()
        editor = await path.counselor(WANG, role="editor")
        await path.writes(student, "IMMINENT words")
        with pytest.raises(FlowError) as refused:
            await path.alerts.acknowledge(editor, (await path.alert()).id)
        assert refused.value.reason is Refusal.NOT_ALLOWED
        with pytest.raises(OutdatedAction):
            await path.alerts.acknowledge(await path.counselor(), editor)


class TestTakenCase:
    """Imminent words while a counselor has the case."""

    @pytest.fixture
    async def attended(self, path):
        """Lin took the case a minute ago; Wang is on call too, Kim is an admin."""
        student, lin = await path.student(), await path.counselor()
        wang, kim = await path.counselor(WANG), await path.counselor(KIM, role="admin")
        case = await path.help.ask(student, update_id=1)
        await path.desk.take(lin, case.case_id)
        path.clock.advance(MINUTE)
        return student, lin, wang, kim, case.case_id

    async def test_a_counselor_who_is_there_is_told_alone_and_must_answer_soon(self, path):
        student, lin = await path.student(), await path.counselor()
        wang = await path.counselor(WANG)
        case = await path.help.ask(student, update_id=1)
        await path.desk.take(lin, case.case_id)
        path.clock.advance(9 * MINUTE)
        await path.writes(student, "IMMINENT words")
        row = await path.case()
        assert (row.status, row.triage) == ("taken", RiskLevel.IMMINENT.rank)
        # the ten minutes of imminent words, not the two hours that ran since it was taken
        assert row.answer_due_at == path.clock.now() + 10 * MINUTE
        (page,) = await path.outbox("staff-out-page-yours")
        assert (page.person_id, page.kind) == (lin, "page")
        assert await path.outbox("staff-out-new-words") == []
        assert wang not in await path.told("staff-out-page")
        # more of them while that page is out: the quiet line, and no second ladder
        await path.writes(student, "IMMINENT words again")
        assert await path.told("staff-out-page-yours") == [lin]
        assert await path.told("staff-out-new-words") == [lin]

    async def test_the_pages_go_on_and_up_until_the_words_were_opened(self, path, attended):
        student, lin, wang, kim, case_id = attended
        await path.writes(student, "IMMINENT words")
        assert await path.told("staff-out-page-held") == []
        for _ in range(3):
            path.clock.advance(ROUND)
            # an answer without reading ends nothing, and neither does a colleague's look
            await path.talk.say(lin, "One moment.", path.clock.now().second)
            await path.reads(wang, case_id)
            assert await path.alerts.page_due() == 1
        assert await path.told("staff-out-page-yours") == [lin] * 4
        held = await path.told("staff-out-page-held")
        assert (held.count(wang), held.count(kim), held.count(lin)) == (3, 2, 0)
        assert len(await path.alerts.webhooks_due()) == 1
        opened = await path.reads(lin, case_id)
        assert [w.body for w in opened.words if w.direction == "from_student"] == [
            "IMMINENT words"
        ]
        path.clock.advance(ROUND)
        assert await path.alerts.page_due() == 0
        assert await path.alerts.webhooks_due() == ()
        assert not (await path.desk.card(lin, case_id)).paging

    @pytest.mark.parametrize(
        ("level", "told"),
        [
            (RiskLevel.IMMINENT, "staff-out-page-yours"),
            (RiskLevel.ELEVATED, "staff-out-new-words"),
        ],
    )
    async def test_a_button_from_before_consent_is_heard_too(self, path, attended, level, told):
        student, lin, _, _, case_id = attended
        await path.help.ask(student, level, update_id=7)
        row = await path.case()
        assert (row.status, row.triage) == ("taken", level.rank)
        assert await path.told(told) == [lin]
        if level is RiskLevel.IMMINENT:
            path.clock.advance(ROUND)
            assert await path.alerts.page_due() == 1
        # pressed again it raises nothing
        await path.help.ask(student, level, update_id=8)
        assert (await path.told(told)).count(lin) == 1 + (level is RiskLevel.IMMINENT)
        assert [w.body for w in (await path.reads(lin, case_id)).words] == ["unkept-words"]
        path.clock.advance(ROUND)
        assert await path.alerts.page_due() == 0

    async def test_opened_but_not_shown_ends_nothing(self, path, attended):
        student, lin, _, _, case_id = attended
        await path.writes(student, "IMMINENT words")
        await path.talk.open_words(lin, case_id)
        path.clock.advance(ROUND)
        assert await path.alerts.page_due() == 1

    async def test_a_colleague_who_reaches_them_stops_the_pages_not_the_deadline(
        self, path, attended
    ):
        student, _, wang, _, _ = attended
        await path.writes(student, "IMMINENT words")
        due = (await path.case()).answer_due_at
        path.clock.advance(ROUND)
        await path.alerts.page_due()
        assert not (await path.alerts.acknowledge(wang, (await path.alert()).id)).waiting
        path.clock.advance(ROUND)
        assert await path.alerts.page_due() == 0
        assert (await path.case()).answer_due_at == due

    async def test_not_answered_in_time_everybody_is_paged_and_may_take_it(self, path, attended):
        student, lin, wang, kim, case_id = attended
        await path.writes(student, "IMMINENT words")
        for _ in range(5):
            path.clock.advance(ROUND)
            await path.alerts.page_due()
        assert await path.desk.return_silent() == 1
        assert set(await path.told("staff-out-page")) == {lin, wang, kim}
        assert (await path.desk.take(wang, case_id)).mine

    async def test_alone_and_off_call_the_second_page_reaches_admins_and_webhook(self, path):
        student, lin = await path.student(), await path.counselor(on_call=False)
        kim = await path.counselor(KIM, role="admin")
        case = await path.help.ask(student, update_id=1)
        await path.desk.take(lin, case.case_id)
        path.clock.advance(MINUTE)
        await path.writes(student, "IMMINENT words")
        assert await path.alerts.webhooks_due() == ()
        path.clock.advance(ROUND)
        await path.alerts.page_due()
        assert await path.told("staff-out-page-yours") == [lin, lin]
        assert await path.told("staff-out-page-held") == [kim]
        assert len(await path.alerts.webhooks_due()) == 1

    async def test_one_who_is_away_does_not_keep_the_others_from_coming(self, path):
        student, lin = await path.student(), await path.counselor()
        wang = await path.counselor(WANG)
        case = await path.help.ask(student, update_id=1)
        await path.desk.take(lin, case.case_id)
        await path.talk.say(lin, "Good night.", 9)
        path.clock.advance(TAKEN_WITHIN)
        screened = await path.writes(student, "IMMINENT words")
        assert screened.case_id == case.case_id
        assert (await path.case()).status == "waiting"
        assert sorted(await path.told("staff-out-page")) == sorted([lin, wang])
        assert await path.told("staff-out-returned") == [lin]
        assert await path.talk.writing_in(lin) is None
        assert (await path.desk.take(wang, case.case_id)).mine

    async def test_elevated_words_wait_for_their_counselor(self, path):
        student, lin = await path.student(), await path.counselor()
        case = await path.help.ask(student, update_id=1)
        await path.desk.take(lin, case.case_id)
        await path.talk.say(lin, "Good night.", 9)
        path.clock.advance(TAKEN_WITHIN)
        await path.writes(student, "ELEVATED words")
        row = await path.case()
        assert (row.status, row.counselor_id) == ("taken", lin)
        assert row.answer_due_at == path.clock.now() + 120 * MINUTE
        assert await path.told("staff-out-new-case") == [lin]

    async def test_a_case_raised_while_it_waits_is_told_again(self, path):
        student, lin = await path.student(), await path.counselor()
        await path.help.ask(student, update_id=1)
        path.clock.advance(MINUTE)
        await path.writes(student, "ELEVATED words")
        assert await path.told("staff-out-new-case") == [lin, lin]


async def next_call(path):
    """What is due next, and after how many seconds."""
    seconds = 0
    while not (due := await path.alerts.webhooks_due()):
        path.clock.advance(dt.timedelta(seconds=15))
        seconds += 15
    return due, seconds


class TestWebhook:
    async def test_a_call_whose_caller_died_is_made_again(self, path):
        await path.writes(await path.student(), "IMMINENT words")
        await path.alerts.tell_operator("model_gone")
        claimed = await path.alerts.webhooks_due()
        assert [webhook.number for webhook in claimed] == [1, None]
        assert await path.alerts.webhooks_due() == ()
        assert await next_call(path) == (claimed, 30)

    async def test_a_failed_call_is_tried_later_each_time_and_a_taken_one_once(self, path):
        await path.writes(await path.student(), "IMMINENT words")
        (due,) = await path.alerts.webhooks_due()
        waits = []
        for _ in range(3):
            await path.alerts.webhook_tried(due, delivered=False)
            (due,), seconds = await next_call(path)
            waits.append(seconds)
        assert waits == [30, 60, 120]
        await path.alerts.webhook_tried(due, delivered=True)
        path.clock.advance(dt.timedelta(hours=2))
        assert await path.alerts.webhooks_due() == ()

    async def test_a_fault_is_counted_and_leaves_once_a_day(self, path):
        for _ in range(3):
            await path.alerts.tell_operator("model_gone")
        (due,) = await path.alerts.webhooks_due()
        assert (due.kind, due.number) == ("model_gone", None)
        await path.alerts.webhook_tried(due, delivered=False)
        assert [await next_call(path) for _ in range(3)] == [((due,), s) for s in (30, 60, 120)]
        await path.alerts.webhook_tried(due, delivered=True)
        assert await path.alerts.webhooks_due() == ()
        assert await path.rows(sa.select(OperatorAlert.count)) == [3]
        path.clock.advance(dt.timedelta(days=1))
        await path.alerts.tell_operator("model_gone")
        assert len(await path.alerts.webhooks_due()) == 1


class TestClockSetBack:
    """What was due in two minutes must not wait for hours until the clock has caught up."""

    BACK = -dt.timedelta(hours=3)

    async def test_pages_go_on(self, path):
        student, lin = await path.student(), await path.counselor()
        await path.writes(student, "IMMINENT words")
        path.clock.advance(self.BACK)
        assert await path.alerts.page_due() == 1
        assert await path.alerts.page_due() == 0
        path.clock.advance(ROUND)
        assert await path.alerts.page_due() == 1
        assert await path.told("staff-out-page") == [lin] * 3

    async def test_a_call_that_failed_is_tried_again(self, path):
        await path.writes(await path.student(), "IMMINENT words")
        (due,) = await path.alerts.webhooks_due()
        await path.alerts.webhook_tried(due, delivered=False)
        assert await path.alerts.webhooks_due() == ()
        path.clock.advance(self.BACK)
        assert [w.id for w in await path.alerts.webhooks_due()] == [due.id]

    @pytest.mark.parametrize(("words", "minutes"), [("ELEVATED", 120), ("IMMINENT", 10)])
    async def test_a_silent_case_goes_back_in_its_time_from_now(self, path, words, minutes):
        student, lin = await path.student(), await path.counselor()
        case_id = (await path.writes(student, words)).case_id
        await path.desk.take(lin, case_id)
        path.clock.advance(self.BACK)
        assert await path.desk.return_silent() == 0
        path.clock.advance((minutes - 1) * MINUTE)
        assert await path.desk.return_silent() == 0
        path.clock.advance(MINUTE)
        assert await path.desk.return_silent() == 1
