"""A case that waits and pages nobody is not forgotten, and nobody is told of it too often."""

from __future__ import annotations

import asyncio
import datetime as dt
import json

import pytest
import sqlalchemy as sa

from flows.post import PostOffice, Result
from storage.tables import Case
from tests.flows.campus import ALEX, KIM, MEI, WANG

MINUTE = dt.timedelta(minutes=1)
EVERY = 30 * MINUTE  # [cases] remind_waiting_min
NOBODY_ON_CALL = 120 * MINUTE  # [cases] answer_within_min


async def said(path):
    """What the last reminder says."""
    row = (await path.outbox("staff-out-waiting"))[-1]

    def opened(unit):
        return json.loads(unit.keys.campus.open(row.args, "outbox", "args", row.id))

    return await path.database.read(opened)


async def reminded(path):
    """Whom the sweep reminds now."""
    before = len(await path.told("staff-out-waiting"))
    await path.alerts.remind_waiting()
    return (await path.told("staff-out-waiting"))[before:]


class TestWhoIsOnCall:
    async def test_is_reminded_once_an_interval_until_somebody_takes_it(self, path):
        student, lin = await path.student(), await path.counselor()
        wang = await path.counselor(WANG)
        case = await path.help.ask(student, update_id=1)
        path.clock.advance(EVERY - dt.timedelta(seconds=1))
        assert await reminded(path) == []
        path.clock.advance(dt.timedelta(seconds=1))
        assert sorted(await reminded(path)) == sorted([lin, wang])
        assert await reminded(path) == []
        path.clock.advance(EVERY)
        assert sorted(await reminded(path)) == sorted([lin, wang])
        await path.desk.take(lin, case.case_id)
        path.clock.advance(EVERY)
        assert await reminded(path) == []

    async def test_gets_one_letter_for_all_that_wait_and_learns_since_when(self, path):
        student, lin = await path.student(), await path.counselor()
        since = path.clock.now()
        await path.help.ask(student, update_id=1)
        path.clock.advance(20 * MINUTE)
        alex = await path.student(ALEX)
        await path.writes(alex, "ELEVATED words", telegram_id=ALEX)
        path.clock.advance(10 * MINUTE)
        assert await reminded(path) == [lin]
        assert await said(path) == {"n": 2, "since": since.isoformat()}
        path.clock.advance(29 * MINUTE)
        assert await reminded(path) == []
        path.clock.advance(MINUTE)
        assert await reminded(path) == [lin]

    async def test_the_wait_counts_from_the_last_word_of_a_counselor(self, path):
        student, lin = await path.student(), await path.counselor()
        case = await path.help.ask(student, update_id=1)
        await path.desk.take(lin, case.case_id)
        path.clock.advance(10 * MINUTE)
        await path.talk.say(lin, "I am here.", 9)
        since = path.clock.now()
        path.clock.advance(MINUTE)
        await path.desk.release(lin, case.case_id)
        path.clock.advance(EVERY - MINUTE)
        assert await reminded(path) == []
        path.clock.advance(MINUTE)
        assert await reminded(path) == [lin]
        assert await said(path) == {"n": 1, "since": since.isoformat()}

    async def test_a_case_that_came_back_unanswered_waits_anew(self, path):
        student, lin = await path.student(), await path.counselor()
        case = await path.help.ask(student, update_id=1)
        await path.desk.take(lin, case.case_id)
        path.clock.advance(121 * MINUTE)
        assert await path.desk.return_silent() == 1
        assert await reminded(path) == []
        path.clock.advance(EVERY)
        assert await reminded(path) == [lin]
        # it waits: the deadline of an answer is not what ran out
        assert await path.desk.return_silent() == 0
        assert await path.told("staff-out-new-case") == [lin]
        assert await path.told("staff-out-back-in-queue") == [lin]

    async def test_imminent_pages_instead(self, path):
        student = await path.student()
        await path.counselor()
        await path.help.ask(student, update_id=1)
        await path.writes(student, "IMMINENT words")
        path.clock.advance(2 * EVERY)
        assert await reminded(path) == []
        assert await path.alerts.page_due() == 1

    async def test_hears_it_at_night_too(self, path):
        student, lin = await path.student(), await path.counselor()
        path.clock.advance(dt.timedelta(hours=14))
        await path.staffing.set_on_call(lin, True)
        await path.help.ask(student, update_id=1)
        path.clock.advance(EVERY)
        assert await reminded(path) == [lin]
        assert await sounds(path, lin) == [True]

    async def test_a_clock_set_back_does_not_hold_it_up(self, path):
        student, lin = await path.student(), await path.counselor()
        await path.help.ask(student, update_id=1)
        path.clock.advance(-dt.timedelta(hours=5))
        assert await reminded(path) == []
        path.clock.advance(EVERY)
        assert await reminded(path) == [lin]

    async def test_a_case_of_an_earlier_version_is_reminded_of_at_once(self, path):
        student, lin = await path.student(), await path.counselor()
        await path.help.ask(student, update_id=1)
        no_time = sa.update(Case).values(answer_due_at=None)
        await path.database.transact(lambda u: u.execute(no_time))
        assert await reminded(path) == [lin]
        assert await reminded(path) == []

    async def test_two_sweeps_at_once_remind_once(self, path):
        lin = await path.counselor()
        for telegram_id in (MEI, ALEX):
            await path.help.ask(await path.student(telegram_id), update_id=1)
        path.clock.advance(EVERY)
        await asyncio.gather(*(path.alerts.remind_waiting() for _ in range(4)))
        assert await path.told("staff-out-waiting") == [lin]


