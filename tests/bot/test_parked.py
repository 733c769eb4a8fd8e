"""A row put aside is no silence: its writer hears of it, and the operator can try it again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot import lanes
from bot.simulator import Faults
from storage import inbox
from storage.tables import Inbox, Message
from tests.support.phone import KeyTexts, rows, staff, student
from tests.support.service import STAFF_TOKEN, STUDENT_TOKEN, serve

ANN, BEN, LIN = 710_000_001, 710_000_002, 720_000_001
WORRYING = "I want to kill myself"


@pytest.fixture
async def service(database_url, clock, monkeypatch):
    monkeypatch.setattr("bot.wiring.Texts", KeyTexts)
    monkeypatch.setattr(lanes, "_WAITS_S", (0.0, 0.0))
    async with serve(database_url, clock, people=(ANN, BEN), staff=(LIN,)) as running:
        await running.handrail.services.enrolment.begin(ANN, "en", "adult", "US", update_id=1)
        yield running


def break_students(service, monkeypatch):
    async def nothing_works(*_, **__):
        raise LookupError

    dispatcher = service.handrail.lanes["student"]._handle.__self__._dispatcher
    monkeypatch.setattr(dispatcher, "feed_raw_update", nothing_works)


async def parked(service, count=1):
    await service.simulator.wait_for(lambda _: service.handrail.health.parked == count, 15)
    await service.quiet()


async def test_whoever_wrote_hears_of_it_in_both_languages(service, monkeypatch):
    break_students(service, monkeypatch)
    await service.write(ANN, "hello there")
    await parked(service)
    assert service.texts(ANN) == ["[en not-through]\n\n[zh not-through]"]
    assert await rows(service, sa.select(Inbox.state)) == ["parked"]


async def test_so_does_staff(service, monkeypatch):
    code = await service.handrail.services.staffing.invite("counselor")
    await service.handrail.services.staffing.accept(LIN, code, "en")

    async def nothing_works(*_, **__):
        raise LookupError

    monkeypatch.setattr(type(service.handrail.application), "process_update", nothing_works)
    await service.write(LIN, "/queue", STAFF_TOKEN)
    await parked(service)
    assert staff(service, LIN).keys == ["not-through", "not-through"]
    (kept,) = await rows(service, sa.select(Inbox.payload))
    assert kept
    # a stranger's words, perhaps meant for the students' bot, are not kept
    await service.write(BEN, "hello", STAFF_TOKEN)
    await parked(service, 2)
    assert sorted(bool(p) for p in await rows(service, sa.select(Inbox.payload))) == [False, True]


async def test_what_is_in_a_case_has_come_through(service, monkeypatch):
    break_students(service, monkeypatch)
    await service.write(ANN, WORRYING)
    await parked(service)
    await service.answered(ANN)
    assert "not-through" not in student(service, ANN).all_keys()


async def test_that_it_cannot_be_said_ends_nothing(service, monkeypatch):
    break_students(service, monkeypatch)
    service.simulator.faults = Faults(p_500=1.0)
    await service.write(ANN, "hello there")
    await parked(service)
    assert service.texts(ANN) == []


@pytest.mark.parametrize("stage", ["stranger", "mood_only"])
async def test_without_consent_nothing_of_it_is_kept(service, monkeypatch, stage):
    if stage == "mood_only":
        await service.handrail.services.enrolment.begin_mood_only(BEN, "en")
    break_students(service, monkeypatch)
    await service.write(BEN, "hello there")
    await parked(service)
    assert await rows(service, sa.select(Inbox.payload)) == [b""]
    assert await rows(service, sa.select(Inbox.lane)) == [b""]
    assert await service.handrail.database.transact(inbox.put_back) == 0
    assert service.handrail.health.parked == 1
    assert student(service, BEN).keys == ["not-through", "not-through"]


async def test_what_is_put_back_is_taken_up_by_whoever_runs(service, monkeypatch):
    with monkeypatch.context() as broken:
        break_students(service, broken)
        await service.write(ANN, "hello there")
        await parked(service)
    assert await service.handrail.database.transact(inbox.put_back) == 1
    for _ in range(2):
        await service.handrail.sweeper.sweep_once()
    await service.quiet()
    assert student(service, ANN).keys == ["words-heard"]
    assert await rows(service, sa.select(Inbox.id)) == []
    # its words were stored at the first try
    assert len(await rows(service, sa.select(Message.id))) == 1
    assert service.handrail.health.parked == 0


async def test_what_fails_again_is_parked_again(service, monkeypatch):
    break_students(service, monkeypatch)
    await service.write(ANN, "hello there")
    await parked(service)
    await service.handrail.database.transact(inbox.put_back)
    await service.handrail.sweeper.sweep_once()
    await service.quiet()
    (found,) = await service.handrail.database.read(inbox.parked)
    assert (found.bot, found.reason, found.attempts, found.kept) == (
        "student", "LookupError", 3, True,
    )  # fmt: skip
    assert not service.simulator.pending(STUDENT_TOKEN)
