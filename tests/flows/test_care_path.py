"""The path that matters most, flow by flow, on a real database."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from flows.errors import FlowError, OutdatedAction, Refusal
from flows.receive import Incoming, Screened
from flows.rules.parts import Part
from flows.rules.risk import RiskLevel
from storage.tables import Alert, Message
from tests.flows.campus import MEI


async def test_whole_path(path):
    student, lin = await path.student(), await path.counselor()
    screened = await path.writes(student, "IMMINENT words")
    assert screened.flagged and screened.case_id is not None
    assert len(await path.outbox("out-card")) == 1
    pages = await path.outbox("staff-out-page")
    assert [p.person_id for p in pages] == [lin]

    card = await path.desk.take(lin, screened.case_id)
    assert card.mine and card.signals[0].kind == "plan" and not card.paging
    opened = await path.reads(lin, screened.case_id)
    assert [w.body for w in opened.words] == ["IMMINENT words"]
    assert (await path.privacy.view(student)).accesses[0].what == "words"

    await path.talk.say(lin, "I am here.", 9001)
    assert len(await path.outbox("out-from-counselor")) == 1
    plain = await path.writes(student, "thank you")
    assert (await path.help.say(student, plain)).status == "taken"
    assert len(await path.outbox("staff-out-new-words")) == 1

    await path.reads(lin, screened.case_id, only_unread=True)
    closed = await path.desk.close(lin, screened.case_id, "supported")
    assert closed.status == "closed"
    assert await path.follow_ups.ask_due() == 0
    path.clock.advance(dt.timedelta(hours=21))
    assert await path.follow_ups.ask_due() == 1
    assert await path.follow_ups.ask_due() == 0
    follow_up_id = await path.asked()
    answered = await path.follow_ups.answer(student, follow_up_id, "worse")
    assert answered.number == closed.number
    assert (await path.case()).status == "waiting"
    with pytest.raises(OutdatedAction):
        await path.follow_ups.answer(student, follow_up_id, "worse")


async def test_message_assessment_case_and_alert_share_one_commit(path):
    student = await path.student()
    screened = await path.writes(student, "IMMINENT words")

    def rows(unit):
        message = unit.get(Message, screened.message_ids[0])
        return message.case_id, unit.scalar(sa.select(Alert.case_id))

    assert await path.database.read(rows) == (screened.case_id, screened.case_id)


async def test_handled_again_after_a_crash_writes_nothing_twice(path):
    student = await path.student()
    first = await path.writes(student, "ELEVATED words", update=77)
    second = await path.writes(student, "ELEVATED words", update=77, again=True)
    assert second.message_ids == first.message_ids and second.case_id == first.case_id
    assert len(await path.outbox("out-flag-notice")) == 1


async def test_later_flags_join_the_one_open_case_and_raise_it(path):
    student = await path.student()
    one = await path.writes(student, "ELEVATED words")
    two = await path.writes(student, "IMMINENT words")
    assert one.case_id == two.case_id
    assert (await path.case()).triage == RiskLevel.IMMINENT.rank


async def test_not_meant_is_stored_and_lowers_nothing(path):
    student = await path.student()
    screened = await path.writes(student, "IMMINENT words", update=41)
    assert await path.help.not_meant(student, screened.case_id, 41) is RiskLevel.IMMINENT
    assert (await path.case()).triage == RiskLevel.IMMINENT.rank


async def test_what_is_not_kept_leaves_a_mark_and_sets_the_time_for_an_answer(path):
    student, lin = await path.student(), await path.counselor()
    silent = await path.receive.receive(Incoming("student", 70, MEI, student, ()))
    with pytest.raises(FlowError) as refused:
        await path.help.note_sent(student, "photo", silent, 70)
    assert refused.value.reason is Refusal.NO_CASE
    await path.help.ask(student, update_id=1)
    case = await path.desk.take(lin, (await path.case()).id)
    caption = Incoming("student", 71, MEI, student, (Part("caption", "my room"),))
    await path.help.note_sent(student, "photo", await path.receive.receive(caption), 71)
    await path.help.note_sent(student, "voice", silent, 72)
    with pytest.raises(FlowError):
        await path.help.note_sent(student, "anything", silent, 73)
    assert len(await path.outbox("staff-out-new-words")) == 2
    assert (await path.case()).answer_due_at is not None
    words = (await path.talk.open_words(lin, case.case_id, only_unread=True)).words
    assert [(w.mark, w.body) for w in words] == [
        (False, "my room"), (True, "photo"), (True, "voice"),
    ]  # fmt: skip


async def test_words_before_consent_are_kept_in_memory_until_help_is_asked_for(path):
    stranger = await path.writes(None, "IMMINENT words")
    assert stranger.flagged and not stranger.message_ids
    assert await path.database.read(lambda u: u.scalar(sa.select(sa.func.count(Message.id)))) == 0
    await path.enrolment.ask_for_help_first(MEI, "en", 5)
    case = await path.case()
    assert case.triage == RiskLevel.IMMINENT.rank
    assert len(await path.outbox("out-card")) == 1
    await path.enrolment.ask_for_help_first(MEI, "en", 6)
    assert await path.database.read(lambda u: u.scalar(sa.select(sa.func.count(Message.id)))) == 1


def test_only_receive_makes_a_screened():
    with pytest.raises(TypeError):
        Screened(RiskLevel.NONE, None, (), None, False, False, "en")
