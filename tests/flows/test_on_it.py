"""Somebody said they are on it: that holds, and everybody on the desk sees it."""

from __future__ import annotations

import datetime as dt

from flows.rules.risk import RiskLevel
from tests.flows.campus import WANG

MINUTE = dt.timedelta(minutes=1)
TAKEN_WITHIN = 11 * MINUTE  # a little more than [cases] answer_within_min_imminent


async def test_asking_without_new_words_leaves_it_to_whoever_is_on_it(path):
    student, lin = await path.student(), await path.counselor()
    wang = await path.counselor(WANG)
    await path.staffing.set_name(lin, "Lin")
    screened = await path.writes(student, "IMMINENT words")
    await path.alerts.acknowledge(lin, (await path.alert()).id)
    since, due = path.clock.now(), (await path.case()).answer_due_at
    path.clock.advance(MINUTE)
    await path.help.ask(student, update_id=90)
    assert await path.told("staff-out-page") == [lin, wang]
    assert (await path.case()).answer_due_at == due
    card = await path.desk.card(wang, screened.case_id)
    assert (card.paging, card.on_it_name, card.on_it_since) == (False, "Lin", since)
    ((line,), _) = await path.desk.queue(wang)
    assert line.on_it_name == "Lin"
    # not taken in time, it pages again, and the card says both
    path.clock.advance(TAKEN_WITHIN)
    assert await path.desk.return_silent() == 1
    card = await path.desk.card(wang, screened.case_id)
    assert (card.paging, card.on_it_since) == (True, since)
    await path.desk.take(wang, screened.case_id)
    assert (await path.desk.card(lin, screened.case_id)).on_it_since is None


async def test_a_case_that_asking_makes_imminent_pages_all_the_same(path):
    student, lin = await path.student(), await path.counselor()
    await path.writes(student, "ELEVATED words")
    await path.help.ask(student, RiskLevel.IMMINENT, update_id=90)
    assert await path.told("staff-out-page") == [lin]


async def test_who_was_on_it_before_the_case_ended_is_not_on_it_now(path):
    student, lin = await path.student(), await path.counselor()
    screened = await path.writes(student, "IMMINENT words")
    await path.alerts.acknowledge(lin, (await path.alert()).id)
    await path.desk.take(lin, screened.case_id)
    await path.reads(lin, screened.case_id)
    await path.desk.close(lin, screened.case_id, "supported")
    path.clock.advance(MINUTE)
    await path.writes(student, "IMMINENT words again")
    assert (await path.desk.card(lin, screened.case_id)).on_it_since is None