class TestNobodyOnCall:
    async def test_the_admins_hear_of_it_more_rarely(self, path):
        student, kim = await path.student(), await path.counselor(KIM, role="admin")
        await path.counselor(on_call=False)
        await path.help.ask(student, update_id=1)
        path.clock.advance(NOBODY_ON_CALL - MINUTE)
        assert await reminded(path) == []
        path.clock.advance(MINUTE)
        assert await reminded(path) == [kim]

    async def test_with_no_admin_either_every_counselor_does(self, path):
        student, lin = await path.student(), await path.counselor(on_call=False)
        await path.help.ask(student, update_id=1)
        path.clock.advance(NOBODY_ON_CALL)
        assert await reminded(path) == [lin]

    @pytest.mark.parametrize(("hours", "sound"), [(1, True), (14, False)])
    async def test_without_a_sound_in_their_night(self, path, hours, sound):
        student, kim = await path.student(), await path.counselor(KIM, role="admin")
        path.clock.advance(dt.timedelta(hours=hours))
        await path.help.ask(student, update_id=1)
        path.clock.advance(NOBODY_ON_CALL)
        assert await reminded(path) == [kim]
        assert await sounds(path, kim) == [sound]

    async def test_whoever_comes_on_call_is_reminded_within_their_interval(self, path):
        student, lin = await path.student(), await path.counselor(on_call=False)
        await path.help.ask(student, update_id=1)
        path.clock.advance(10 * MINUTE)
        await path.staffing.set_on_call(lin, True)
        assert await reminded(path) == []
        path.clock.advance(EVERY)
        assert await reminded(path) == [lin]


async def sounds(path, staff_id):
    """Whether each reminder rings, as it would be sent now."""
    found = []
    office = PostOffice(path.database, path.clock, path.policy)
    while parcels := await office.claim("staff", 10, ()):
        for parcel in parcels:
            if (parcel.post.text_key, parcel.post.person_id) == ("staff-out-waiting", staff_id):
                found.append(not parcel.silent)
        await office.record([Result(parcel, "sent") for parcel in parcels])
    return found


async def test_what_waits_for_whoever_asks(path):
    student, lin = await path.student(), await path.counselor()
    assert (await path.alerts.waiting(lin)).count == 0
    since = path.clock.now()
    first = await path.help.ask(student, update_id=1)
    path.clock.advance(MINUTE)
    await path.writes(await path.student(ALEX), "IMMINENT words", telegram_id=ALEX)
    found = await path.alerts.waiting(lin)
    assert (found.count, found.since) == (2, since)
    await path.desk.take(lin, first.case_id)
    found = await path.alerts.waiting(lin)
    assert (found.count, found.since) == (1, since + MINUTE)
