"""The database goes away: help still comes, nothing is lost or said twice."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.intake import Intake
from storage.tables import Message
from tests.support.service import STAFF_TOKEN, serve

ANN, BEN = 710_000_001, 710_000_002
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def service(database_url, clock):
    async with serve(database_url, clock, people=(ANN, BEN)) as running:
        yield running


async def test_crisis_and_danger_are_answered_while_the_database_is_gone(service, tmp_path):
    await service.handrail.services.enrolment.begin(BEN, "en", "adult", "GB", update_id=1)
    await service.write(BEN, "hello there")
    await service.answered(BEN)
    path = tmp_path / "handrail.db"
    path.rename(tmp_path / "gone.db")

    await service.write(ANN, "/crisis")
    await service.write(BEN, "I want to kill myself")
    await service.write(ANN, "what a day")
    await service.answered(ANN)
    await service.answered(BEN, 2)
    assert "988" in service.texts(ANN)[0]
    assert "999" in service.texts(BEN)[1]
    assert "database: cannot be reached" in service.handrail.health.problems()

    (tmp_path / "gone.db").rename(path)
    await service.quiet()
    await service.answered(ANN, 2)
    static = [t for t in service.texts(BEN) + service.texts(ANN) if "— — —" in t]
    assert len(static) == 2
    stored = await service.handrail.database.read(
        lambda u: u.scalar(sa.select(sa.func.count(Message.id)))
    )
    assert stored == 2
    await service.simulator.wait_for(lambda _: service.handrail.health.problems() == [])


@pytest.mark.parametrize("words", ["/crisis", "I want to kill myself"])
async def test_whoever_took_the_staff_bot_for_the_other_is_answered_too(service, tmp_path, words):
    path = tmp_path / "handrail.db"
    path.rename(tmp_path / "gone.db")
    service.simulator.block(ANN, STAFF_TOKEN, False)
    await service.write(ANN, words, STAFF_TOKEN)
    await service.answered(ANN, token=STAFF_TOKEN)
    assert "988" in service.texts(ANN, STAFF_TOKEN)[0]
    (tmp_path / "gone.db").rename(path)
    await service.quiet()
    assert sum("— — —" in text for text in service.texts(ANN, STAFF_TOKEN)) == 1
    assert len(service.texts(ANN, STAFF_TOKEN)) == 2
    assert service.texts(ANN) == []


async def test_whoever_writes_later_in_the_outage_is_answered_too(service, tmp_path):
    """Nothing is acknowledged, so each poll begins with the same updates; the new ones follow."""
    path = tmp_path / "handrail.db"
    path.rename(tmp_path / "gone.db")
    for _ in range(90):
        await service.write(ANN, "what a day")
    await service.write(ANN, "/crisis")
    await service.answered(ANN)
    await service.write(BEN, "I want to kill myself")
    await service.answered(BEN)
    polls = [r for r in service.simulator.requests if r.method == "getUpdates"]
    assert all("offset" not in request.params for request in polls)
    (tmp_path / "gone.db").rename(path)
    await service.quiet()
    assert [sum("— — —" in t for t in service.texts(who)) for who in (ANN, BEN)] == [1, 1]


async def test_a_store_that_goes_before_the_first_poll_leaves_nobody_unanswered(
    database_url, clock, tmp_path, monkeypatch
):
    """What the run before left cannot be read, and yet whoever asks for help is answered."""
    path = tmp_path / "handrail.db"
    begin, gone = Intake.resume, []

    async def resume(self):
        if not gone:
            gone.append(path.rename(tmp_path / "gone.db"))
        await begin(self)

    monkeypatch.setattr(Intake, "resume", resume)
    async with serve(database_url, clock, people=(ANN, BEN)) as service:
        await service.write(ANN, "/crisis")
        await service.answered(ANN)
        assert gone
        (tmp_path / "gone.db").rename(path)
        await service.quiet()
        await service.answered(ANN, 1)
        assert sum("— — —" in t for t in service.texts(ANN)) == 1
        assert not service.handrail.health.store_down
