"""The sweeps with the real flows: what is due is done, once, whatever fails."""

from __future__ import annotations

import asyncio
import datetime as dt
from types import SimpleNamespace
from unittest.mock import AsyncMock

import pytest
import sqlalchemy as sa
import time_machine
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramForbiddenError
from structlog.testing import capture_logs

from bot.health import Health
from bot.simulator import Faults, Person, Simulator
from bot.sweeper import Sweeper
from content.crisis_catalog import load_directory
from flows.alerts import Alerts
from flows.clock import MovableClock, SystemClock
from flows.copies import LEASE, Copies
from flows.crisis import CrisisDesk
from flows.desk import Desk
from flows.enrolment import Enrolment
from flows.follow_ups import FollowUps
from flows.help import Help
from flows.policy import Policy, RetentionDays
from flows.receive import Incoming, Receive
from flows.retention import Retention
from flows.rules.parts import Part
from flows.rules.risk import Assessment, RiskLevel, Signal
from flows.staffing import Staffing
from storage import inbox, outbox
from storage.errors import StoreDown
from storage.outbox import Letter
from storage.tables import Alert, Message, OperatorAlert, Outbox
from storage.tables import Assessment as AssessmentRow
from storage.tables.traffic import Delivery, Inbox, InboxSeen

TOKEN = "654321:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
MEI, LIN = 10_001_001, 20_001_001
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


class FixedScreen:
    """Imminent where the text says so."""

    async def assess(self, text):
        found = RiskLevel.IMMINENT if "IMMINENT" in text else RiskLevel.NONE
        signals = ()
        if found is not RiskLevel.NONE:
            signals = (Signal("plan", "lexicon", found, "test", 0, len(text), "t1"),)
        return Assessment(found, found.rank / 3, "en", False, 0.0, signals, "t1", None, False)


class Paged:
    """Takes what a pager would post; refuses while told so."""

    configured = True

    def __init__(self):
        self.posted, self.takes = [], True

    async def post(self, webhook):
        self.posted.append((webhook.kind, webhook.number))
        return self.takes


class Campus:
    """The flows over one database, a staff chat in the simulator, a sweeper."""

    def __init__(self, database, clock, simulator, client):
        policy = Policy().model_copy(
            update={"enrolment": Policy().enrolment.model_copy(update={"open": True})}
        )
        self.database, self.clock, self.sim = database, clock, simulator
        self.receive = Receive(database, clock, policy, FixedScreen())
        self.enrolment = Enrolment(database, clock, policy, self.receive)
        self.staffing = Staffing(database, clock, policy)
        self.help = Help(database, clock, policy)
        self.services = SimpleNamespace(
            alerts=Alerts(database, clock, policy),
            desk=Desk(database, clock, policy),
            follow_ups=FollowUps(database, clock, policy),
            staffing=self.staffing,
            copies=Copies(database, clock, policy),
            crisis=CrisisDesk(database, clock, load_directory(), None, "US"),
        )
        self.pager = Paged()
        self.retention = Retention(database, clock, RetentionDays())
        self.sweeper = Sweeper(
            services=self.services,
            retention=self.retention,
            pager=self.pager,
            clients={"staff": client},
            look_at_parked=self.count_parked,
            stay_alone=self.stay_alone,
            health=Health(),
        )
        self.client = client
        self.policy = policy
        self._update = 0
        self.parked_counts = 0

    async def stay_alone(self):
        pass

    async def count_parked(self):
        self.parked_counts += 1

    async def counselor(self):
        code = await self.staffing.invite("counselor")
        lin = (await self.staffing.accept(LIN, code, "en")).id
        await self.staffing.set_on_call(lin, True)
        return lin

    async def student(self):
        return (await self.enrolment.begin(MEI, "en", "adult", "US", update_id=1)).id

    async def writes(self, student_id, text):
        self._update += 1
        return await self.receive.receive(
            Incoming("student", self._update, MEI, student_id, (Part("text", text),), False)
        )

    async def letters(self, text_key):
        return await self.database.read(
            lambda u: u.scalar(
                sa.select(sa.func.count()).select_from(Outbox).where(Outbox.text_key == text_key)
            )
        )

    async def all(self, *columns):
        return await self.database.read(lambda u: u.execute(sa.select(*columns)).all())

    async def copy(self, lin, case_id):
        """Words shown in the staff chat, and remembered."""
        sent = await self.client.send_message(LIN, "words")
        await self.services.copies.keep(lin, case_id, sent.message_id)
        return sent.message_id

    def is_deleted(self, message_id):
        (found,) = [m for m in self.sim.chat(LIN, TOKEN) if m.id == message_id]
        return found.deleted


@pytest.fixture
async def campus(database):
    clock = MovableClock()
    simulator = Simulator(limits=False, seed=5)
    simulator.add_bot(TOKEN, "staff_bot", "desk")
    simulator.add_person(Person(LIN, "P", None, "en", "counselor", "staff", "P"))
    await simulator.start()
    await simulator.send_text(LIN, TOKEN, "/start")
    client = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(simulator.url)))
    made = Campus(database, clock, simulator, client)
    yield made
    made.sweeper.stop()
    await client.session.close()
    await simulator.stop()


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


