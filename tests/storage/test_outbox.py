"""The outbox as rows: who goes first, what repeats after a crash, what is never sent twice."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from storage import outbox, people
from storage.outbox import PRIORITY, REPEATS, Letter
from storage.tables import Outbox

MINUTE, YEAR = dt.timedelta(minutes=1), dt.timedelta(days=365)


@pytest.fixture
def queue(database, clock):
    """Queue a letter of one kind to a person; its row id."""
    count = iter(range(1000))

    async def put(person_id, kind, **more):
        letter = Letter(
            person_id=person_id,
            bot="student",
            kind=kind,
            text_key=f"out-{kind}",
            cause=f"test:{next(count)}",
            args={"words": "do not leak"},
            **more,
        )
        return await database.transact(lambda u: outbox.put(u, letter, clock.now()))

    return put


@pytest.fixture
def claim(database, clock):
    """Claim as a sender does; the row ids, in order."""

    async def take(*, limit=50, busy=(), **more):
        posts = await database.transact(
            lambda u: outbox.claim(u, "student", clock.now(), limit=limit, busy=busy, **more)
        )
        return [post.id for post in posts]

    return take


async def add(database, clock, telegram_id):
    return await database.transact(
        lambda u: people.add_person(u, "student", telegram_id, "en", "UTC", clock.now()).id
    )


async def finish(database, clock, row_id):
    await database.transact(lambda u: outbox.finish(u, row_id, "sent", clock.now()))


class TestOrder:
    async def test_a_higher_class_overtakes_and_a_class_keeps_its_order(
        self, database, clock, queue, claim
    ):
        person = await add(database, clock, 1)
        campaign = await queue(person, "campaign")
        reminder = await queue(person, "reminder")
        relays = [await queue(person, "relay") for _ in range(3)]
        alert = await queue(person, "alert")
        card, page = await queue(person, "card"), await queue(person, "page")
        sent = []
        for _ in range(8):
            (row_id,) = await claim()
            sent.append(row_id)
            await finish(database, clock, row_id)
        assert sent == [card, page, alert, *relays, reminder, campaign]
        assert await claim() == []

    async def test_one_at_a_time_to_a_person_and_many_persons_at_once(
        self, database, clock, queue, claim
    ):
        persons = [await add(database, clock, n) for n in range(3)]
        first = [await queue(person, "relay") for person in persons]
        second = [await queue(person, "relay") for person in persons]
        assert await claim() == first
        # the one before is under way: the next would overtake it
        assert await claim() == []
        await finish(database, clock, first[1])
        assert await claim() == [second[1]]

    async def test_a_row_put_back_holds_its_place(self, database, clock, queue, claim):
        person = await add(database, clock, 1)
        first, second = await queue(person, "relay"), await queue(person, "relay")
        assert await claim() == [first]
        await database.transact(
            lambda u: outbox.try_again(
                u, first, clock.now() + MINUTE, ambiguous=False, reason="429"
            )
        )
        assert await claim() == []
        clock.advance(MINUTE)
        assert await claim() == [first]
        await finish(database, clock, first)
        assert await claim() == [second]

    async def test_a_row_planned_for_later_holds_up_nobody(self, database, clock, queue, claim):
        person = await add(database, clock, 1)
        later = await queue(person, "relay", not_before=clock.now() + MINUTE)
        now = await queue(person, "relay")
        assert await claim() == [now]
        await finish(database, clock, now)
        due = await database.read(lambda u: outbox.next_due(u, "student", clock.now()))
        assert due == clock.now() + MINUTE
        clock.advance(MINUTE - dt.timedelta(seconds=1))
        assert await claim() == []
        clock.advance(dt.timedelta(seconds=1))
        assert await claim() == [later]

    async def test_a_clock_set_back_holds_up_none_but_what_is_planned(
        self, database, clock, queue, claim
    ):
        clock.advance(YEAR)
        one, two, three = [await add(database, clock, n) for n in range(3)]
        tried, behind = await queue(one, "relay"), await queue(one, "relay")
        assert await claim() == [tried]
        await database.transact(
            lambda u: outbox.try_again(
                u, tried, clock.now() + MINUTE, ambiguous=False, reason="429"
            )
        )
        fresh = await queue(two, "card")
        await queue(three, "reminder", not_before=clock.now() + MINUTE)
        clock.advance(-YEAR)
        assert await claim() == [fresh, tried]
        await finish(database, clock, tried)
        assert await claim() == [behind]
        assert await claim() == []

    async def test_a_row_put_back_waits_as_long_as_any_may(self, database, clock, queue, claim):
        row_id = await queue(await add(database, clock, 1), "relay")
        await claim()
        await database.transact(
            lambda u: outbox.try_again(
                u, row_id, clock.now() + outbox.LONGEST_WAIT, ambiguous=False, reason="429"
            )
        )
        assert await claim() == []
        clock.advance(outbox.LONGEST_WAIT)
        assert await claim() == [row_id]

    async def test_busy_persons_and_less_urgent_classes_stay(self, database, clock, queue, claim):
        one, two = await add(database, clock, 1), await add(database, clock, 2)
        alert, campaign = await queue(one, "alert"), await queue(two, "campaign")
        assert await claim(busy=[one], least_urgent=PRIORITY["relay"]) == []
        assert await claim(least_urgent=PRIORITY["relay"]) == [alert]
        assert await claim() == [campaign]


class TestCrash:
    @pytest.mark.parametrize("kind", sorted(PRIORITY))
    async def test_a_lost_attempt_repeats_or_is_skipped_by_kind(
        self, kind, database, clock, queue, claim
    ):
        row_id = await queue(await add(database, clock, 1), kind)
        await claim()
        repeated = await database.transact(lambda u: outbox.recover(u, "student", clock.now()))
        row = await database.read(lambda u: u.get(Outbox, row_id))
        if kind in REPEATS:
            assert (repeated, row.state, row.repeats) == (1, "waiting", 1)
        else:
            assert (repeated, row.state, row.repeats) == (0, "skipped", 0)

    async def test_what_this_process_is_sending_is_not_recovered(
        self, database, clock, queue, claim
    ):
        row_id = await queue(await add(database, clock, 1), "relay")
        await claim()
        await database.transact(
            lambda u: outbox.recover(u, "student", clock.now(), under_way=[row_id])
        )
        assert (await database.read(lambda u: u.get(Outbox, row_id))).state == "attempting"


class TestWords:
    async def test_arguments_are_ciphertext_under_their_owners_key(
        self, database, clock, queue, claim
    ):
        person = await add(database, clock, 1)
        await database.transact(lambda u: u.keys.make_student(u, person, clock.now()))
        await queue(person, "relay", key_owner=person)
        stored = await database.read(lambda u: u.scalar(sa.select(Outbox.args)))
        assert b"leak" not in stored
        await database.transact(lambda u: u.keys.destroy_student(u, person))
        (post,) = await database.transact(
            lambda u: outbox.claim(u, "student", clock.now(), limit=5, busy=())
        )
        assert post.unreadable == "WordsGone"
        assert post.args == {}
