"""Nothing ends over words that nobody opened, whatever the clock says and whoever comes."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
import sqlalchemy as sa

from storage.tables import Alert, Message, Student

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.fixture
async def lin(path):
    return await path.counselor()


@pytest.fixture
async def student(path):
    return await path.student()


@pytest.fixture
async def case_id(path, student, lin):
    """A case that Lin has and was asked for."""
    asked = await path.help.ask(student)
    await path.desk.take(lin, asked.case_id)
    return asked.case_id


async def still_pages(path):
    """The alert is open, and the student's time to be answered runs."""
    assert (await path.alert()).state == "open"
    assert (await path.case()).answer_due_at is not None


class TestAClockSetBack:
    async def test_an_answer_ends_nothing(self, path, student, lin, case_id):
        path.clock.advance(-HOUR)
        await path.writes(student, "IMMINENT words")
        await path.talk.say(lin, "Good morning.", 9)
        await still_pages(path)

    async def test_other_words_that_were_opened_end_nothing(self, path, student, lin, case_id):
        opened = await path.talk.open_words(lin, case_id)
        path.clock.advance(-HOUR)
        await path.writes(student, "IMMINENT words")
        await path.talk.words_shown(lin, opened)
        await still_pages(path)
        await path.reads(lin, case_id)
        assert await path.rows(sa.select(Alert.state)) == ["acknowledged"]

    async def test_what_it_was_taken_for_is_to_be_read_as_well(self, path, student, lin):
        screened = await path.writes(student, "IMMINENT words")
        path.clock.advance(-HOUR)
        await path.desk.take(lin, screened.case_id)
        assert (await path.talk.say(lin, "I am here.", 9)).unopened
        assert (await path.case()).answer_due_at is not None


async def test_hello_is_an_answer_once_the_words_are_read(path, student, lin):
    screened = await path.writes(student, "IMMINENT words")
    await path.desk.take(lin, screened.case_id)
    assert (await path.talk.say(lin, "I am here.", 9)).unopened
    assert (await path.case()).answer_due_at is not None
    await path.reads(lin, screened.case_id)
    assert not (await path.talk.say(lin, "I have read it.", 10)).unopened
    assert (await path.case()).answer_due_at is None


@pytest.fixture
def postgres(database_url):
    if database_url.startswith("sqlite"):
        pytest.skip("an embedded store has one writer")


@pytest.mark.usefixtures("postgres")
class TestWordsThatAreStoredJustAfter:
    """Their time was taken before the case was, and their commit comes later."""

    @staticmethod
    async def held_up(path, step):
        """Start a step that needs the student's row while another connection has it."""
        connection = await path.database.engine.connect()
        await connection.execute(sa.select(Student.id).with_for_update(key_share=True))
        waiting = asyncio.ensure_future(step)
        blocked = sa.text(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        for _ in range(500):
            if await path.database.read(lambda unit: unit.scalar(blocked)):
                return connection, waiting
            await asyncio.sleep(0.01)
        raise AssertionError("it did not wait")

    async def test_the_case_is_taken_meanwhile(self, path, student, lin):
        case_id = (await path.help.ask(student)).case_id
        connection, waiting = await self.held_up(path, path.writes(student, "IMMINENT words"))
        path.clock.advance(MINUTE)
        await path.desk.take(lin, case_id)
        await connection.close()
        await waiting
        taken, (sent,) = await path.case(), await path.rows(sa.select(Message.sent_at))
        assert sent < taken.taken_at
        await path.talk.say(lin, "Good morning.", 9)
        await still_pages(path)

    async def test_an_answer_comes_meanwhile(self, path, student, lin, case_id):
        connection, waiting = await self.held_up(path, path.writes(student, "IMMINENT words"))
        path.clock.advance(MINUTE)
        await path.talk.say(lin, "Good morning.", 9)
        await connection.close()
        await waiting
        await still_pages(path)

    @pytest.mark.parametrize("again", range(10))
    async def test_both_at_once(self, path, student, lin, case_id, again):
        """Whichever comes first, the words page until they are opened."""
        await asyncio.gather(
            path.writes(student, "IMMINENT words"),
            path.talk.say(lin, "Good morning.", 9),
            path.talk.words_shown(lin, await path.talk.open_words(lin, case_id)),
        )
        await still_pages(path)
