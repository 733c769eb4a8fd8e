"""Words, requests, notices and what is no text, from the student's side."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from storage.tables import Assessment, Case, Message
from tests.handlers.conftest import ANN, LIN
from tests.support.phone import keys_in, rows, settled

WORRYING = "I want to kill myself"
IMMINENT = "I've got the pills here and I'm going to take them tonight"


async def the_case(service):
    (case,) = await rows(service, sa.select(Case))
    return case


async def attached(service):
    """Bodies are ciphertext; which messages belong to a case is not."""
    return await rows(service, sa.select(Message.case_id).order_by(Message.sent_at))


class TestWordsWithoutACase:
    async def test_are_heard_and_can_be_sent(self, service, enrolled):
        await enrolled.write("what a day")
        assert enrolled.keys == ["words-heard"]
        assert enrolled.labels() == ["button-send-words", "button-menu"]
        await enrolled.press("button-send-words")
        assert enrolled.keys[0] == "case-opened"
        assert await attached(service) == [(await the_case(service)).id]

    async def test_somebody_elses_words_cannot_be_sent(self, service, enrolled, ben):
        await service.handrail.services.enrolment.begin(
            ben.person, "en", "adult", "US", update_id=1
        )
        await enrolled.write("what a day")
        await ben.write("/menu")
        await ben.press_data(ben.last, enrolled.data("button-send-words"))
        assert "refusal-outdated" in ben.answers()
        assert await rows(service, sa.select(Case)) == []

    async def test_about_a_friend(self, enrolled):
        await enrolled.write("my friend told me she wants to die")
        assert "friend-help" in enrolled.keys or "out-flag-notice" in enrolled.keys

    async def test_what_only_looks_like_a_command_is_words(self, enrolled):
        await enrolled.write("/ a day")
        assert enrolled.keys == ["words-heard"]


class TestAsking:
    async def test_by_command_by_menu_and_twice(self, service, enrolled):
        await enrolled.write("/counselor")
        assert enrolled.keys[:2] == ["case-opened", "duty-nobody"]
        await enrolled.write("/menu")
        assert "case-waiting" in enrolled.keys
        await enrolled.press("button-talk-now")
        assert enrolled.keys[0] == "case-waiting"
        assert (await the_case(service)).origin == "asked"

    async def test_words_behind_the_command_go_along(self, service, enrolled):
        await enrolled.write("/counselor about my exams")
        assert enrolled.keys[0] == "case-opened"
        assert await attached(service) == [(await the_case(service)).id]

    async def test_nobody_agreed_nobody_asked(self, service, ann):
        await ann.write("/mood")
        await ann.press("button-agree")
        await ann.write("/counselor")
        assert ann.keys[0] == "help-consent"
        assert await rows(service, sa.select(Case)) == []

    async def test_withdrawn_in_between_a_send_button_asks_again(self, service, ann, enrolled):
        await enrolled.write("what a day")
        await service.handrail.database.transact(
            lambda unit: unit.execute(sa.text("DELETE FROM consents"))
        )
        service.handrail.students.forget(ANN)
        await enrolled.press("button-send-words")
        assert enrolled.keys[0] == "help-consent"


class TestInATalk:
    @pytest.fixture
    async def talking(self, service, enrolled, lin, hire):
        """Ann and a counselor whose name tries to be markup."""
        self.counselor = await hire(lin, name="Lin <3 & co")
        await enrolled.write("/counselor")
        case = await the_case(service)
        await service.handrail.services.desk.take(self.counselor.id, case.id)
        await settled(service)
        return enrolled

    async def test_the_name_she_is_told_is_text_not_markup(self, service, talking):
        assert talking.keys == ["out-case-taken"] and "Lin <3 & co" in talking.last.text
        await talking.write("hello")
        assert talking.keys == ["said-with"] and "Lin <3 & co" in talking.last.text
        await talking.write("/counselor")
        assert talking.keys == ["case-with"]
        await talking.write("/menu")
        assert "case-with" in talking.keys
        assert service.handrail.health.parked == 0

    async def test_words_commands_edits_and_captions_reach_the_case(self, service, talking, lin):
        message_id = await talking.write("hello")
        await talking.write("/hlep me with this")
        await talking.send("photo", caption="this is my room")
        assert talking.keys == ["media-words-only", "said-with"]
        simulator = service.simulator
        await simulator.edit_text(ANN, talking.token, message_id, "hello again")
        await settled(service)
        assert talking.keys == ["said-edit"]
        case = await the_case(service)
        # three words, a caption, and the mark that a photo came with it
        assert await attached(service) == [case.id] * 5
        assert keys_in(lin.last.text) == ["staff-out-new-words"]

    async def test_a_counselors_answer_comes_under_their_name(self, service, talking, lin):
        await service.handrail.services.talk.say(self.counselor.id, "I <am> here", 77)
        await settled(service)
        assert talking.last.text == "Lin <3 & co\nI <am> here"

    async def test_words_while_the_case_is_being_closed(self, service, talking):
        case = await the_case(service)
        await service.handrail.services.desk.close(self.counselor.id, case.id, "supported")
        await settled(service)
        assert talking.keys == ["out-case-closed"]
        await talking.write("one more thing")
        assert talking.keys == ["words-heard"]
        await talking.press("button-send-words")
        assert (await the_case(service)).status == "waiting"

    async def test_follow_up_the_next_day(self, service, talking, clock):
        case = await the_case(service)
        await service.handrail.services.desk.close(self.counselor.id, case.id, "supported")
        clock.advance(dt.timedelta(hours=21))
        await service.handrail.services.follow_ups.ask_due()
        await settled(service)
        asked = talking.last
        assert keys_in(asked.text) == ["out-follow-up"]
        better = talking.data("button-better")
        await talking.press("button-worse")
        assert talking.keys[0] == "follow-up-worse"
        assert (await the_case(service)).status == "waiting"
        await talking.press_data(asked, better)
        assert "refusal-outdated" in talking.answers()

    async def test_worse_the_next_day_reaches_the_counselor_of_an_open_talk(
        self, service, talking, lin, clock
    ):
        case, desk = await the_case(service), service.handrail.services.desk
        await desk.close(self.counselor.id, case.id, "supported")
        clock.advance(dt.timedelta(hours=21))
        await service.handrail.services.follow_ups.ask_due()
        await settled(service)
        await talking.write("/counselor")
        await desk.take(self.counselor.id, case.id)
        await talking.press("button-worse")
        (answered,) = [m.text for m in talking.messages if "follow-up-told" in keys_in(m.text)]
        assert "duty-now" not in keys_in(answered)
        assert lin.keys == ["staff-out-worse"] and lin.labels() == ["staff-button-card"]

    async def test_the_counselor_gives_the_talk_to_another(self, service, talking, lin):
        await service.handrail.services.talk.say(self.counselor.id, "I am here.", 99)
        case = await the_case(service)
        await service.handrail.services.desk.release(self.counselor.id, case.id)
        await settled(service)
        assert talking.keys[:2] == ["out-case-released", "duty-no-other"]
        assert "name=Lin <3 & co" in talking.last.text
        # the numbers stand in it: nobody has taken over yet
        assert "988" in talking.last.text and "crisis-emergency" in " ".join(talking.keys)
        assert talking.labels() == ["button-more-numbers"]


class TestFlagged:
    async def test_elevated_is_told_what_was_shown_to_whom_and_why(self, service, enrolled):
        await enrolled.write(WORRYING)
        assert enrolled.keys[:2] == ["out-flag-notice", "told-nobody-on-call"]
        # the numbers of her region stand in it: nobody has to look for them
        assert "988" in enrolled.last.text and "crisis-emergency" in " ".join(enrolled.keys)
        assert enrolled.labels() == ["button-more-numbers", "button-not-meant"]

    async def test_imminent_gets_the_card_of_her_region(self, enrolled, lin, hire):
        await hire(lin)
        await enrolled.write(IMMINENT)
        assert enrolled.keys[0] == "out-card" and "told-on-call" in enrolled.keys
        assert "988" in enrolled.last.text
        assert lin.keys == ["staff-out-page"]

    async def test_not_meant_is_kept_and_lowers_nothing(self, service, enrolled, lin, hire):
        await enrolled.write(IMMINENT)
        before = (await the_case(service)).triage
        await enrolled.press("button-not-meant")
        assert enrolled.keys == ["not-meant-heard"]
        case = await the_case(service)
        assert case.triage == before == 3
        counselor = await hire(lin)
        await service.handrail.services.desk.take(counselor.id, case.id)
        await enrolled.press("button-not-meant")
        assert enrolled.keys == ["not-meant-with"]
        assert await rows(service, sa.select(Assessment.student_says)) == ["not_meant"]

    async def test_not_meant_belongs_to_the_words_above_the_button(self, service, enrolled):
        await enrolled.write(WORRYING)
        first = enrolled.last
        await enrolled.write(IMMINENT)
        await enrolled.press_data(first, enrolled.data("button-not-meant", first))
        assert enrolled.keys == ["not-meant-heard"]
        says = sa.select(Assessment.student_says).order_by(Assessment.id)
        assert await rows(service, says) == ["not_meant", None]

    @pytest.mark.parametrize("forged", ["", "x", "-1", "²", "9" * 16, "1:2"])
    async def test_a_forged_not_meant_is_an_old_button(self, service, enrolled, forged):
        await enrolled.write(WORRYING)
        case = (await the_case(service)).id.hex
        await enrolled.press_data(enrolled.last, f"n:{case}:{forged}")
        await enrolled.press_data(enrolled.last, f"n:{case}")
        assert "refusal-outdated" in enrolled.answers()
        assert await rows(service, sa.select(Assessment.student_says)) == [None]
        assert service.handrail.health.parked == 0

    async def test_not_meant_under_somebody_elses_case(self, service, enrolled, ben):
        await enrolled.write(WORRYING)
        await service.handrail.services.enrolment.begin(
            ben.person, "en", "adult", "US", update_id=1
        )
        await ben.write("/menu")
        await ben.press_data(ben.last, enrolled.data("button-not-meant"))
        assert "refusal-outdated" in ben.answers()
        assert await rows(service, sa.select(Assessment.student_says)) == [None]

    async def test_words_behind_an_unknown_command_are_not_talked_over(self, enrolled):
        await enrolled.write(f"/hlep {WORRYING}")
        assert [keys_in(m.text)[0] for m in enrolled.messages] == ["out-flag-notice"]

    async def test_a_flagged_text_is_never_a_name(self, service, enrolled):
        await enrolled.write("/settings")
        await enrolled.press("button-name")
        await enrolled.write(WORRYING)
        assert "out-flag-notice" in enrolled.all_keys()
        view = await service.handrail.services.enrolment.find(ANN)
        assert view.pseudonym != WORRYING


class TestNotText:
    @pytest.mark.parametrize("kind", ["voice", "sticker", "photo", "video", "document"])
    async def test_is_kindly_refused(self, enrolled, kind):
        await enrolled.send(kind)
        assert enrolled.keys == ["media-not-passed-on"]
        assert enrolled.labels() == ["button-numbers", "button-menu"]

    async def test_before_consent_too(self, ann):
        await ann.send("voice")
        assert ann.keys == ["media-not-passed-on"]
        assert ann.labels() == ["button-numbers", "button-back"]

    async def test_a_place_and_a_contact(self, service, enrolled):
        await enrolled.write("/menu")
        await enrolled.receive_raw(location={"latitude": 1.5, "longitude": 2.5})
        assert enrolled.keys == ["place-not-passed-on"]
        await enrolled.receive_raw(contact={"phone_number": "123", "first_name": "A"})
        assert enrolled.all_keys().count("place-not-passed-on") == 2

    async def test_a_polls_words_are_words(self, service, enrolled):
        option = {"persistent_id": "1", "text": "so so", "voter_count": 0}
        poll = {
            "id": "1", "question": "how are you", "options": [option],
            "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular",
            "allows_multiple_answers": False, "allows_revoting": False,
            "members_only": False,
        }  # fmt: skip
        await enrolled.write("/menu")
        await enrolled.receive_raw(poll=poll)
        assert enrolled.keys == ["media-words-only", "words-heard"]
        assert service.handrail.health.parked == 0

    async def test_a_forward_is_words(self, service, enrolled):
        await enrolled.write("they wrote this", forward_from=LIN)
        assert enrolled.keys == ["words-heard"]

    async def test_telegrams_own_notes_are_not_answered(self, enrolled):
        await enrolled.write("/menu")
        before = len(enrolled.messages)
        await enrolled.receive_raw(
            message_auto_delete_timer_changed={"message_auto_delete_time": 9}
        )
        assert len(enrolled.messages) == before
