"""A counselor may be a student too: their own case is a colleague's."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import sqlalchemy as sa

from flows.errors import FlowError, Refusal
from flows.post import PostOffice
from storage.outbox import PRIORITY
from storage.tables import Address
from tests.flows.campus import ALEX, KIM, MEI, WANG


@pytest.fixture
async def both(path):
    """Mei, who is on call as well, and the case that her imminent words opened."""
    student, staff_id = await path.student(MEI), await path.counselor(MEI)
    screened = await path.writes(student, "IMMINENT words")
    return student, staff_id, screened.case_id


async def test_every_step_is_refused(path, both):
    _, me, case_id = both
    number = (await path.case()).number
    assert await path.desk.find(me, number) == case_id
    for step in (
        path.desk.card(me, case_id),
        path.desk.take(me, case_id),
        path.talk.open_words(me, case_id),
        path.talk.notes(me, case_id),
        path.desk.label(me, case_id, "false_alarm"),
        path.talk.set_step(me, case_id),
        path.desk.close(me, case_id, "supported"),
        path.alerts.acknowledge(me, (await path.alert()).id),
    ):
        with pytest.raises(FlowError) as refused:
            await step
        assert refused.value.reason is Refusal.OWN_CASE
    row = await path.case()
    assert (row.status, row.counselor_id) == ("waiting", None)


async def test_it_is_not_in_their_queue_and_those_of_others_are(path, both):
    _, me, case_id = both
    assert await path.desk.queue(me) == ((), 0)
    alex = await path.student(ALEX)
    other = (await path.help.ask(alex, update_id=1)).case_id
    items, total = await path.desk.queue(me)
    assert ([item.case_id for item in items], total) == ([other], 1)
    wang = await path.counselor(WANG)
    assert {item.case_id for item in (await path.desk.queue(wang))[0]} == {case_id, other}
    assert (await path.desk.take(me, other)).mine


async def test_alone_on_call_it_is_as_if_nobody_were(path):
    student, me = await path.student(MEI), await path.counselor(MEI)
    kim = await path.counselor(KIM, role="admin")
    asked = await path.help.ask(student, update_id=1)
    assert not asked.anyone_on_call
    assert not await path.help.is_anyone_on_call(student)
    assert await path.told("staff-out-new-case") == [kim]
    await path.writes(student, "IMMINENT words")
    assert await path.told("staff-out-page") == [kim]
    assert await path.alerts.webhooks_due()
    assert not (await path.help.current(student)).anyone_on_call
    assert me not in await path.told("staff-out-page")


class TestReminders:
    """Mei is on call, and the student of the case that waits."""

    HALF_HOUR = dt.timedelta(minutes=30)

    async def reminded(self, path):
        """Whom the sweep reminds now, and of how many cases."""
        before = len(await path.outbox("staff-out-waiting"))
        await path.alerts.remind_waiting()
        rows = (await path.outbox("staff-out-waiting"))[before:]

        def opened(unit):
            cipher = unit.keys.campus
            return {
                (row.person_id, row.priority): json.loads(
                    cipher.open(row.args, "outbox", "args", row.id)
                )["n"]
                for row in rows
            }

        return await path.database.read(opened)

    async def test_alone_on_call_the_admins_hear_of_it_as_of_nobody(self, path):
        student, me = await path.student(MEI), await path.counselor(MEI)
        kim = await path.counselor(KIM, role="admin")
        await path.help.ask(student, update_id=1)
        for _ in range(3):
            path.clock.advance(self.HALF_HOUR)
            assert await self.reminded(path) == {}
        path.clock.advance(self.HALF_HOUR)
        assert await self.reminded(path) == {(kim, PRIORITY["reminder"]): 1}
        assert (await path.alerts.waiting(me)).count == 0
        assert (await path.alerts.waiting(kim)).count == 1

    async def test_others_are_not_held_up_by_it_and_it_does_not_count(self, path):
        student, me = await path.student(MEI), await path.counselor(MEI)
        kim = await path.counselor(KIM, role="admin")
        await path.help.ask(student, update_id=1)
        await path.help.ask(await path.student(ALEX), update_id=1)
        for _ in range(3):
            path.clock.advance(self.HALF_HOUR)
            assert await self.reminded(path) == {(me, PRIORITY["alert"]): 1}
        path.clock.advance(self.HALF_HOUR)
        told = {(me, PRIORITY["alert"]): 1, (kim, PRIORITY["reminder"]): 2}
        assert await self.reminded(path) == told

    async def test_a_colleague_on_call_hears_of_it_alone(self, path):
        student, _ = await path.student(MEI), await path.counselor(MEI)
        await path.help.ask(student, update_id=1)
        wang = await path.counselor(WANG)
        assert await self.reminded(path) == {}
        path.clock.advance(self.HALF_HOUR)
        assert await self.reminded(path) == {(wang, PRIORITY["alert"]): 1}


async def test_given_back_they_are_not_told_that_somebody_is_on_duty(path):
    student, _ = await path.student(MEI), await path.counselor(MEI)
    wang = await path.counselor(WANG)
    case = await path.help.ask(student, update_id=1)
    await path.desk.take(wang, case.case_id)
    await path.talk.say(wang, "I am here.", 9)
    await path.staffing.set_on_call(wang, False)
    await path.desk.release(wang, case.case_id)
    (row,) = await path.outbox("out-case-released")

    def opened(unit):
        cipher = unit.keys.campus
        return json.loads(cipher.open(row.args, "outbox", "args", row.id))["on_call"]

    assert not await path.database.read(opened)


async def test_a_colleague_is_paged_instead(path):
    student, _ = await path.student(MEI), await path.counselor(MEI)
    wang = await path.counselor(WANG)
    await path.writes(student, "IMMINENT words")
    assert await path.told("staff-out-page") == [wang]
    assert (await path.help.current(student)).anyone_on_call


async def test_they_are_not_told_that_they_blocked_the_bot(path, both):
    kim = await path.counselor(KIM, role="admin")
    await PostOffice(path.database, path.clock, path.policy).address_seen(
        "student", MEI, blocked=True
    )
    assert await path.told("staff-out-student-blocked") == [kim]


async def test_a_student_whose_address_is_damaged_is_paged_for_all_the_same(path):
    student, lin = await path.student(), await path.counselor()
    damage = sa.update(Address).where(Address.person_id == student).values(address=b"\x01damaged")
    await path.database.transact(lambda u: u.execute(damage))
    await path.writes(student, "IMMINENT words")
    assert await path.told("staff-out-page") == [lin]
