"""Refusals and lost answers of single sends, restarts, and a store that fails."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
import sqlalchemy as sa

from bot.limits import Limits
from flows.post import PostOffice, Result
from storage.errors import StoreDown
from storage.tables.traffic import Delivery as DeliveryRow
from tests.support.office import ALEX


async def test_429_waits_as_told_and_is_no_repeat(office):
    mei = await office.student()
    async with office.sending():
        row_id = await office.queue(mei, "relay")
        await office.one_fault(p_429=1.0, retry_after=1)
        for _ in range(50):
            row = await office.row(row_id)
            if row.reason == "429":
                break
            await asyncio.sleep(0.01)
        assert row.not_before - office.clock.now() > dt.timedelta(seconds=0.5)
        await office.all_over()
    row = await office.row(row_id)
    assert (row.state, row.attempts, row.repeats) == ("sent", 2, 0)
    assert [r.status for r in office.sends()] == [429, 200]
    assert office.shown() == ["out-relay n001 zh"]


async def test_500_goes_again_and_is_no_repeat(office):
    mei = await office.student()
    async with office.sending():
        row_id = await office.queue(mei, "reminder")
        await office.one_fault(p_500=1.0)
        await office.all_over()
    row = await office.row(row_id)
    assert (row.state, row.attempts, row.repeats) == ("sent", 2, 0)
    assert len(office.shown()) == 1


async def test_a_connection_refused_is_no_repeat(office):
    mei = await office.student()
    row_id = await office.queue(mei, "reminder")
    async with office.sending(url="http://127.0.0.1:9"):
        for _ in range(200):
            row = await office.row(row_id)
            if row.attempts >= 2:
                break
            await asyncio.sleep(0.02)
    row = await office.row(row_id)
    assert row.attempts >= 2
    assert (row.state, row.repeats, row.reason) == ("waiting", 0, "unreachable")


@pytest.mark.parametrize("fault", ["p_timeout", "p_reset"])
@pytest.mark.parametrize(
    ("kind", "state", "repeats", "arrived"),
    [
        ("card", "sent", 1, 2),
        ("alert", "sent", 1, 2),
        ("relay", "sent", 1, 2),
        ("follow_up", "sent", 1, 2),
        ("reminder", "skipped", 0, 1),
        ("campaign", "skipped", 0, 1),
    ],
)
async def test_a_lost_answer_by_kind(office, fault, kind, state, repeats, arrived):
    mei = await office.student()
    async with office.sending():
        row_id = await office.queue(mei, kind)
        await office.one_fault(**{fault: 1.0})
        await office.all_over()
    row = await office.row(row_id)
    assert (row.state, row.repeats) == (state, repeats)
    assert len(office.shown()) == arrived
    marked = [text.endswith("repeated") for text in office.shown()]
    assert marked == ([False, True] if kind == "relay" else [False] * arrived)


async def test_a_restart_repeats_or_skips_what_was_under_way(office):
    mei, alex = await office.student(), await office.student(ALEX)
    relay = await office.queue(mei, "relay")
    reminder = await office.queue(alex, "reminder")
    waiting = await office.queue(mei, "relay")
    # claimed, and then the process was killed
    claimed = await office.post_office.claim("student", 10, [])
    assert {parcel.post.id for parcel in claimed} == {relay, reminder}
    assert await office.delivery().recover() == 1
    async with office.sending():
        await office.all_over()
    assert office.shown() == ["out-relay n001 zh repeated", "out-relay n003 zh"]
    assert office.shown(ALEX) == []
    assert (await office.row(reminder)).state == "skipped"
    assert [(await office.row(r)).repeats for r in (relay, waiting)] == [1, 0]


async def test_a_stop_lets_what_is_under_way_end(office, monkeypatch):
    mei, alex = await office.student(), await office.student(ALEX)
    async with office.sending(limits=Limits(overall_per_s=0.1)):
        sent = await office.queue(mei, "card")
        await office.sim.wait_for(lambda s: s.requests)
        # this one waits in the limiter: it certainly did not leave
        inside = await office.queue(alex, "card")
        for _ in range(100):
            if (await office.row(inside)).state == "attempting":
                break
            await asyncio.sleep(0.01)
        assert (await office.row(inside)).state == "attempting"
        monkeypatch.setattr("bot.delivery._END_WITHIN_S", 0.05)
    assert (await office.row(sent)).state == "sent"
    row = await office.row(inside)
    assert (row.state, row.repeats, row.reason) == ("waiting", 0, "ended")


async def test_an_expired_letter_is_not_sent(office):
    mei = await office.student()
    row_id = await office.queue(
        mei, "reminder", expires_at=office.clock.now() - dt.timedelta(seconds=1)
    )
    after = await office.queue(
        mei, "reminder", expires_at=office.clock.now() + dt.timedelta(hours=1)
    )
    async with office.sending():
        await office.all_over()
    assert (await office.row(row_id)).state == "expired"
    assert (await office.row(after)).state == "sent"
    assert office.order() == [2]


async def test_a_copy_in_a_staff_chat_is_remembered_for_its_deletion(office):
    lin = await office.counselor()
    async with office.sending("staff"):
        row_id = await office.queue(
            lin, "relay", bot="staff", args={"protect": 1}, delete_after=dt.timedelta(hours=24)
        )
        await office.all_over()
    (copy,) = await office.database.read(lambda u: list(u.scalars(sa.select(DeliveryRow))))
    (request,) = office.sends()
    assert (copy.outbox_id, copy.message_id) == (row_id, request.message_id)
    assert copy.delete_at - copy.sent_at == dt.timedelta(hours=24)
    assert request.params["protect_content"] is True


async def test_a_result_that_is_written_down_twice_counts_once(office):
    """A sender that ends, or a store that is lost, while a result is being committed."""
    lin, post_office = (
        await office.counselor(),
        PostOffice(office.database, office.clock, office.policy),
    )
    row_id = await office.queue(lin, "relay", bot="staff", delete_after=dt.timedelta(hours=24))
    (parcel,) = await post_office.claim("staff", 5, [])
    unclear = Result(parcel, "unclear", reason="timeout")
    for _ in range(2):
        await post_office.record([unclear])
    assert (await office.row(row_id)).repeats == 1
    (parcel,) = await post_office.claim("staff", 5, [])
    for _ in range(2):
        await post_office.record([Result(parcel, "sent", 7)])
    # of the attempt before
    await post_office.record([unclear])
    assert (await office.row(row_id)).state == "sent"
    assert len(await office.database.read(lambda u: list(u.scalars(sa.select(DeliveryRow))))) == 1


class Faulty(PostOffice):
    """A post office whose store fails as told: before or after the commit."""

    def __init__(self, database, clock, policy):
        super().__init__(database, clock, policy)
        self.after_commit = 0
        self.before_commit = 0
        self.poison = None

    async def exchange(self, bot, ended, limit, busy, **how):
        if self.before_commit:
            self.before_commit -= 1
            raise StoreDown("before")
        if any(result.post.kind == self.poison for result in ended):
            raise ValueError("cannot be written down")
        outcome = await super().exchange(bot, ended, limit, busy, **how)
        if self.after_commit and outcome:
            self.after_commit -= 1
            raise StoreDown("after")
        return outcome


async def test_a_lost_database_is_waited_out(office, monkeypatch):
    monkeypatch.setattr("bot.delivery._POLL_S", 0.05)
    mei = await office.student()
    store = Faulty(office.database, office.clock, office.policy)
    store.before_commit = 1
    row_id = await office.queue(mei, "relay")
    async with office.sending(post_office=store):
        await office.all_over()
    row = await office.row(row_id)
    assert (row.state, row.repeats) == ("sent", 0)


async def test_a_claim_whose_commit_was_not_answered_is_found_again(office, monkeypatch):
    monkeypatch.setattr("bot.delivery._POLL_S", 0.05)
    mei = await office.student()
    store = Faulty(office.database, office.clock, office.policy)
    store.after_commit = 1
    row_id = await office.queue(mei, "relay")
    async with office.sending(post_office=store):
        await office.all_over()
    row = await office.row(row_id)
    assert (row.state, row.attempts) == ("sent", 2)
    assert len(office.shown()) == 1


async def test_a_result_that_cannot_be_written_down_is_not_sent_for_ever(office, monkeypatch):
    monkeypatch.setattr("bot.delivery._POLL_S", 0.05)
    mei = await office.student()
    store = Faulty(office.database, office.clock, office.policy)
    store.poison = "notice"
    async with office.sending(post_office=store):
        bad = await office.queue(mei, "notice")
        good = await office.queue(mei, "relay")
        await office.all_over()
    row = await office.row(bad)
    assert (row.state, row.reason) == ("sent", "unrecorded")
    assert (await office.row(good)).state == "sent"
    assert office.order() == [1, 2]
