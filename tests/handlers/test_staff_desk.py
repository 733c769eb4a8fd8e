"""A case from the staff's side: queue, card, words on tap, talk, the end."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from handlers.staff.split import units
from storage.tables import Assessment, Case, Delivery, Message, Outbox
from storage.tables.records import AccessEntry
from tests.handlers.conftest import ANN, WORRYING
from tests.support.phone import keys_in, languages_in, rows, settled

IMMINENT = "I've got the pills here and I'm going to take them tonight"

CLOSE = ("staff-button-close", "staff-disposition-supported", "staff-button-close-yes")


async def the_case(service):
    (case,) = await rows(service, sa.select(Case))
    return case


def nothing_of_the_student(phone):
    everything = " ".join(m.text + str(m.raw) for m in phone.messages)
    return not any(mark in everything for mark in (str(ANN), f"First{ANN}", f"user{ANN}"))


class TestQueueAndCard:
    async def test_the_queue_is_empty_then_has_a_line_and_a_card(self, service, lin, flagged):
        await lin.write("/queue")
        assert lin.keys == ["staff-queue-title"]
        assert lin.labels()[0] == "staff-queue-line"
        await lin.press("staff-queue-line")
        assert lin.keys[:3] == ["staff-card-title", "staff-level-2", "staff-status-waiting"]
        assert {"staff-card-signals", "staff-card-student", "staff-card-words"} <= set(lin.keys)
        assert lin.labels() == [
            "staff-button-take", "staff-button-words",
            "staff-button-notes", "staff-button-details",
            "staff-button-queue",
        ]  # fmt: skip
        assert WORRYING not in str([m.text for m in lin.messages])
        assert "region=United States" in lin.last.text
        assert nothing_of_the_student(lin)

    async def test_by_level_then_age_over_pages(self, service, lin, hire, clock):
        await hire(lin)
        enrolment, help_flow = service.handrail.services.enrolment, service.handrail.services.help
        for place in range(12):
            who = await enrolment.begin(711_000_000 + place, "en", "adult", "US", update_id=1)
            await help_flow.ask(who.id, update_id=1)
            clock.advance(dt.timedelta(minutes=1))
        await lin.write("/queue")
        assert lin.labels().count("staff-queue-line") == 10
        assert "case=H-0001" in lin.last.buttons[0][0].text
        await lin.press("staff-button-next")
        assert lin.labels().count("staff-queue-line") == 2
        await lin.press("staff-button-previous")
        assert lin.labels().count("staff-queue-line") == 10

    async def test_one_by_its_number(self, service, lin, flagged):
        number = (await the_case(service)).number
        for typed in (f"H-{number:04d}", f"h{number}", f"#{number}", str(number)):
            await lin.write(f"/case {typed}")
            assert lin.keys[0] == "staff-card-title"
        await lin.write("/case 999")
        assert lin.keys == ["staff-case-unknown"]
        await lin.write("/case")
        assert lin.keys == ["staff-case-usage"]

    async def test_a_colleague_was_faster(self, lin, kim, hire, taken):
        await hire(kim, name="Kim")
        await kim.write("/queue")
        await kim.press("staff-queue-line")
        assert "staff-status-taken" in kim.keys and "staff-button-take" not in kim.labels()
        await kim.press_data(kim.last, lin.data("staff-button-note").replace("note", "take"))
        assert "refusal-taken" in kim.answers()
        await kim.press_data(kim.last, lin.data("staff-button-close"))
        assert "refusal-not-yours" in kim.answers()

    async def test_true_and_false_alarm_are_kept_as_labels(self, service, taken):
        await taken.press("staff-button-true")
        assert await rows(service, sa.select(Assessment.label)) == ["true_alarm"]
        await taken.press("staff-button-false")
        assert await rows(service, sa.select(Assessment.label)) == ["false_alarm"]
        assert taken.answers()[-2:] == ["staff-labelled-true", "staff-labelled-false"]
        assert (await the_case(service)).triage == 2


class TestPages:
    async def test_one_tap_stops_the_paging_for_all(self, service, enrolled, lin, kim, hire):
        await hire(lin)
        await hire(kim, name="Kim")
        await enrolled.write(IMMINENT)
        assert lin.keys == kim.keys == ["staff-out-page"] and lin.last.protected
        await lin.press("staff-button-on-it")
        assert lin.keys == ["staff-on-it", "staff-time"]
        await kim.press("staff-button-on-it")
        assert kim.keys[0] == "staff-on-it-already"
        await lin.press("staff-button-take")
        await kim.press("staff-button-card")
        assert "staff-status-taken" in kim.keys

    async def test_slower_than_the_one_who_took_it(self, enrolled, lin, kim, hire):
        await hire(lin)
        await hire(kim, name="Kim")
        await enrolled.write(IMMINENT)
        page, data = kim.last, kim.data("staff-button-on-it")
        await lin.press("staff-button-take")
        await kim.press_data(page, data)
        assert kim.keys[0] == "staff-on-it-taken"

    async def test_again_until_somebody_is_on_it(self, service, enrolled, lin, hire, clock):
        await hire(lin)
        await enrolled.write(IMMINENT)
        clock.advance(dt.timedelta(seconds=121))
        await service.handrail.services.alerts.page_due()
        await settled(service)
        assert lin.all_keys().count("staff-out-page") == 2 and "round=2" in lin.last.text


class TestWords:
    async def test_on_tap_only_protected_logged_and_registered(self, service, lin, taken):
        await taken.press("staff-button-words")
        shown = taken.last
        assert WORRYING in shown.text and shown.protected
        assert keys_in(shown.text)[0] == "staff-words-title"
        assert await rows(service, sa.select(AccessEntry.what)) == ["words"]
        (copy,) = await rows(service, sa.select(Delivery).where(Delivery.message_id == shown.id))
        assert copy.delete_at - copy.sent_at <= dt.timedelta(hours=24)

    async def test_a_colleague_may_read_but_not_write(self, service, kim, hire, taken):
        await hire(kim, name="Kim")
        await kim.write("/queue")
        await kim.press("staff-queue-line")
        await kim.press("staff-button-words")
        assert "staff-not-writing" in kim.keys
        await kim.write("hello")
        assert kim.keys[0] == "staff-no-talk"
        assert "out-from-counselor" not in await rows(service, sa.select(Outbox.text_key))

    async def test_longer_than_a_message_are_split(self, service, enrolled, lin, taken):
        await enrolled.write("a long 😀 day " * 290)
        before = len(taken.messages)
        await taken.press("staff-button-read")
        pieces = taken.messages[before - 1 :]
        assert len(pieces) >= 2
        assert all(units(m.text) <= 4096 and m.protected for m in pieces)
        assert "".join(m.text for m in pieces).count("😀") == 290
        copies = await rows(service, sa.select(Delivery.message_id))
        assert {m.id for m in pieces} <= set(copies)

    async def test_nothing_new_and_no_words_at_all(self, service, ben, lin, hire):
        await hire(lin)
        await service.handrail.services.enrolment.begin(
            ben.person, "en", "adult", "US", update_id=1
        )
        await ben.write("/counselor")
        await lin.press("staff-button-take")
        await lin.press("staff-button-words")
        assert "staff-words-none" in lin.keys
        await ben.write("hello")
        await lin.press("staff-button-read")
        assert "hello" in lin.last.text
        await lin.press_data(lin.last, lin.data("staff-button-open").replace("open", "read"))
        assert "staff-words-nothing-new" in lin.all_keys()


class TestTalk:
    async def test_both_ways(self, service, enrolled, taken):
        await taken.write("I am here & listening")
        assert taken.keys == ["staff-on-its-way", "staff-sent-unopened"]
        assert taken.labels()[0] == "staff-button-read"
        assert enrolled.last.text == "Ms. Lin\nI am here & listening"
        await enrolled.write("thank you")
        assert taken.keys == ["staff-out-new-words"] and "thank" not in taken.last.text
        await taken.press("staff-button-read")
        assert "thank you" in taken.last.text

    async def test_a_counselor_is_told_when_it_turns_imminent(self, enrolled, taken):
        await enrolled.write(IMMINENT)
        assert taken.keys == ["staff-out-page-yours"] and not taken.last.silent
        assert taken.labels() == ["staff-button-read", "staff-button-card"]
        await taken.press("staff-button-read")
        assert IMMINENT in taken.last.text
        assert enrolled.keys[0] == "out-card" and "told-your-counselor" in enrolled.keys

    async def test_nothing_goes_out_by_guess(self, service, enrolled, taken):
        await taken.press("staff-button-leave")
        assert taken.keys == ["staff-left"]
        await taken.write("to nobody")
        assert taken.keys == ["staff-no-talk", "staff-own-cases"]
        await taken.press("staff-button-write-in")
        await taken.write("to Ann")
        assert "to Ann" in enrolled.last.text
        await taken.write("/cancel")
        assert taken.keys == ["staff-left"]
        await taken.write("/cancel")
        assert taken.keys == ["staff-nothing-open"]

    async def test_a_note_stays_on_the_desk_and_is_one_text_long(self, service, enrolled, taken):
        before = len(enrolled.messages)
        await taken.press("staff-button-note")
        assert taken.keys == ["staff-note-ask"]
        await taken.write("call the tutor")
        assert taken.keys == ["staff-note-kept"]
        assert len(enrolled.messages) == before
        await taken.write("a second one, without choosing")
        assert "staff-no-talk" in taken.keys and len(enrolled.messages) == before
        await taken.press("staff-button-write-in")
        await taken.press("staff-button-notes")
        assert "call the tutor" in taken.last.text and taken.last.protected
        assert await rows(service, sa.select(AccessEntry.what)) == ["notes"]
        await taken.write("not for Ann either")
        assert "staff-no-talk" in taken.keys and len(enrolled.messages) == before

    async def test_looking_at_another_case_ends_the_talk(self, service, ben, enrolled, taken):
        await service.handrail.services.enrolment.begin(
            ben.person, "en", "adult", "US", update_id=1
        )
        await ben.write("/counselor")
        before = len(enrolled.messages)
        await taken.write("/case 2")
        await taken.write("about the second one")
        assert "staff-no-talk" in taken.keys and len(enrolled.messages) == before

    async def test_a_reply_to_another_case_is_stopped(self, service, ben, enrolled, taken):
        first = taken.last
        await service.handrail.services.enrolment.begin(
            ben.person, "en", "adult", "US", update_id=1
        )
        await ben.write("/counselor")
        await taken.press("staff-button-take")
        await taken.write("for the other one", reply_to=first.id)
        assert taken.keys == ["staff-replied-elsewhere"]
        assert taken.labels() == ["staff-button-write-in"] * 2
        assert "out-from-counselor" not in await rows(service, sa.select(Outbox.text_key))

    @pytest.mark.parametrize("text", ["x" * 3501, "😀" * 1800])
    async def test_too_long_for_one_message_is_not_sent(self, enrolled, taken, text):
        await taken.write(text)
        assert taken.keys == ["refusal-too-long", "staff-not-sent"]
        assert "Ms. Lin" not in str([m.text for m in enrolled.messages[1:-1]])

    async def test_pictures_voices_and_edits_are_said_not_to_go(self, service, enrolled, taken):
        message_id = await taken.write("first")
        await taken.send("photo", caption="look")
        assert taken.keys == ["staff-only-text"]
        await taken.send("voice")
        assert taken.keys == ["staff-only-text"]
        await service.simulator.edit_text(taken.person, taken.token, message_id, "second")
        await settled(service)
        assert taken.keys == ["staff-edit-not-passed"]
        assert "second" not in str([m.text for m in enrolled.messages])


class TestTheEnd:
    async def test_release_gives_it_back(self, service, taken):
        await taken.press("staff-button-release")
        assert taken.keys == ["staff-release-ask"]
        assert (await the_case(service)).status == "taken"
        await taken.press("staff-button-keep")
        assert "staff-status-mine" in taken.keys
        await taken.press("staff-button-release")
        await taken.press("staff-button-give")
        assert (await the_case(service)).status == "waiting"
        assert "staff-status-waiting" in taken.all_keys()

    async def test_close_with_a_disposition_after_asking_once_more(self, service, enrolled, taken):
        await taken.press("staff-button-words")
        await taken.press("staff-button-open")
        await taken.press("staff-button-close")
        assert taken.keys == ["staff-close-choose"] and "staff-disposition-supported" in (
            taken.labels()
        )
        await taken.press("staff-disposition-supported")
        assert taken.keys[0] == "staff-close-confirm"
        await taken.press("staff-button-back")
        await taken.press("staff-disposition-referred-out")
        await taken.press("staff-button-close-yes")
        assert "staff-status-closed" in taken.keys
        case = await the_case(service)
        assert (case.status, case.disposition) == ("closed", "referred_out")
        assert enrolled.keys == ["out-case-closed"]
        await taken.write("one more thing")
        assert taken.keys[0] == "staff-no-talk"

    async def test_a_student_who_asks_again_reopens_it(self, service, enrolled, taken, clock):
        await taken.press("staff-button-words")
        for name in CLOSE:
            await taken.press(name)
        clock.advance(dt.timedelta(hours=1))
        await enrolled.write("/counselor")
        assert (await the_case(service)).status == "waiting"
        assert taken.keys == ["staff-out-new-case"]

    async def test_not_over_words_that_nobody_opened(self, service, enrolled, taken):
        await taken.press("staff-button-close")
        assert taken.keys == ["staff-close-unread"]
        assert taken.labels() == ["staff-button-read", "staff-button-card"]
        for name in ("staff-button-read", "staff-button-open", *CLOSE[:2]):
            await taken.press(name)
        # between the question and the answer
        await enrolled.write("wait, there is one more thing")
        await taken.press("staff-button-close-yes")
        assert "staff-close-unread" in taken.all_keys()
        assert (await the_case(service)).status == "taken"
        for name in ("staff-button-read", "staff-button-open", *CLOSE):
            await taken.press(name)
        assert (await the_case(service)).status == "closed"

    async def test_not_meant_is_told_to_its_counselor(self, enrolled, taken):
        await enrolled.press("button-not-meant")
        assert taken.keys == ["staff-out-not-meant"]
        await taken.press("staff-button-card")
        assert "staff-card-not-meant" in taken.keys
        await enrolled.write(IMMINENT)
        await taken.press("staff-button-words")
        assert taken.keys.count("staff-words-not-meant") == 1
        await taken.press("staff-button-open")
        assert "staff-card-some-not-meant" in taken.keys
        assert "staff-card-not-meant" not in taken.keys

    async def test_a_silent_case_goes_back(self, service, enrolled, taken, clock):
        await taken.write("hello")
        await enrolled.write("are you there?")
        clock.advance(dt.timedelta(minutes=121))
        await service.handrail.services.desk.return_silent()
        await settled(service)
        assert "staff-out-returned" in taken.all_keys()
        assert (await the_case(service)).status == "waiting"

    async def test_buttons_of_a_closed_case_say_so_and_show_it(self, service, taken):
        old, data = taken.last, taken.data("staff-button-release")
        await taken.press("staff-button-words")
        for name in CLOSE:
            await taken.press(name)
        await taken.press_data(old, data)
        assert "refusal-outdated" in taken.answers()
        assert "staff-status-closed" in taken.all_keys()


async def test_everything_in_the_readers_language_and_nothing_of_the_student(
    service, enrolled, lin, hire
):
    view = await hire(lin)
    await service.handrail.services.staffing.set_language(view.id, "zh")
    await enrolled.write(WORRYING)
    for name in ("staff-button-card", "staff-button-take", "staff-button-words"):
        await lin.press(name)
    await lin.write("/oncall")
    await lin.write("/help")
    later = lin.messages[1:]
    assert all(languages_in(m.text) <= {"zh"} for m in later)
    assert nothing_of_the_student(lin)
    assert len(await rows(service, sa.select(Message.id))) == 1
