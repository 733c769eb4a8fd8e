"""The sweeps with the real flows: what is due is done, once, whatever fails."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
import time_machine
from structlog.testing import capture_logs

from content.crisis_catalog import load_directory
from flows.clock import SystemClock
from flows.crisis import CrisisDesk
from storage import inbox, outbox
from storage.errors import StoreDown
from storage.outbox import Letter
from storage.tables import Alert, Message, OperatorAlert, Outbox
from storage.tables import Assessment as AssessmentRow
from storage.tables.traffic import Inbox, InboxSeen
from tests.support.sweeping import DAY, HOUR


async def test_an_unacknowledged_alert_is_paged_again_when_due_and_then_called_out(campus):
    await campus.counselor()
    mei = await campus.student()
    await campus.writes(mei, "IMMINENT")
    await campus.sweeper.sweep_once()
    assert await campus.letters("staff-out-page") == 1
    for paged in (2, 3, 4):
        campus.clock.advance(dt.timedelta(seconds=campus.policy.paging.every_s + 1))
        await campus.sweeper.sweep_once()
        assert await campus.letters("staff-out-page") == paged
    assert ("imminent_unacknowledged", 1) in campus.pager.posted


async def test_two_sweeps_at_once_page_and_call_once(campus):
    await campus.counselor()
    mei = await campus.student()
    await campus.writes(mei, "IMMINENT")
    for _ in range(3):
        campus.clock.advance(dt.timedelta(seconds=campus.policy.paging.every_s + 1))
        await asyncio.gather(campus.sweeper.sweep_once(), campus.sweeper.sweep_once())
    assert await campus.letters("staff-out-page") == 4
    assert campus.pager.posted == [("imminent_unacknowledged", 1)]


async def test_a_call_that_nobody_took_is_made_again_later(campus):
    await campus.counselor()
    mei = await campus.student()
    await campus.writes(mei, "IMMINENT")
    campus.pager.takes = False
    for _ in range(3):
        campus.clock.advance(dt.timedelta(seconds=campus.policy.paging.every_s + 1))
        await campus.sweeper.sweep_once()
    assert len(campus.pager.posted) == 1
    ((tries, done),) = await campus.all(Alert.webhook_tries, Alert.webhook_done_at)
    assert (tries, done) == (1, None)
    campus.pager.takes = True
    campus.clock.advance(dt.timedelta(seconds=31))
    await campus.sweeper.sweep_once()
    ((tries, done),) = await campus.all(Alert.webhook_tries, Alert.webhook_done_at)
    assert tries == 2
    assert done is not None


async def test_an_operators_fault_is_called_out_but_not_every_few_seconds(campus):
    await campus.services.alerts.tell_operator("send_failed")
    campus.pager.takes = False
    for _ in range(5):
        await campus.sweeper.sweep_once()
    assert campus.pager.posted == [("send_failed", None)]


async def test_without_a_webhook_nothing_is_tried(campus):
    campus.pager.configured = False
    await campus.services.alerts.tell_operator("send_failed")
    await campus.sweeper.sweep_once()
    assert campus.pager.posted == []
    ((done,),) = await campus.all(OperatorAlert.webhook_done_at)
    assert done is None


async def test_a_follow_up_is_asked_when_due(campus):
    lin, mei = await campus.counselor(), await campus.student()
    case = await campus.help.ask(mei, update_id=1)
    await campus.services.desk.take(lin, case.case_id)
    await campus.services.desk.close(lin, case.case_id, "supported")
    await campus.sweeper.sweep_once()
    assert await campus.letters("out-follow-up") == 0
    campus.clock.advance(campus.policy.cases.follow_up_after_h * HOUR + HOUR)
    await campus.sweeper.sweep_once()
    await campus.sweeper.sweep_once()
    assert await campus.letters("out-follow-up") == 1


@pytest.mark.parametrize(
    ("fault", "event"),
    [
        (ValueError("words that a log must not hold"), "sweep_failed"),
        (StoreDown("gone"), "sweep_waits_for_the_database"),
    ],
)
async def test_a_job_that_fails_is_named_and_the_others_run(campus, fault, event):
    failing = [fault]

    async def fails():
        if failing:
            raise failing.pop()

    campus.sweeper._jobs["page"] = (5, fails)
    lin, mei = await campus.counselor(), await campus.student()
    case = await campus.help.ask(mei, update_id=1)
    shown = await campus.copy(lin, case.case_id)
    campus.clock.advance(DAY)
    with capture_logs() as logs:
        await campus.sweeper.sweep_once()
        await campus.sweeper.sweep_once()
    named = [log for log in logs if log["event"] == event]
    assert [log["job"] for log in named] == ["page"]
    assert "must not hold" not in str(logs)
    assert campus.is_deleted(shown)


async def test_a_number_checked_from_a_terminal_is_shown_as_checked(campus):
    other_process = CrisisDesk(campus.database, campus.clock, load_directory(), None, "US")
    await other_process.confirm("us-988", "Dr W", "988")

    def checked():
        entries = campus.services.crisis.view("US").entries
        return {shown.entry.id for shown in entries if shown.checked_on is not None}

    assert checked() == set()
    await campus.sweeper.sweep_once()
    assert checked() == {"us-988"}


async def test_the_scheduler_runs_every_job_late_rather_than_never(campus):
    campus.sweeper.start()
    jobs = campus.sweeper.scheduler.get_jobs()
    assert {job.id for job in jobs} == set(campus.sweeper._jobs)
    assert {job.misfire_grace_time for job in jobs} == {None}
    assert {job.coalesce for job in jobs} == {True}


async def test_the_scheduler_really_sweeps(campus):
    ran = asyncio.Event()

    async def job():
        ran.set()

    campus.sweeper._jobs = {"page": (0.01, job)}
    campus.sweeper.start()
    async with asyncio.timeout(5):
        await ran.wait()


async def test_a_system_clock_set_back_does_not_stop_the_sweeps(campus, monkeypatch):
    monkeypatch.setattr("bot.sweeper._LOOK_AT_CLOCK_S", 0.01)
    ran = asyncio.Semaphore(0)

    async def job():
        ran.release()

    campus.sweeper._jobs = {"page": (0.01, job)}
    campus.sweeper.start()
    async with asyncio.timeout(5):
        await ran.acquire()
    with time_machine.travel(SystemClock().now() - 3 * HOUR, tick=True):
        async with asyncio.timeout(20):
            # one or two may have been on their way
            for _ in range(10):
                await ran.acquire()


@pytest.mark.parametrize(("days", "kept"), [(6.9, True), (7.1, False)])
async def test_unflagged_words_outside_a_case_go_after_a_week(campus, days, kept):
    mei = await campus.student()
    await campus.writes(mei, "the soup was salty")
    campus.clock.advance(dt.timedelta(days=days))
    await campus.sweeper.sweep_once()
    assert bool(await campus.all(Message.id)) is kept
    assert bool(await campus.all(AssessmentRow.id)) is kept


async def test_words_in_a_case_stay_with_it(campus):
    mei = await campus.student()
    await campus.writes(mei, "IMMINENT")
    campus.clock.advance(400 * DAY)
    await campus.retention.purge()
    assert len(await campus.all(Message.id)) == 1
    assert len(await campus.all(AssessmentRow.id)) == 1


@pytest.mark.parametrize(("days", "kept"), [(13.9, True), (14.1, False)])
async def test_finished_letters_go_and_waiting_ones_stay(campus, days, kept):
    mei = await campus.student()
    now = campus.clock.now()

    def work(unit):
        ids = [
            outbox.put(unit, Letter(person_id=mei, bot="student", kind="relay",
                                    text_key="out-x", cause=f"c{n}"), now)
            for n in range(2)
        ]  # fmt: skip
        outbox.finish(unit, ids[0], "sent", now)

    await campus.database.transact(work)
    campus.clock.advance(dt.timedelta(days=days))
    await campus.retention.purge()
    states = sorted(state for (state,) in await campus.all(Outbox.state))
    assert states == (["sent", "waiting"] if kept else ["waiting"])


async def test_a_purge_of_many_goes_in_batches_to_the_end(campus, monkeypatch):
    monkeypatch.setattr("flows.retention._BATCH", 10)
    mei = await campus.student()
    for n in range(35):
        await campus.writes(mei, f"soup {n}")
    campus.clock.advance(8 * DAY)
    assert await campus.retention.purge() >= 35
    assert await campus.all(Message.id) == []


async def test_parked_updates_and_their_numbers_go(campus):
    now = campus.clock.now()
    arrival = inbox.Arrival(5, b"l" * 16, b"{}")

    def work(unit):
        (stored,) = inbox.store(unit, "student", [arrival], now)
        inbox.park(unit, stored.id, "ValueError", 3)

    await campus.database.transact(work)
    campus.clock.advance(8 * DAY)
    await campus.retention.purge()
    assert await campus.all(InboxSeen.id) == []
    assert len(await campus.all(Inbox.id)) == 1
    campus.clock.advance(23 * DAY)
    await campus.retention.purge()
    assert await campus.all(Inbox.id) == []
