"""What counselors do with a case, and what they may not."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa

from flows.errors import FlowError, OutdatedAction, Refusal
from flows.rules.triage import DISPOSITIONS
from storage.tables import AccessEntry, Assessment, CaseNote, Message
from tests.flows.campus import ALEX, KIM

MINUTE = dt.timedelta(minutes=1)


def reason(refused):
    return refused.value.reason


class TestQueue:
    async def test_by_level_then_age_a_page_at_a_time(self, path):
        lin, cases = await path.counselor(), []
        for number, words in enumerate(["ELEVATED", "IMMINENT", "", "ELEVATED", "IMMINENT"]):
            student = await path.student(700 + number)
            if words:
                cases.append((await path.writes(student, words)).case_id)
            else:
                cases.append((await path.help.ask(student, update_id=1)).case_id)
            path.clock.advance(MINUTE)
        page, total = await path.desk.queue(lin, limit=3)
        rest, _ = await path.desk.queue(lin, offset=3, limit=3)
        assert total == 5
        assert [i.case_id for i in (*page, *rest)] == [cases[n] for n in (1, 4, 0, 3, 2)]
        assert [i.unread for i in (*page, *rest)] == [1, 1, 1, 1, 0]

    async def test_a_closed_case_is_gone_from_it_and_still_found_by_number(self, path, taken):
        _, lin, wang, case_id = taken
        (item,), _ = await path.desk.queue(wang)
        assert (item.status, item.mine) == ("taken", False)
        await path.desk.close(lin, case_id, "supported")
        assert await path.desk.queue(wang) == ((), 0)
        assert await path.desk.find(wang, item.number) == case_id
        assert await path.desk.find(wang, item.number + 1) is None
        card = await path.desk.card(lin, case_id)
        assert (card.status, card.mine, card.disposition) == ("closed", False, "supported")

    @pytest.mark.parametrize("role", ["editor", "adviser"])
    async def test_other_roles_see_nothing(self, path, role):
        other = await path.counselor(KIM, role=role)
        with pytest.raises(FlowError) as refused:
            await path.desk.queue(other)
        assert reason(refused) is Refusal.NOT_ALLOWED

    async def test_a_case_that_never_was_is_an_outdated_button(self, path):
        lin = await path.counselor()
        for step in (path.desk.card, path.desk.take, path.talk.open_words, path.desk.release):
            with pytest.raises(OutdatedAction):
                await step(lin, uuid.uuid4())


class TestHolding:
    async def test_another_counselor_can_neither_take_close_release_nor_write(self, path, taken):
        _, _, wang, case_id = taken
        with pytest.raises(FlowError) as refused:
            await path.desk.take(wang, case_id)
        assert reason(refused) is Refusal.TAKEN
        for step in (
            lambda: path.desk.close(wang, case_id, "supported"),
            lambda: path.desk.release(wang, case_id),
            lambda: path.talk.set_step(wang, case_id),
        ):
            with pytest.raises(FlowError) as refused:
                await step()
            assert reason(refused) is Refusal.NOT_YOURS
        with pytest.raises(FlowError) as refused:
            await path.talk.say(wang, "hello", 5)
        assert reason(refused) is Refusal.NO_CASE
        assert (await path.case()).status == "taken"

    async def test_taken_twice_by_one_counselor_tells_the_student_once(self, path, taken):
        _, lin, _, case_id = taken
        path.clock.advance(MINUTE)
        assert (await path.desk.take(lin, case_id)).mine
        assert len(await path.outbox("out-case-taken")) == 1

    async def test_a_released_case_waits_is_told_and_can_be_taken_by_the_other(self, path, taken):
        _, lin, wang, case_id = taken
        path.clock.advance(MINUTE)
        card = await path.desk.release(lin, case_id)
        assert (card.status, card.counselor_name) == ("waiting", None)
        assert (await path.case()).taken_at is None
        assert (await path.told("staff-out-new-case")).count(wang) == 1
        for step in (
            lambda: path.desk.release(lin, case_id),
            lambda: path.desk.close(lin, case_id, "supported"),
        ):
            with pytest.raises(OutdatedAction):
                await step()
        assert (await path.desk.take(wang, case_id)).mine

    @pytest.mark.parametrize("spoken", [True, False])
    async def test_the_student_learns_that_it_was_released_by_name_if_spoken_with(
        self, path, taken, spoken
    ):
        student, lin, _, case_id = taken
        path.clock.advance(MINUTE)
        if spoken:
            await path.talk.say(lin, "I am here.", 9)
        await path.desk.release(lin, case_id)
        assert await path.told(f"out-case-{'released' if spoken else 'returned'}") == [student]

    async def test_what_another_counselor_said_before_does_not_count(self, path, taken):
        student, lin, wang, case_id = taken
        await path.talk.say(lin, "I am here.", 9)
        await path.desk.release(lin, case_id)
        path.clock.advance(MINUTE)
        await path.desk.take(wang, case_id)
        await path.desk.release(wang, case_id)
        assert await path.told("out-case-released") == [student]

    async def test_a_released_imminent_case_pages_again(self, path):
        student, lin = await path.student(), await path.counselor()
        screened = await path.writes(student, "IMMINENT words")
        await path.desk.take(lin, screened.case_id)
        path.clock.advance(MINUTE)
        assert (await path.desk.release(lin, screened.case_id)).paging
        assert await path.told("staff-out-page") == [lin, lin]

    async def test_a_silent_case_returns_to_the_queue_and_pages(self, path):
        student, lin = await path.student(), await path.counselor()
        screened = await path.writes(student, "IMMINENT words")
        await path.desk.take(lin, screened.case_id)
        path.clock.advance(9 * MINUTE)
        assert await path.desk.return_silent() == 0
        path.clock.advance(2 * MINUTE)
        assert await path.desk.return_silent() == 1
        assert (await path.case()).status == "waiting"
        assert await path.told("staff-out-page") == [lin, lin]
        assert await path.told("staff-out-returned") == [lin]
        assert await path.told("out-case-returned") == [student]

    async def test_a_counselor_who_answered_keeps_the_case_while_the_student_is_silent(
        self, path, taken
    ):
        student, lin, _, _ = taken
        await path.talk.say(lin, "I am here.", 5)
        path.clock.advance(dt.timedelta(days=2))
        assert await path.desk.return_silent() == 0
        await path.help.say(student, await path.writes(student, "still here"))
        path.clock.advance(dt.timedelta(minutes=121))
        assert await path.desk.return_silent() == 1


class TestTalking:
    async def test_words_are_opened_on_tap_logged_and_then_read(self, path):
        student, lin = await path.student(), await path.counselor()
        screened = await path.writes(student, "ELEVATED words")
        assert (await path.desk.card(lin, screened.case_id)).unread == 1
        assert await path.count(AccessEntry) == 0
        opened = await path.reads(lin, screened.case_id)
        assert [w.body for w in opened.words] == ["ELEVATED words"]
        assert opened.words[0].spans == ((0, 14),)
        assert not opened.mine
        assert (await path.desk.card(lin, screened.case_id)).unread == 0
        assert await path.talk.writing_in(lin) is None
        again = await path.reads(lin, screened.case_id, only_unread=True)
        assert again.words == ()
        # each opening counts, also one that showed nothing new
        assert await path.rows(sa.select(AccessEntry.staff_id)) == [lin, lin]
        seen = (await path.privacy.view(student)).accesses
        assert [a.what for a in seen] == ["words", "words"]

    async def test_an_answer_goes_to_the_student_and_stops_the_clock(self, path, taken):
        student, lin, _, case_id = taken
        await path.staffing.set_name(lin, "Dr. Lin")
        said = await path.talk.say(lin, "  I am here.  ", 5)
        assert (said.case_id, said.step, said.student_blocked) == (case_id, "talk", False)
        assert await path.told("out-from-counselor") == [student]
        assert (await path.case()).answer_due_at is None
        opened = await path.reads(lin, case_id)
        assert [(w.direction, w.body) for w in opened.words] == [("to_student", "I am here.")]

    async def test_each_counselor_is_called_by_the_name_they_chose(self, path, taken):
        _, lin, wang, case_id = taken
        await path.staffing.set_name(lin, "Ms. Lin")
        await path.talk.say(lin, "I am here.", 5)
        await path.desk.release(lin, case_id)
        await path.desk.take(wang, case_id)
        await path.talk.say(wang, "So am I.", 6)
        opened = await path.reads(wang, case_id)
        said = [(w.body, opened.names[w.author_id]) for w in opened.words]
        assert said == [("I am here.", "Ms. Lin"), ("So am I.", None)]

    @pytest.mark.parametrize(
        ("text", "why"), [("  \n ", Refusal.EMPTY), ("x" * 3501, Refusal.TOO_LONG)]
    )
    async def test_what_cannot_be_said_changes_nothing(self, path, taken, text, why):
        _, lin, _, _ = taken
        with pytest.raises(FlowError) as refused:
            await path.talk.say(lin, text, 5)
        assert reason(refused) is why
        assert await path.count(Message) == 0

    async def test_the_longest_answer_is_said_whole(self, path, taken):
        _, lin, _, case_id = taken
        await path.talk.say(lin, "字" * 3500, 5)
        (word,) = (await path.reads(lin, case_id)).words
        assert word.body == "字" * 3500

    async def test_after_leaving_the_talk_nothing_goes_to_the_student(self, path, taken):
        _, lin, _, _ = taken
        await path.talk.set_step(lin, None)
        with pytest.raises(FlowError) as refused:
            await path.talk.say(lin, "to nobody", 5)
        assert reason(refused) is Refusal.NO_CASE
        assert await path.outbox("out-from-counselor") == []

    async def test_a_case_lost_meanwhile_takes_no_answer(self, path, taken):
        _, lin, wang, case_id = taken
        path.clock.advance(dt.timedelta(minutes=121))
        await path.desk.return_silent()
        await path.desk.take(wang, case_id)
        with pytest.raises(FlowError) as refused:
            await path.talk.say(lin, "late", 5)
        assert reason(refused) is Refusal.NO_CASE

    async def test_a_note_is_ciphertext_never_sent_and_its_reading_is_logged(self, path, taken):
        student, lin, wang, case_id = taken
        await path.staffing.set_name(lin, "Dr. Lin")
        await path.talk.set_step(lin, case_id, "note")
        assert (await path.talk.say(lin, "planted note", 5)).step == "note"
        assert await path.talk.writing_in(lin) is None
        with pytest.raises(FlowError) as refused:
            await path.talk.say(lin, "another note, by mistake", 6)
        assert reason(refused) is Refusal.NO_CASE
        assert await path.outbox("out-from-counselor") == []
        (stored,) = await path.rows(sa.select(CaseNote.body))
        assert b"planted" not in stored
        opened = await path.talk.notes(wang, case_id)
        assert [(name, body) for name, body, _ in opened.notes] == [("Dr. Lin", "planted note")]
        assert [a.what for a in (await path.privacy.view(student)).accesses] == ["notes"]

    async def test_one_preview_sends_once_and_another_again(self, path, taken):
        _, lin, _, _ = taken
        await path.talk.say(lin, "I am here.", 5, preview=77)
        with pytest.raises(OutdatedAction):
            await path.talk.say(lin, "I am here.", 6, preview=77)
        assert await path.count(Message) == 1
        await path.talk.say(lin, "I am here.", 7, preview=78)
        assert len(await path.outbox("out-from-counselor")) == 2


class TestWhereATextGoes:
    async def test_notes_or_another_case_end_the_talk(self, path, taken):
        _, lin, _, case_id = taken
        alex = await path.student(ALEX)
        other = (await path.help.ask(alex, update_id=1)).case_id
        await path.talk.leave_other(lin, case_id)
        assert await path.talk.writing_in(lin) == (case_id, "talk")
        await path.talk.leave_other(lin, other)
        assert await path.talk.writing_in(lin) is None
        await path.talk.set_step(lin, case_id, "talk")
        await path.talk.notes(lin, case_id)
        assert await path.talk.writing_in(lin) is None
        await path.talk.set_step(lin, case_id, "talk")
        await path.reads(lin, other)
        assert await path.talk.writing_in(lin) is None


class TestClosing:
    @pytest.mark.parametrize("disposition", DISPOSITIONS)
    async def test_the_student_is_told_and_writing_ends(self, path, taken, disposition):
        student, lin, _, case_id = taken
        card = await path.desk.close(lin, case_id, disposition)
        assert (card.status, card.disposition) == ("closed", disposition)
        assert await path.told("out-case-closed") == [student]
        assert await path.talk.writing_in(lin) is None
        assert await path.help.current(student) is None
        for step in (
            lambda: path.desk.close(lin, case_id, disposition),
            lambda: path.desk.take(lin, case_id),
            lambda: path.desk.release(lin, case_id),
        ):
            with pytest.raises(OutdatedAction):
                await step()

    async def test_a_case_nobody_took_cannot_be_closed(self, path):
        student, lin = await path.student(), await path.counselor()
        case = await path.help.ask(student, update_id=1)
        with pytest.raises(OutdatedAction):
            await path.desk.close(lin, case.case_id, "supported")

    async def test_words_come_twenty_at_a_time_until_none_is_unread(self, path, taken):
        student, lin, _, case_id = taken
        for n in range(25):
            await path.writes(student, f"ELEVATED {n}")
        shown = []
        while (await path.desk.card(lin, case_id)).unread:
            opened = await path.reads(lin, case_id, only_unread=True)
            shown.append(len(opened.words))
        assert shown == [20, 5]
        assert (await path.desk.close(lin, case_id, "supported")).status == "closed"

    @pytest.mark.parametrize("bad", ["", "SUPPORTED", "nonsense"])
    async def test_only_known_dispositions(self, path, taken, bad):
        _, lin, _, case_id = taken
        with pytest.raises(FlowError) as refused:
            await path.desk.close(lin, case_id, bad)
        assert reason(refused) is Refusal.BAD_VALUE
        assert (await path.case()).status == "taken"

    async def test_the_student_who_writes_again_within_days_opens_the_same_case(self, path, taken):
        student, lin, _, case_id = taken
        await path.desk.close(lin, case_id, "supported")
        path.clock.advance(dt.timedelta(days=6))
        again = await path.help.ask(student, update_id=1)
        assert (again.case_id, again.newly_open, again.status) == (case_id, True, "waiting")
        row = await path.case()
        assert (row.counselor_id, row.closed_at, row.disposition) == (None, None, None)

    async def test_and_later_a_new_one(self, path, taken):
        student, lin, _, case_id = taken
        await path.desk.close(lin, case_id, "supported")
        path.clock.advance(dt.timedelta(days=8))
        again = await path.writes(student, "ELEVATED words")
        assert again.case_id != case_id
        assert (await path.desk.card(lin, again.case_id)).earlier_cases == 1


class TestLabels:
    @pytest.mark.parametrize("label", ["true_alarm", "false_alarm"])
    async def test_a_counselors_word_is_kept_on_every_flag_of_the_case(self, path, label):
        student, lin = await path.student(), await path.counselor()
        screened = await path.writes(student, "ELEVATED words")
        await path.writes(student, "IMMINENT words")
        other = await path.student(ALEX)
        await path.writes(other, "ELEVATED words", telegram_id=ALEX)
        await path.desk.label(lin, screened.case_id, label)
        kept = await path.rows(sa.select(Assessment.label).order_by(Assessment.id))
        assert kept == [label, label, None]
        assert (await path.audited())[-1] == "flags_labelled"

    async def test_no_other_word(self, path, taken):
        _, lin, _, case_id = taken
        with pytest.raises(FlowError) as refused:
            await path.desk.label(lin, case_id, "perhaps")
        assert reason(refused) is Refusal.BAD_VALUE


async def test_too_long_is_counted_as_telegram_counts(path, taken):
    _, lin, _, _ = taken
    await path.talk.say(lin, "😀" * 1750, 1)
    with pytest.raises(FlowError) as refused:
        await path.talk.say(lin, "😀" * 1751, 2)
    assert reason(refused) is Refusal.TOO_LONG
