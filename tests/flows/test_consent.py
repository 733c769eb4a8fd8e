"""What a student agreed to decides what is kept; and what they can see of it."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from flows.errors import FlowError, OutdatedAction, Refusal
from flows.privacy import Privacy
from storage.consents import record_consent
from storage.tables import Assessment, Consent, Event, Mood
from tests.flows.campus import ALEX, MEI


async def refused(step):
    with pytest.raises(FlowError) as fault:
        await step
    return fault.value.reason


class TestStatistics:
    async def whole_story(self, path, student, lin):
        await path.moods.tap(student, 2)
        screened = await path.writes(student, "ELEVATED planted words")
        await path.desk.take(lin, screened.case_id)
        await path.reads(lin, screened.case_id)
        await path.desk.close(lin, screened.case_id, "supported")
        path.clock.advance(dt.timedelta(hours=21))
        await path.follow_ups.ask_due()
        await path.follow_ups.answer(student, await path.asked(), "better")

    async def test_without_the_consent_no_event_is_kept(self, path):
        student, lin = await path.student(), await path.counselor()
        await self.whole_story(path, student, lin)
        assert await path.count(Event) == 0

    async def test_with_it_pseudonymous_ones_without_words(self, path):
        student, lin = await path.student(), await path.counselor()
        await path.privacy.switch(student, "statistics", True)
        await self.whole_story(path, student, lin)
        events = await path.rows(sa.select(Event).order_by(Event.id))
        assert [e.kind for e in events] == [
            "mood_kept", "case_opened", "case_closed", "follow_up_answered",
        ]  # fmt: skip
        assert {e.subject for e in events} == {path.database.keys.hash("event", student.hex)[:16]}
        assert student.bytes not in {e.subject for e in events}
        values = [str(value) for event in events for value in event.facts.values()]
        assert sorted(values) == sorted(["2", "flagged", "supported", "better"])

    async def test_taken_back_it_ends_at_once(self, path):
        student = await path.student()
        for given in (True, True, False, False):
            view = await path.privacy.switch(student, "statistics", given)
            assert ("statistics" in view.consents) is given
        await path.moods.tap(student, 4)
        assert await path.count(Event) == 0
        # one row given, one taken back; neither was changed
        actions = await path.rows(
            sa.select(Consent.action).where(Consent.purpose == "statistics").order_by(Consent.id)
        )
        assert actions == ["given", "withdrawn"]

    @pytest.mark.parametrize(
        "purpose", ["service", "screening", "counselor_access", "help_first", "nonsense", ""]
    )
    async def test_nothing_else_can_be_switched(self, path, purpose):
        student = await path.student()
        assert await refused(path.privacy.switch(student, purpose, False)) is Refusal.BAD_VALUE


class TestRequired:
    async def test_a_withdrawn_consent_ends_what_it_allowed(self, path):
        student = await path.student()
        screened = await path.writes(student, "some words")

        def take_back(unit):
            for purpose in ("counselor_access", "service", "mood"):
                record_consent(unit, student, purpose, "2026-11", "withdrawn", path.clock.now())

        await path.database.transact(take_back)
        for step in (
            path.help.ask(student, update_id=1),
            path.help.send_words(student, screened.message_ids[0]),
            path.moods.tap(student, 3),
        ):
            assert await refused(step) is Refusal.NO_CONSENT


class TestAnotherWording:
    @pytest.fixture
    def changed(self, path):
        """The same campus, a version of the terms later."""
        enrolment = path.policy.enrolment.model_copy(update={"consent_version": "2027-01"})
        policy = path.policy.model_copy(update={"enrolment": enrolment})
        return Privacy(path.database, path.clock, policy)

    async def test_it_is_asked_until_agreed_and_kept_beside_the_old(self, path, changed):
        student = await path.student()
        await path.privacy.switch(student, "mood", False)
        assert not await path.privacy.terms_changed(student)
        assert await changed.terms_changed(student)
        # one that was given since says nothing of the others
        await changed.switch(student, "statistics", True)
        assert await changed.terms_changed(student)
        before = await path.count(Consent)
        for _ in range(2):
            await changed.agree_anew(student)
        assert not await changed.terms_changed(student)
        assert await path.count(Consent) == before + 3
        agreed = (await changed.view(student)).consents
        assert set(agreed) == {"service", "screening", "counselor_access", "statistics"}

    async def test_nobody_is_asked_while_a_case_is_open(self, path, changed):
        student, lin = await path.student(), await path.counselor()
        case = (await path.help.ask(student, update_id=1)).case_id
        assert not await changed.terms_changed(student)
        await path.desk.take(lin, case)
        await path.desk.close(lin, case, "supported")
        assert await changed.terms_changed(student)


class TestMoods:
    async def test_taken_back_the_taps_go_and_none_is_kept_until_agreed_again(self, path):
        student, other = await path.student(), await path.student(ALEX)
        for tapping in (student, other):
            await path.moods.tap(tapping, 3)
        view = await path.privacy.switch(student, "mood", False)
        assert "mood" not in view.consents
        assert await path.rows(sa.select(Mood.student_id)) == [other]
        assert await refused(path.moods.tap(student, 3)) is Refusal.NO_CONSENT
        await path.privacy.switch(student, "mood", True)
        assert len((await path.moods.tap(student, 3)).recent) == 1

    async def test_seven_are_shown_newest_last_and_kept_as_ciphertext(self, path):
        student = await path.student()
        for value in (1, 2, 3, 4, 5, 5, 4, 3):
            view = await path.moods.tap(student, value)
            path.clock.advance(dt.timedelta(hours=1))
        assert [value for _, value in view.recent] == [2, 3, 4, 5, 5, 4, 3]
        stored = await path.rows(sa.select(Mood.value))
        assert len(stored) == 8
        assert len(set(stored)) == 8

    @pytest.mark.parametrize(
        ("taps", "offered"),
        [((1,), True), ((2,), True), ((3,), False), ((1, 3), False), ((4, 2), True)],
    )
    async def test_help_is_offered_after_the_sad_faces(self, path, taps, offered):
        student = await path.student()
        for value in taps:
            view = await path.moods.tap(student, value)
        assert view.offer_help is offered

    @pytest.mark.parametrize("value", [0, 6, -1])
    async def test_no_other_value(self, path, value):
        student = await path.student()
        assert await refused(path.moods.tap(student, value)) is Refusal.BAD_VALUE
        assert await path.count(Mood) == 0


class TestNotMeant:
    async def test_it_is_stored_with_the_flags_told_once_and_lowers_nothing(self, path):
        student, lin = await path.student(), await path.counselor()
        screened = await path.writes(student, "IMMINENT words", update=41)
        await path.desk.take(lin, screened.case_id)
        for _ in range(3):
            path.clock.advance(dt.timedelta(seconds=5))
            level = await path.help.not_meant(student, screened.case_id, 41)
            assert level.value == "imminent"
        assert (await path.case()).triage == 3
        assert await path.rows(sa.select(Assessment.student_says)) == ["not_meant"]
        assert await path.told("staff-out-not-meant") == [lin]
        assert (await path.desk.card(lin, screened.case_id)).student_says_not_meant
        assert (await path.audited()).count("student_says_not_meant") == 1

    async def test_it_stops_no_page(self, path):
        student, lin = await path.student(), await path.counselor()
        screened = await path.writes(student, "IMMINENT words", update=41)
        await path.help.not_meant(student, screened.case_id, 41)
        path.clock.advance(dt.timedelta(minutes=3))
        assert await path.alerts.page_due() == 1
        assert await path.told("staff-out-page") == [lin, lin]

    async def test_later_flags_are_not_covered_by_it(self, path):
        student = await path.student()
        screened = await path.writes(student, "ELEVATED words", update=41)
        await path.help.not_meant(student, screened.case_id, 41)
        await path.writes(student, "IMMINENT words", update=42)
        says = await path.rows(sa.select(Assessment.student_says).order_by(Assessment.id))
        assert says == ["not_meant", None]
        assert (await path.case()).triage == 3

    async def test_it_belongs_to_the_words_it_answers(self, path):
        """The button under the first notice, pressed after worse was written."""
        student, lin = await path.student(), await path.counselor()
        first = await path.writes(student, "ELEVATED words", update=41)
        await path.writes(student, "IMMINENT words", update=42)
        await path.help.not_meant(student, first.case_id, 41)
        says = await path.rows(sa.select(Assessment.student_says).order_by(Assessment.id))
        assert says == ["not_meant", None]
        card = await path.desk.card(lin, first.case_id)
        assert (card.student_says_not_meant, card.some_not_meant) == (False, True)
        words = (await path.talk.open_words(lin, first.case_id)).words
        assert [w.not_meant for w in words] == [True, False]
        await path.help.not_meant(student, first.case_id, 42)
        card = await path.desk.card(lin, first.case_id)
        assert (card.student_says_not_meant, card.some_not_meant) == (True, False)

    async def test_plain_words_need_no_mark(self, path):
        student, lin = await path.student(), await path.counselor()
        first = await path.writes(student, "ELEVATED words", update=41)
        await path.help.not_meant(student, first.case_id, 41)
        await path.help.say(student, await path.writes(student, "soup"))
        assert (await path.desk.card(lin, first.case_id)).student_says_not_meant

    async def test_words_carried_over_from_before_consent_are_answered_together(self, path):
        await path.writes(None, "ELEVATED one")
        await path.writes(None, "IMMINENT two")
        student = (await path.enrolment.ask_for_help_first(MEI, "en", 50)).id
        case_id = (await path.case()).id
        for others in (49, 51, 5000, 5001):
            await path.help.not_meant(student, case_id, others)
        assert await path.rows(sa.select(Assessment.student_says)) == [None, None]
        await path.help.not_meant(student, case_id, 50)
        assert await path.rows(sa.select(Assessment.student_says)) == ["not_meant"] * 2

    async def test_nobody_says_it_for_somebody_else(self, path):
        student, other = await path.student(), await path.student(ALEX)
        screened = await path.writes(student, "ELEVATED words")
        with pytest.raises(OutdatedAction):
            await path.help.not_meant(other, screened.case_id, 41)
        with pytest.raises(OutdatedAction):
            await path.help.send_words(other, screened.message_ids[0])
        assert await path.rows(sa.select(Assessment.student_says)) == [None]
