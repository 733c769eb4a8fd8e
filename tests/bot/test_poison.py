"""Updates that nobody can handle: the others do not wait, and nothing is swept under the rug."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot import lanes
from storage.tables import Assessment, Inbox, Message
from tests.support import door
from tests.support.phone import KeyTexts, rows, student
from tests.support.service import STUDENT_TOKEN, serve

ANN = 710_000_001
OTHERS = tuple(range(710_000_011, 710_000_017))
WORRYING = "I want to kill myself"
POISONED = 100


@pytest.fixture
async def service(database_url, clock, monkeypatch):
    monkeypatch.setattr("bot.wiring.Texts", KeyTexts)
    async with serve(database_url, clock, people=(ANN, *OTHERS)) as running:
        for person in (ANN, *OTHERS):
            await running.handrail.services.enrolment.begin(
                person, "en", "adult", "US", update_id=1
            )
        yield running


async def push_poison(service, chat):
    """A message that aiogram cannot read."""
    await service.simulator.push_raw_update(
        STUDENT_TOKEN,
        {
            "message": {
                "message_id": "no number",
                "chat": {"id": chat, "type": "private"},
                "from": {"id": chat},
                "text": WORRYING,
            }
        },
    )


async def tried(service, at_least):
    """Every poisoned chat has had its first try: its row waits for the second."""
    worker = service.handrail.lanes["student"]
    await service.simulator.wait_for(lambda s: not s.pending(STUDENT_TOKEN), 15)
    assert worker.waiting >= at_least


@pytest.mark.parametrize("chats", [1, POISONED], ids=["one chat", "a hundred chats"])
async def test_a_hundred_do_not_hold_up_other_chats(service, monkeypatch, chats):
    """No clock is read: the poisoned rows' next try never comes, and all others are answered.

    More chats are poisoned than there are lanes at once, so a waiting row that kept its place,
    or one queue for all, would leave the others without an answer for ever.
    """
    monkeypatch.setattr(lanes, "_WAITS_S", (3600.0, 3600.0))
    assert service.settings.tuned.intake.lanes_at_once < POISONED
    for n in range(POISONED):
        await push_poison(service, ANN if chats == 1 else 790_000_000 + n)
    await tried(service, POISONED)
    for person in OTHERS:
        await service.write(person, "hello there")
    for person in OTHERS:
        await service.answered(person)
        assert student(service, person).keys == ["words-heard"]
    assert service.handrail.health.parked == 0
    assert service.handrail.lanes["student"].waiting >= POISONED


async def test_each_is_screened_parked_counted_shown_and_the_chat_goes_on(service, monkeypatch):
    monkeypatch.setattr(lanes, "_WAITS_S", (0.0, 0.0))
    for _ in range(3):
        await push_poison(service, ANN)
    phone = student(service, ANN)
    await phone.write("hello there")
    assert phone.keys[0] == "said-waiting"
    assert service.handrail.health.parked == 3
    parked = await rows(service, sa.select(Inbox.state))
    assert parked == ["parked"] * 3
    flagged = sa.select(Message.id).join(Assessment).where(Assessment.level == "elevated")
    assert len(await rows(service, flagged)) == 3
    async with door.opened(service) as asked:
        assert "parked updates: 3" in (await asked.get("/readyz"))[1]
        assert "handrail_parked 3.0" in (await asked.get("/metrics"))[1]
