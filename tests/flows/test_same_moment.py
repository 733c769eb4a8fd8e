"""Two things that happen in one moment are two letters; one thing told twice is one."""

from __future__ import annotations

import datetime as dt

import pytest

from flows.away import TOLD_FOR
from flows.errors import OutdatedAction
from flows.post import PostOffice
from tests.flows.campus import MEI

# the clock of these tests stands still


async def test_a_case_that_comes_back_twice_is_told_each_time(path):
    student, lin = await path.student(), await path.counselor()
    case_id = (await path.help.ask(student, update_id=1)).case_id
    for _ in range(2):
        await path.desk.take(lin, case_id)
        await path.desk.release(lin, case_id)
    assert await path.told("staff-out-new-case") == [lin]
    assert await path.told("staff-out-back-in-queue") == [lin] * 2
    assert await path.told("out-case-returned") == [student] * 2
    assert await path.told("out-case-taken") == [student] * 2


async def test_a_case_raised_as_it_opens_is_told_twice(path):
    student, lin = await path.student(), await path.counselor()
    await path.help.ask(student, update_id=1)
    await path.writes(student, "ELEVATED words")
    assert await path.told("staff-out-new-case") == [lin, lin]


async def test_words_that_are_received_again_are_told_once(path):
    student, lin = await path.student(), await path.counselor()
    for again in (False, True, True):
        await path.writes(student, "ELEVATED words", update=7, again=again)
    assert await path.told("staff-out-new-case") == [lin]


async def test_a_case_closed_opened_and_closed_again_tells_the_student_twice(path):
    student, lin = await path.student(), await path.counselor()
    for _ in range(2):
        case_id = (await path.help.ask(student, update_id=1)).case_id
        await path.desk.take(lin, case_id)
        await path.desk.close(lin, case_id, "supported")
        with pytest.raises(OutdatedAction):
            await path.desk.close(lin, case_id, "supported")
        # a check-in is planned to the microsecond, and a case has one at a time
        path.clock.advance(dt.timedelta(microseconds=1))
    assert await path.told("out-case-closed") == [student] * 2
    assert await path.told("staff-out-new-case") == [lin] * 2


async def test_each_flag_that_was_not_meant_so_is_a_remark_of_its_own(path):
    student, lin = await path.student(), await path.counselor()
    case_id = (await path.writes(student, "ELEVATED words", update=41)).case_id
    await path.desk.take(lin, case_id)
    await path.help.not_meant(student, case_id, 41)
    await path.help.not_meant(student, case_id, 41)
    assert await path.told("staff-out-not-meant") == [lin]
    await path.writes(student, "ELEVATED words again", update=42)
    await path.help.not_meant(student, case_id, 42)
    assert await path.told("staff-out-not-meant") == [lin, lin]


async def test_each_time_a_student_leaves_is_told(path):
    student, lin = await path.student(), await path.counselor()
    await path.help.ask(student, update_id=1)
    office = PostOffice(path.database, path.clock, path.policy)
    for blocked in (True, True, False):
        await office.address_seen("student", MEI, blocked=blocked)
    # sooner it would be the same to and fro (tests/bot/test_blocks.py)
    path.clock.advance(TOLD_FOR)
    await office.address_seen("student", MEI, blocked=True)
    assert await path.told("staff-out-student-blocked") == [lin, lin]
