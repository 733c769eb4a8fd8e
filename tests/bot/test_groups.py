"""The student bot in a group: it takes no words there, goes, and leaves nobody in danger alone."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.simulator.model import Group
from storage.tables import Case, Inbox, Message, Outbox
from tests.support.phone import KeyTexts, rows, student
from tests.support.service import STUDENT_TOKEN, serve

ANN, BEN = 710_000_001, 710_000_002
GROUP = -1_001_234_567_890
WORRYING = "I want to kill myself"


@pytest.fixture
async def service(database_url, clock, monkeypatch):
    monkeypatch.setattr("bot.wiring.Texts", KeyTexts)
    async with serve(database_url, clock, people=(ANN, BEN)) as running:
        running.simulator.add_group(Group(GROUP, "Dorm", members={ANN, BEN}))
        await running.handrail.services.enrolment.begin(ANN, "en", "adult", "US", update_id=1)
        yield running


async def happens(service, kind="message", by=ANN, **content):
    body = {
        "chat": {"id": GROUP, "type": "supergroup", "title": "Dorm"},
        "from": {"id": by, "is_bot": False, "first_name": "A"},
        "date": 1_790_000_000,
        **({"message_id": 5} if kind == "message" else {}),
        **content,
    }
    await service.simulator.push_raw_update(STUDENT_TOKEN, {kind: body})
    await service.quiet()


def becomes(status):
    me = {"id": 7_300_000_001, "is_bot": True, "first_name": "x"}
    return {
        "old_chat_member": {"user": me, "status": "left"},
        "new_chat_member": {"user": me, "status": status},
    }


def left(service):
    return sum(request.method == "leaveChat" for request in service.simulator.requests)


async def nothing_is_stored(service):
    for table in (Message, Case, Outbox, Inbox):
        assert await rows(service, sa.select(table.id)) == []


@pytest.mark.parametrize("by", [ANN, BEN], ids=["a student", "a stranger"])
async def test_words_there_are_not_taken_and_it_goes(service, by):
    await happens(service, by=by, text="hello there")
    await nothing_is_stored(service)
    assert left(service) == 1
    assert service.texts(by) == [] and service.texts(GROUP) == []


@pytest.mark.parametrize("words", [WORRYING, "/crisis"])
async def test_whoever_is_in_danger_there_gets_the_numbers_alone(service, words):
    phone = student(service, ANN)
    await phone.write("/start")
    before = len(phone.messages)
    await happens(service, text=words)
    await nothing_is_stored(service)
    assert "crisis-static-note" in phone.keys
    assert len(phone.messages) == before + 1 and service.texts(GROUP) == []


async def test_that_they_never_wrote_to_the_bot_ends_nothing(service):
    service.simulator.block(BEN, STUDENT_TOKEN, True)
    await service.quiet()
    await happens(service, by=BEN, text=WORRYING)
    await nothing_is_stored(service)
    assert left(service) == 1 and service.handrail.health.parked == 0


@pytest.mark.parametrize(("status", "times"), [("member", 1), ("administrator", 1), ("left", 0)])
async def test_it_goes_as_soon_as_it_is_added(service, status, times):
    await happens(service, "my_chat_member", **becomes(status))
    assert left(service) == times
    await nothing_is_stored(service)


async def test_that_it_is_out_already_is_no_fault(service):
    service.simulator.world.groups.clear()
    await happens(service, "my_chat_member", **becomes("member"))
    assert left(service) == 1 and service.handrail.health.parked == 0
