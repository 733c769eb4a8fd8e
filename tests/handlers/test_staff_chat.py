"""What staff write may quote a student: whatever becomes of it, it leaves their chat in time."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from bot import lanes
from storage.errors import StoreDown
from storage.tables import Delivery, Inbox
from tests.support.phone import rows, settled

WORRYING = "I want to kill myself now"
QUOTED = "you wrote that the nights are the worst"
DAY = dt.timedelta(hours=24)


@pytest.fixture
async def taken(enrolled, lin, hire):
    """Lin has Ann's case, and its talk is open."""
    await hire(lin)
    await enrolled.write(WORRYING)
    await lin.press("staff-button-take")
    return lin


async def copies_of(service, message_id):
    query = sa.select(Delivery).where(Delivery.message_id == message_id, Delivery.bot == "staff")
    return await rows(service, query)


async def goes_in_time(service, clock, phone, message_id):
    """The message is to be deleted within the day, and then it is."""
    (copy,) = await copies_of(service, message_id)
    assert copy.delete_at <= clock.now() + DAY
    clock.advance(DAY)
    await service.handrail.sweeper.sweep_once()
    chat = service.simulator.chat(phone.person, phone.token)
    assert [m.deleted for m in chat if m.id == message_id] == [True]


async def noted(phone):
    await phone.press("staff-button-note")
    return "staff-note-kept"


async def outside_a_talk(phone):
    await phone.press("staff-button-leave")
    return "staff-no-talk"


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (None, QUOTED),
        (noted, QUOTED),
        (outside_a_talk, QUOTED),
        (None, "x" * 3501),
        (None, f"/note {QUOTED}"),
        (None, f"/queue {QUOTED}"),
    ],
    ids=["answer", "note", "no-talk", "too-long", "unknown-command", "command"],
)
async def test_a_text(service, clock, taken, before, text):
    expected = await before(taken) if before is not None else None
    message_id = await taken.write(text)
    if expected is not None:
        assert expected in taken.all_keys()
    await goes_in_time(service, clock, taken, message_id)


async def test_a_text_under_another_case(service, clock, ben, taken):
    first = taken.last
    await service.handrail.services.enrolment.begin(ben.person, "en", "adult", "US", update_id=1)
    await ben.write("/counselor")
    await taken.press("staff-button-take")
    message_id = await taken.write(QUOTED, reply_to=first.id)
    assert taken.keys == ["staff-replied-elsewhere"]
    await goes_in_time(service, clock, taken, message_id)


async def test_an_answer_typed_under_the_question_for_a_name(service, clock, taken):
    await taken.write("/name")
    message_id = await taken.write(QUOTED * 5, reply_to=taken.last.id)
    await goes_in_time(service, clock, taken, message_id)


async def test_into_a_case_that_is_theirs_no_longer(service, clock, taken, kim, hire):
    await hire(kim, name="Kim")
    clock.advance(dt.timedelta(hours=3))
    await service.handrail.services.desk.return_silent()
    message_id = await taken.write(QUOTED)
    await goes_in_time(service, clock, taken, message_id)


async def test_whoever_has_been_let_go(service, clock, taken):
    staffing = service.handrail.services.staffing
    await staffing.revoke(None, (await staffing.find(taken.person)).id)
    message_id = await taken.write(QUOTED)
    await goes_in_time(service, clock, taken, message_id)


async def test_a_caption(service, clock, taken):
    message_id = await service.simulator.send_media(
        taken.person, taken.token, "photo", b"x", caption=QUOTED
    )
    await settled(service)
    await goes_in_time(service, clock, taken, message_id)


async def test_an_edited_one_is_remembered_once(service, clock, taken):
    message_id = await taken.write("first")
    await service.simulator.edit_text(taken.person, taken.token, message_id, QUOTED)
    await settled(service)
    assert taken.keys == ["staff-edit-not-passed"]
    await goes_in_time(service, clock, taken, message_id)


async def test_though_the_store_blinks_right_after_the_text_was_sent(
    service, clock, taken, monkeypatch
):
    monkeypatch.setattr(lanes, "_STORE_WAIT_S", 0.0)
    talk, fails = service.handrail.services.talk, [True]
    say, transact = talk.say, service.handrail.database.transact

    async def away(work, **how):
        if fails.pop() if fails else False:
            monkeypatch.setattr(service.handrail.database, "transact", transact)
            raise StoreDown("away")
        return await transact(work, **how)

    async def said(*args, **how):
        outcome = await say(*args, **how)
        monkeypatch.setattr(service.handrail.database, "transact", away)
        return outcome

    monkeypatch.setattr(type(talk), "say", lambda _, *args, **how: said(*args, **how))
    message_id = await taken.write(QUOTED)
    await goes_in_time(service, clock, taken, message_id)


async def test_though_it_cannot_be_handled_at_all(service, clock, taken, monkeypatch):
    monkeypatch.setattr(lanes, "_WAITS_S", (0.0, 0.0))

    async def fails(*_, **__):
        raise RuntimeError

    monkeypatch.setattr(type(service.handrail.services.talk), "say", fails)
    message_id = await taken.write(QUOTED)
    assert len(await rows(service, sa.select(Inbox.id).where(Inbox.state == "parked"))) == 1
    await goes_in_time(service, clock, taken, message_id)


async def test_what_waited_at_telegram_goes_before_telegram_keeps_it(service, clock, taken):
    """Telegram deletes within 48 hours of the sending, whenever it came to us."""
    sent_at = clock.now() - dt.timedelta(hours=30)
    await taken.receive_raw(message_id=800_001, date=int(sent_at.timestamp()), text=QUOTED)
    (copy,) = await copies_of(service, 800_001)
    assert (copy.sent_at, copy.delete_at) == (sent_at, sent_at + DAY)


async def test_it_is_known_which_case_it_was_for(service, taken):
    message_id = await taken.write(QUOTED)
    (copy,) = await copies_of(service, message_id)
    assert copy.case_id is not None
