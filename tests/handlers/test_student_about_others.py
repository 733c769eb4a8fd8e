"""Somebody else may be dying: the emergency number first, the words to a counselor by a tap."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from flows.errors import FlowError
from storage.tables import Case, Message
from tests.handlers.conftest import ANN
from tests.support.phone import keys_in, rows, settled

DYING = (
    "my friend just took an overdose and is not breathing",
    "My friend is on the roof right now please help",
    "someone is going to shoot up the campus tomorrow",
    "my roommate swallowed pills and won't wake up",
    "我室友吃了很多药，叫不醒",
    "有人明天要来学校砍人",
)
WORRIED = "my friend is suicidal"


async def the_case(service):
    (case,) = await rows(service, sa.select(Case))
    return case


def opens_with_the_emergency_number(message):
    return keys_in(message.text)[0].startswith("crisis-emergency")


class TestEnrolled:
    @pytest.mark.parametrize("text", DYING)
    async def test_number_what_to_do_and_one_tap(self, service, enrolled, text):
        await enrolled.write(text)
        assert opens_with_the_emergency_number(enrolled.last)
        assert enrolled.keys[-2:] == ["other-now", "other-now-send"]
        assert enrolled.labels() == ["button-send-words", "button-about-me", "button-menu"]
        assert await rows(service, sa.select(Case)) == []

    async def test_the_tap_passes_exactly_these_words_and_pages(
        self, service, enrolled, lin, hire
    ):
        await hire(lin)
        await enrolled.write("what a day")
        await enrolled.write(DYING[0])
        await enrolled.press("button-send-words")
        assert enrolled.keys == ["sent-calling"]
        case = await the_case(service)
        assert (case.triage, case.origin) == (3, "asked")
        assert lin.keys == ["staff-out-page"]
        sent = await rows(service, sa.select(Message.case_id).order_by(Message.id))
        assert sent == [None, case.id]
        await lin.press("staff-button-card")
        assert "staff-signal-concern-for-other" in lin.all_keys()

    async def test_the_case_closes_only_once_they_were_opened_and_then_an_old_tap_pages_nobody(
        self, service, enrolled, lin, hire
    ):
        counselor, services = await hire(lin), service.handrail.services
        await enrolled.write(DYING[0])
        words = enrolled.last
        await enrolled.press("button-send-words")
        case = await the_case(service)
        await services.desk.take(counselor.id, case.id)
        with pytest.raises(FlowError):
            await services.desk.close(counselor.id, case.id, "emergency")
        opened = await services.talk.open_words(counselor.id, case.id)
        await services.talk.words_shown(counselor.id, opened)
        await services.desk.close(counselor.id, case.id, "emergency")
        await settled(service)
        await enrolled.press_data(words, enrolled.data("button-send-words", words))
        reopened = await the_case(service)
        assert (reopened.status, reopened.triage) == ("waiting", 2)
        assert lin.all_keys().count("staff-out-page") == 1

    async def test_in_an_open_talk_it_raises_the_case_by_itself(
        self, service, enrolled, lin, hire
    ):
        await hire(lin)
        await enrolled.write("/counselor")
        await enrolled.write(DYING[0])
        assert opens_with_the_emergency_number(enrolled.last)
        assert {"other-now", "said-waiting"} <= set(enrolled.keys)
        assert (await the_case(service)).triage == 3
        assert "staff-out-page" in lin.all_keys()

    async def test_whatever_else_is_written_while_waiting_is_answered_with_the_number(
        self, enrolled
    ):
        await enrolled.write("/counselor")
        await enrolled.write("what a day")
        assert enrolled.keys == ["said-waiting", "crisis-emergency-one", "said-waiting-more"]

    async def test_under_a_picture_and_behind_a_command(self, service, enrolled):
        await enrolled.send("photo", caption=DYING[0])
        assert opens_with_the_emergency_number(enrolled.last)
        assert enrolled.keys[-1] == "media-words-only"
        await enrolled.write(f"/counselor {DYING[0]}")
        assert opens_with_the_emergency_number(enrolled.last)
        assert (await the_case(service)).triage == 3

    async def test_in_a_form_it_is_no_name(self, enrolled):
        await enrolled.write("/settings")
        await enrolled.press("button-name")
        await enrolled.write(DYING[0])
        assert opens_with_the_emergency_number(enrolled.last)
        assert enrolled.labels()[0] == "button-send-words"

    async def test_in_an_edit(self, service, enrolled):
        message_id = await enrolled.write("what a day")
        await service.simulator.edit_text(ANN, enrolled.token, message_id, DYING[0])
        await settled(service)
        assert opens_with_the_emergency_number(enrolled.last)
        assert enrolled.labels()[0] == "button-send-words"

    async def test_a_friend_may_be_oneself(self, service, enrolled, lin, hire):
        await hire(lin)
        await enrolled.write(WORRIED)
        assert enrolled.keys[0] == "friend-help"
        assert "button-about-me" in enrolled.labels()
        await enrolled.press("button-about-me")
        assert opens_with_the_emergency_number(enrolled.last)
        assert {"about-me-heard", "case-opened"} <= set(enrolled.keys)
        assert (await the_case(service)).triage == 2
        assert lin.keys == ["staff-out-new-case"]

    async def test_sent_as_a_friends_it_pages_nobody(self, service, enrolled, lin, hire):
        await hire(lin)
        await enrolled.write("/counselor my friend is suicidal")
        assert (await the_case(service)).triage == 0
        assert "staff-out-page" not in lin.all_keys()

    async def test_of_somebody_dying_about_me_is_imminent(self, service, enrolled):
        await enrolled.write(DYING[0])
        await enrolled.press("button-about-me")
        assert (await the_case(service)).triage == 3


class TestBeforeConsent:
    @pytest.mark.parametrize("text", [DYING[0], DYING[4], f"/start {DYING[0]}"])
    async def test_number_first_and_the_words_wait(self, service, ann, text):
        await ann.write(text)
        assert opens_with_the_emergency_number(ann.last)
        assert ann.keys[-3:] == ["other-now", "other-now-send", "other-now-stranger"]
        assert ann.labels()[:2] == ["button-talk-with-words", "button-about-me"]
        assert await rows(service, sa.select(Message)) == []

    async def test_agreed_they_go_along_and_page(self, service, ann, lin, hire):
        await hire(lin)
        await ann.write(DYING[0])
        await ann.press("h:ask")
        await ann.press("h:yes")
        case = await the_case(service)
        assert case.triage == 3
        assert await rows(service, sa.select(Message.case_id)) == [case.id]
        assert lin.keys == ["staff-out-page"]
        # the card that follows speaks of somebody else, not of the writer's own life
        assert "out-card-other" in ann.all_keys() and "out-card" not in ann.all_keys()

    async def test_under_a_picture(self, ann):
        await ann.send("photo", caption=DYING[0])
        assert opens_with_the_emergency_number(ann.last)

    async def test_a_friend_may_be_oneself(self, service, ann):
        await ann.write(WORRIED)
        assert ann.keys[0] == "friend-help"
        await ann.press("button-about-me")
        assert ann.keys[0] == "help-consent"
        await ann.press("h:yes")
        assert (await the_case(service)).triage == 2
