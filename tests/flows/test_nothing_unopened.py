"""An answer ends no paging over words that nobody opened, and no case is closed over them."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from flows.errors import OutdatedAction

MINUTE = dt.timedelta(minutes=1)


class TestUnopenedWords:
    async def test_an_answer_without_reading_keeps_their_deadline(self, path, taken):
        student, lin, _, case_id = taken
        path.clock.advance(dt.timedelta(minutes=1))
        await path.writes(student, "IMMINENT words")
        await path.talk.say(lin, "bye, see you tomorrow", 5)
        assert (await path.case()).answer_due_at is not None
        await path.reads(lin, case_id)
        await path.talk.say(lin, "I have read it", 6)
        assert (await path.case()).answer_due_at is None

    async def test_a_colleagues_look_opens_nothing_for_the_holder(self, path, taken):
        student, lin, wang, case_id = taken
        path.clock.advance(dt.timedelta(minutes=1))
        await path.writes(student, "IMMINENT words")
        await path.reads(wang, case_id)
        with pytest.raises(OutdatedAction):
            await path.desk.close(lin, case_id, "supported")
        await path.reads(lin, case_id)
        assert (await path.desk.close(lin, case_id, "supported")).status == "closed"


class TestClosing:
    @pytest.mark.parametrize("what", ["flagged", "unflagged", "mark"])
    async def test_what_nobody_opened_keeps_it_open(self, path, taken, what):
        """The screen knows phrases: what it did not flag may be what matters most."""
        student, lin, _, case_id = taken
        path.clock.advance(MINUTE)
        screened = await path.writes(student, "ELEVATED" if what == "flagged" else "I took them")
        if what == "unflagged":
            await path.help.say(student, screened)
        elif what == "mark":
            nothing = dataclasses.replace(screened, message_ids=())
            await path.help.note_sent(student, "voice", nothing, 77)
        with pytest.raises(OutdatedAction):
            await path.desk.close(lin, case_id, "supported")
        await path.reads(lin, case_id)
        assert (await path.desk.close(lin, case_id, "supported")).status == "closed"

    async def test_those_it_was_taken_for_keep_it_open_too(self, path):
        """Whoever takes it next cannot close over what the one before never opened."""
        student, lin = await path.student(), await path.counselor()
        screened = await path.writes(student, "ELEVATED words")
        path.clock.advance(MINUTE)
        await path.desk.take(lin, screened.case_id)
        with pytest.raises(OutdatedAction):
            await path.desk.close(lin, screened.case_id, "unreachable")
        await path.reads(lin, screened.case_id)
        assert (await path.desk.close(lin, screened.case_id, "unreachable")).status == "closed"
