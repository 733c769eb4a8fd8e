"""A counselor's text that never reached the student: marked, told, told again on their return."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import json

import pytest
import sqlalchemy as sa

from bot.send import Outcome
from storage import outbox
from storage.errors import KeyFault
from storage.tables import Case, Outbox
from tests.support.office import KIM, MEI, TOKENS

WROTE = "Are you there?"


@pytest.fixture
async def talk(office):
    """A student, their counselor, and a talk that is open."""
    mei, lin = await office.student(), await office.counselor()
    case_id = (await office.help.ask(mei, update_id=1)).case_id
    await office.desk.take(lin, case_id)
    await send_all(office)
    return mei, lin, case_id


async def send_all(office):
    """Send what waits for students."""
    waiting = sa.select(Outbox.id).where(
        Outbox.bot == "student", Outbox.state.in_(["waiting", "attempting"])
    )
    async with office.sending():
        for _ in range(500):
            if not await office.database.read(lambda u: u.scalars(waiting).all()):
                return
            await asyncio.sleep(0.01)
    raise AssertionError("letters are left")


async def the_case(office, case_id):
    return await office.database.read(lambda unit: unit.get(Case, case_id))


async def say(office, lin, update, text=WROTE):
    said = await office.talk.say(lin, text, update)
    await send_all(office)
    return said


async def letters(office, text_key):
    """What was queued, oldest first, with its arguments."""

    def work(unit):
        query = sa.select(Outbox).where(Outbox.text_key == text_key).order_by(Outbox.id)
        return [
            (row.person_id, json.loads(unit.keys.campus.open(row.args, "outbox", "args", row.id)))
            for row in unit.scalars(query).all()
        ]

    return await office.database.read(work)


async def texts(office, lin, case_id):
    opened = await office.talk.open_words(lin, case_id)
    return [(w.body, w.undelivered) for w in opened.words if w.direction == "to_student"]


async def test_what_arrives_is_not_marked(office, talk):
    _, lin, case_id = talk
    await say(office, lin, 1)
    assert await texts(office, lin, case_id) == [(WROTE, False)]
    assert not (await office.desk.card(lin, case_id)).undelivered


async def test_what_a_student_who_blocked_the_bot_did_not_get_is_marked_and_told(office, talk):
    _, lin, case_id = talk
    await say(office, lin, 1, "before")
    office.sim.block(MEI, TOKENS["student"], True)
    said = await say(office, lin, 2)
    assert not said.student_blocked
    assert await texts(office, lin, case_id) == [("before", False), (WROTE, True)]
    assert (await office.desk.card(lin, case_id)).undelivered
    ((told, args),) = await letters(office, "staff-out-student-blocked")
    assert told == lin and args["lost"] == 1
    # said at once from here on: no alert each time
    assert (await say(office, lin, 3, "still there?")).student_blocked
    assert len(await letters(office, "staff-out-student-blocked")) == 1
    assert await letters(office, "staff-out-not-delivered") == []
    assert await texts(office, lin, case_id) == [
        ("before", False), (WROTE, True), ("still there?", True),
    ]  # fmt: skip


async def test_a_block_seen_before_anything_was_lost_speaks_of_no_text(office, talk):
    await office.post_office.address_seen("student", MEI, blocked=True)
    ((_, args),) = await letters(office, "staff-out-student-blocked")
    assert args["lost"] == 0


async def test_once_they_are_back_the_counselor_hears_what_did_not_arrive(office, talk):
    _, lin, case_id = talk
    office.sim.block(MEI, TOKENS["student"], True)
    before = office.clock.now()
    await say(office, lin, 1)
    after = office.clock.now()
    await say(office, lin, 2)
    office.sim.block(MEI, TOKENS["student"], False)
    office.clock.advance(dt.timedelta(hours=1))
    await office.post_office.address_seen("student", MEI, blocked=False)
    await office.post_office.address_seen("student", MEI, blocked=False)
    ((told, args),) = await letters(office, "staff-out-student-back")
    assert (told, args["n"], args["zone"]) == (lin, 2, office.policy.campus.time_zone)
    assert before <= dt.datetime.fromisoformat(args["first"]) <= after
    # the marks stay, and a second block counts its own
    office.sim.block(MEI, TOKENS["student"], True)
    await office.post_office.address_seen("student", MEI, blocked=True)
    office.clock.advance(dt.timedelta(hours=1))
    await office.post_office.address_seen("student", MEI, blocked=False)
    assert (await letters(office, "staff-out-student-back"))[1][1]["n"] == 0
    assert [lost for _, lost in await texts(office, lin, case_id)] == [True, True]


async def test_of_a_waiting_case_those_on_call_hear_that_they_are_back(office):
    await office.student()
    lin = await office.counselor()
    await office.staffing.set_on_call(lin, True)
    mei = (await office.enrolment.find(MEI)).id
    await office.help.ask(mei, update_id=1)
    await office.post_office.address_seen("student", MEI, blocked=True)
    await office.post_office.address_seen("student", MEI, blocked=False)
    ((told, args),) = await letters(office, "staff-out-student-back")
    assert (told, args["n"]) == (lin, 0)


async def test_nobody_hears_of_somebody_who_was_never_away(office, talk):
    await office.post_office.address_seen("student", MEI, blocked=False)
    assert await letters(office, "staff-out-student-back") == []


async def test_what_is_lost_once_the_case_is_closed_is_told_as_well(office, talk):
    _, lin, case_id = talk
    office.sim.block(MEI, TOKENS["student"], True)
    await office.talk.say(lin, WROTE, 1)
    await office.desk.close(lin, case_id, "supported")
    await send_all(office)
    ((told, args),) = await letters(office, "staff-out-not-delivered")
    assert told == lin and args["case"] == case_id.hex
    assert await texts(office, lin, case_id) == [(WROTE, True)]


def rendering_fails(monkeypatch):
    def broken(*_):
        raise KeyError

    monkeypatch.setattr("tests.support.office.render", broken)


def refused(monkeypatch):
    async def no(*_):
        return Outcome("failed", "TelegramBadRequest")

    monkeypatch.setattr("bot.delivery.send", no)


def tried_for_a_day(monkeypatch):
    async def away(*_):
        return Outcome("again", "unreachable")

    monkeypatch.setattr("bot.delivery.send", away)
    monkeypatch.setattr("bot.delivery._GIVE_UP_AFTER", 1)


def odd_again_and_again(monkeypatch):
    async def odd(*_):
        return Outcome("unclear", "odd_answer", odd=True)

    monkeypatch.setattr("bot.delivery.send", odd)
    monkeypatch.setattr("bot.delivery._GIVE_UP_ODD_AFTER", 1)


def unreadable(monkeypatch):
    def no_key(unit, row):
        return dataclasses.replace(opened(unit, row), args={}, unreadable="KeyFault")

    opened = outbox._open
    monkeypatch.setattr("storage.outbox._open", no_key)


def erased(monkeypatch):
    def gone(unit, row):
        return dataclasses.replace(opened(unit, row), args={}, unreadable="WordsGone")

    opened = outbox._open
    monkeypatch.setattr("storage.outbox._open", gone)


def expired(monkeypatch):
    def old(unit, row):
        return dataclasses.replace(opened(unit, row), expires_at=row.created_at)

    opened = outbox._open
    monkeypatch.setattr("storage.outbox._open", old)


def nowhere_to_send(monkeypatch):
    monkeypatch.setattr("storage.people.reach", lambda *_: None)


def address_unreadable(monkeypatch):
    def no_key(*_):
        raise KeyFault("gone")

    monkeypatch.setattr("storage.people.reach", no_key)


def cannot_be_written_down(monkeypatch):
    def broken(*_):
        raise ValueError("odd")

    rendering_fails(monkeypatch)
    monkeypatch.setattr("flows.post._record", broken)
    monkeypatch.setattr("bot.delivery._POLL_S", 0.05)


@pytest.mark.parametrize(
    "end",
    [
        rendering_fails, refused, tried_for_a_day, odd_again_and_again, unreadable, erased,
        expired, nowhere_to_send, address_unreadable, cannot_be_written_down,
    ],
    ids=lambda end: end.__name__,
)  # fmt: skip
async def test_however_a_text_ends_without_arriving_it_is_marked_told_and_waited_for(
    office, talk, monkeypatch, end
):
    _, lin, case_id = talk
    # a canned reply is known by its preview, not by its message
    await office.talk.say(lin, WROTE, 1, preview=5)
    assert (await the_case(office, case_id)).answer_due_at is None
    before = office.clock.now()
    with monkeypatch.context() as broken:
        end(broken)
        await send_all(office)
    ((told, _),) = await letters(office, "staff-out-not-delivered")
    assert told == lin
    assert await texts(office, lin, case_id) == [(WROTE, True)]
    due = (await the_case(office, case_id)).answer_due_at
    within = dt.timedelta(minutes=office.policy.cases.answer_within_min)
    assert before + within <= due <= office.clock.now() + within


async def test_whoever_has_the_case_by_then_hears_of_it(office, talk, monkeypatch):
    _, lin, case_id = talk
    kim = await office.counselor(KIM)
    await office.talk.say(lin, WROTE, 1)
    await office.desk.release(lin, case_id)
    await office.desk.take(kim, case_id)
    with monkeypatch.context() as broken:
        refused(broken)
        await send_all(office)
    assert [told for told, _ in await letters(office, "staff-out-not-delivered")] == [kim]


async def test_a_student_who_blocked_the_bot_does_not_wait(office, talk):
    _, lin, case_id = talk
    office.sim.block(MEI, TOKENS["student"], True)
    await say(office, lin, 1)
    assert (await the_case(office, case_id)).answer_due_at is None


async def test_a_reopened_case_starts_with_somebody_who_can_be_reached(office, talk):
    mei, lin, case_id = talk
    await office.post_office.address_seen("student", MEI, blocked=True)
    await office.desk.close(lin, case_id, "unreachable")
    await office.post_office.address_seen("student", MEI, blocked=False)
    assert (await office.help.ask(mei, update_id=1)).case_id == case_id
    assert (await the_case(office, case_id)).student_blocked_at is None
