"""What a student is told of who knows: by whom a letter really went to, and who can be reached."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import sqlalchemy as sa

from flows.post import PostOffice
from storage.tables import Outbox
from tests.flows.campus import KIM, LIN, WANG

MINUTE = dt.timedelta(minutes=1)
ROUND = dt.timedelta(seconds=121)


@pytest.fixture
def post_office(path):
    return PostOffice(path.database, path.clock, path.policy)


async def notices(path, kind="card"):
    """The arguments of what the student was told, oldest first."""

    def work(unit):
        query = sa.select(Outbox).where(Outbox.kind == kind, Outbox.bot == "student")
        query = query.order_by(Outbox.id)
        return [
            json.loads(unit.keys.campus.open(row.args, "outbox", "args", row.id))
            for row in unit.scalars(query).all()
        ]

    return await path.database.read(work)


class TestOnCallAndOutOfReach:
    async def test_whoever_blocked_the_bot_does_not_count(self, path, post_office):
        student, _ = await path.student(), await path.counselor()
        kim = await path.counselor(KIM, role="admin")
        assert await path.help.is_anyone_on_call(student)
        await post_office.address_seen("staff", LIN, blocked=True)
        assert not await path.help.is_anyone_on_call(student)
        assert not (await path.staffing.find(LIN)).reachable
        await path.writes(student, "IMMINENT words")
        # as with nobody on call: admins and webhook at once
        assert await path.told("staff-out-page") == [kim]
        assert any(webhook.number for webhook in await path.alerts.webhooks_due())
        assert [n["on_call"] for n in await notices(path)] == [False]
        await post_office.address_seen("staff", LIN, blocked=False)
        assert await path.help.is_anyone_on_call(student)

    async def test_the_admins_hear_who_it_is_once(self, path, post_office):
        await path.counselor()
        kim = await path.counselor(KIM, role="admin")
        for _ in range(2):
            await post_office.address_seen("staff", LIN, blocked=True)
        assert await path.told("staff-out-unreachable") == [kim]

    async def test_of_somebody_off_call_or_revoked_nobody_needs_to_hear(self, path, post_office):
        _, wang = await path.counselor(on_call=False), await path.counselor(WANG)
        await path.counselor(KIM, role="admin")
        await path.staffing.revoke(None, wang)
        for person in (LIN, WANG):
            await post_office.address_seen("staff", person, blocked=True)
        assert await path.told("staff-out-unreachable") == []

    async def test_whoever_presses_the_switch_is_there(self, path, post_office):
        student, lin = await path.student(), await path.counselor()
        await post_office.address_seen("staff", LIN, blocked=True)
        # Telegram did not tell that they unblocked it
        await path.staffing.set_on_call(lin, True)
        assert await path.help.is_anyone_on_call(student)


class TestNobodyYet:
    async def test_told_once_when_the_pages_reach_the_webhook(self, path):
        student, _ = await path.student(), await path.counselor()
        await path.writes(student, "IMMINENT words")
        for _ in range(2):
            path.clock.advance(ROUND)
            await path.alerts.page_due()
        assert await path.told("out-nobody-yet") == []
        for _ in range(5):
            path.clock.advance(ROUND)
            await path.alerts.page_due()
        assert await path.told("out-nobody-yet") == [student]
        assert (await notices(path))[-1]["region"] == "CN"

    async def test_nobody_on_call_is_said_at_once_and_once_more_then(self, path):
        student = await path.student()
        await path.writes(student, "IMMINENT words")
        assert await path.told("out-nobody-yet") == []
        for _ in range(5):
            path.clock.advance(ROUND)
            await path.alerts.page_due()
        assert await path.told("out-nobody-yet") == [student]

    async def test_not_to_whoever_is_being_written_to(self, path):
        student, lin = await path.student(), await path.counselor()
        case = await path.help.ask(student, update_id=1)
        await path.desk.take(lin, case.case_id)
        path.clock.advance(MINUTE)
        await path.writes(student, "IMMINENT words")
        await path.talk.say(lin, "One moment.", 9)
        for _ in range(4):
            path.clock.advance(ROUND)
            await path.alerts.page_due()
        assert await path.told("out-nobody-yet") == []


class TestWhatWasQueued:
    async def test_more_words_in_a_waiting_case_send_no_letter_and_say_so(self, path):
        student, lin = await path.student(), await path.counselor()
        await path.writes(student, "ELEVATED words")
        await path.writes(student, "ELEVATED words again")
        assert await path.told("staff-out-new-case") == [lin]
        assert [n["told"] for n in await notices(path)] == [True, False]

    async def test_the_same_while_it_pages_and_told_again_once_acknowledged(self, path):
        student, lin = await path.student(), await path.counselor()
        for _ in range(2):
            await path.writes(student, "IMMINENT words")
        await path.alerts.acknowledge(lin, (await path.alert()).id)
        await path.writes(student, "IMMINENT words once more")
        assert [n["told"] for n in await notices(path)] == [True, False, True]
        assert len(await path.told("staff-out-page")) == 2


class TestGivenBack:
    """Who gave the case up, or was silent in it, is nobody whom its student can count on."""

    @pytest.mark.parametrize("spoken", [True, False])
    @pytest.mark.parametrize("colleague", [True, False])
    async def test_only_others_are_on_duty(self, path, spoken, colleague):
        student, lin = await path.student(), await path.counselor()
        if colleague:
            await path.counselor(WANG)
        case = await path.help.ask(student, update_id=1)
        await path.desk.take(lin, case.case_id)
        if spoken:
            await path.talk.say(lin, "I am here.", 9)
        await path.desk.release(lin, case.case_id)
        told = (await notices(path, "notice"))[-1]
        assert (told["on_call"], told["region"]) == (colleague, "CN")

    async def test_nor_is_whoever_was_silent(self, path):
        student, lin = await path.student(), await path.counselor()
        case = await path.help.ask(student, update_id=1)
        await path.desk.take(lin, case.case_id)
        path.clock.advance(121 * MINUTE)
        assert await path.desk.return_silent() == 1
        assert not (await notices(path, "notice"))[-1]["on_call"]