async def test_words_leave_the_staff_chat_in_time(campus):
    lin, mei = await campus.counselor(), await campus.student()
    case = await campus.help.ask(mei, update_id=1)
    shown = await campus.copy(lin, case.case_id)
    hours = campus.policy.cases.staff_copies_deleted_after_h
    campus.clock.advance((hours - 1) * HOUR)
    await campus.sweeper.sweep_once()
    assert not campus.is_deleted(shown)
    campus.clock.advance(HOUR)
    await campus.sweeper.sweep_once()
    assert campus.is_deleted(shown)
    ((deleted,),) = await campus.all(Delivery.deleted_at)
    assert deleted is not None


async def test_more_copies_than_one_batch_go_in_one_sweep(campus):
    lin, mei = await campus.counselor(), await campus.student()
    case = await campus.help.ask(mei, update_id=1)
    shown = [await campus.copy(lin, case.case_id) for _ in range(105)]
    campus.clock.advance(DAY)
    await campus.sweeper.sweep_once()
    assert all(campus.is_deleted(message_id) for message_id in shown)


async def test_a_copy_that_telegram_no_longer_deletes_is_never_called_deleted(campus):
    lin, mei = await campus.counselor(), await campus.student()
    case = await campus.help.ask(mei, update_id=1)
    shown = await campus.copy(lin, case.case_id)
    await campus.copy(lin, case.case_id)
    campus.sim.shift_clock(dt.timedelta(hours=49))
    campus.clock.advance(DAY)
    for _ in range(2):
        await campus.sweeper.sweep_once()
        campus.clock.advance(LEASE)
    assert not campus.is_deleted(shown)
    for deleted, standing in await campus.all(Delivery.deleted_at, Delivery.stands_since):
        assert deleted is None and standing is not None
    assert await campus.letters("staff-out-copy-stands") == 1
    assert ("copy_stands",) in await campus.all(OperatorAlert.kind)
    # where it stands stays known
    campus.clock.advance(30 * DAY)
    await campus.retention.purge()
    assert len(await campus.all(Delivery.id)) == 2


async def test_a_copy_that_somebody_deleted_by_hand_is_gone(campus):
    lin, mei = await campus.counselor(), await campus.student()
    case = await campus.help.ask(mei, update_id=1)
    shown = await campus.copy(lin, case.case_id)
    await campus.client.delete_message(LIN, shown)
    campus.clock.advance(DAY)
    await campus.sweeper.sweep_once()
    ((deleted, standing),) = await campus.all(Delivery.deleted_at, Delivery.stands_since)
    assert deleted is not None and standing is None
    assert await campus.letters("staff-out-copy-stands") == 0


@pytest.mark.parametrize("too_late", [False, True])
async def test_a_copy_in_a_chat_that_blocked_the_bot_is_taken_back_once_it_may_be(
    campus, monkeypatch, too_late
):
    lin, mei = await campus.counselor(), await campus.student()
    case = await campus.help.ask(mei, update_id=1)
    shown = await campus.copy(lin, case.case_id)
    campus.clock.advance(DAY)
    refuses = TelegramForbiddenError(method=None, message="Forbidden: bot was blocked by the user")
    with monkeypatch.context() as blocked:
        blocked.setattr(type(campus.client), "delete_message", AsyncMock(side_effect=refuses))
        await campus.sweeper.sweep_once()
        ((deleted, standing),) = await campus.all(Delivery.deleted_at, Delivery.stands_since)
        assert deleted is None and standing is None
        if too_late:
            campus.clock.advance(DAY + HOUR)
            await campus.sweeper.sweep_once()
    campus.clock.advance(LEASE)
    await campus.sweeper.sweep_once()
    ((deleted, standing),) = await campus.all(Delivery.deleted_at, Delivery.stands_since)
    assert campus.is_deleted(shown) == (deleted is not None) == (not too_late)
    assert (standing is not None) == too_late


async def test_a_copy_is_kept_in_mind_while_telegram_does_not_answer(campus):
    lin, mei = await campus.counselor(), await campus.student()
    case = await campus.help.ask(mei, update_id=1)
    shown = await campus.copy(lin, case.case_id)
    campus.clock.advance(DAY)
    campus.sim.faults = Faults(p_500=1.0)
    await campus.sweeper.sweep_once()
    ((deleted,),) = await campus.all(Delivery.deleted_at)
    assert deleted is None
    campus.sim.faults = Faults()
    campus.clock.advance(LEASE)
    await campus.sweeper.sweep_once()
    assert campus.is_deleted(shown)


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


async def test_a_copy_that_is_still_to_be_taken_back_is_not_forgotten(campus):
    lin, mei = await campus.counselor(), await campus.student()
    case = await campus.help.ask(mei, update_id=1)
    await campus.copy(lin, case.case_id)
    campus.clock.advance(15 * DAY)
    await campus.retention.purge()
    assert len(await campus.all(Delivery.id)) == 1
    ((delivery_id,),) = await campus.all(Delivery.id)
    await campus.services.copies.deleted([delivery_id])
    await campus.retention.purge()
    assert await campus.all(Delivery.id) == []
