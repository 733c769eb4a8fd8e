"""Every word is screened before anything else happens to it, whatever becomes of the rest."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from bot.simulator import Faults
from storage.encryption import make_master_key
from storage.tables import Assessment, Case, Message, Screen
from tests.support.phone import KeyTexts, rows, student
from tests.support.service import STUDENT_TOKEN, serve

ANN, BEN, CAM = 710_000_001, 710_000_002, 710_000_003
PEOPLE = (ANN, BEN, CAM)
PILLS = "I took all my pills"
WORRYING = "I want to kill myself"


@pytest.fixture
async def service(database_url, clock, monkeypatch):
    monkeypatch.setattr("bot.wiring.Texts", KeyTexts)
    async with serve(database_url, clock, people=PEOPLE) as running:
        yield running


async def enrol(service, *people):
    for person in people:
        await service.handrail.services.enrolment.begin(person, "en", "adult", "US", update_id=1)


async def flagged(service):
    """Parts and levels of every message that was stored."""

    def work(unit):
        rows = unit.execute(
            sa.select(Message.part, Assessment.level).join(
                Assessment, Assessment.message_id == Message.id
            )
        )
        return sorted(tuple(row) for row in rows)

    return await service.handrail.database.read(work)


class TestEverythingIsScreened:
    async def test_an_unmatched_text(self, service):
        await enrol(service, ANN)
        await service.write(ANN, WORRYING)
        await service.answered(ANN)
        assert await flagged(service) == [("text", "elevated")]

    async def test_words_in_a_form(self, service):
        await enrol(service, ANN)
        phone = student(service, ANN)
        await phone.write("/settings")
        await phone.press("button-name")
        await phone.write(WORRYING)
        assert await flagged(service) == [("text", "elevated")]

    async def test_an_edit(self, service):
        await enrol(service, ANN)
        message_id = await service.simulator.send_text(ANN, STUDENT_TOKEN, "hello there")
        await service.answered(ANN)
        await service.simulator.edit_text(ANN, STUDENT_TOKEN, message_id, WORRYING)
        await service.answered(ANN, 2)
        assert ("edit", "elevated") in await flagged(service)

    async def test_a_caption(self, service):
        await enrol(service, ANN)
        await service.simulator.send_media(
            ANN, STUDENT_TOKEN, "photo", b"\x89PNG", caption=WORRYING
        )
        await service.answered(ANN)
        assert await flagged(service) == [("caption", "elevated")]

    async def test_a_reply_a_quote_and_a_forward(self, service):
        await enrol(service, ANN)
        phone = student(service, ANN)
        first = await phone.write("hello there")
        await phone.write(WORRYING, reply_to=first)
        await phone.write(WORRYING, forward_from=BEN)
        await phone.receive_raw(text="what she wrote", quote={"text": WORRYING, "position": 0})
        found = await flagged(service)
        assert found.count(("text", "elevated")) == 2
        assert found.count(("reply", "elevated")) == 1

    async def test_an_update_that_does_not_parse(self, service):
        await enrol(service, ANN)
        await service.write(ANN, "hello there")
        await service.answered(ANN)
        await service.simulator.push_raw_update(
            STUDENT_TOKEN,
            {
                "message": {
                    "message_id": "no number",
                    "date": {},
                    "chat": {"id": ANN, "type": "private"},
                    "from": {"id": ANN},
                    "text": WORRYING,
                }
            },
        )
        await service.answered(ANN, 2)
        assert ("text", "elevated") in await flagged(service)
        await service.simulator.wait_for(lambda _: service.handrail.health.parked == 1, 10)


@pytest.mark.parametrize("gone", [0, 1, None], ids=["one row", "the other", "all"])
async def test_a_text_to_a_dead_dialog(database_url, clock, monkeypatch, gone):
    """A name was asked for; then the process ended and (part of) the screen was lost."""
    monkeypatch.setattr("bot.wiring.Texts", KeyTexts)
    keys = make_master_key("test")
    async with serve(database_url, clock, people=PEOPLE, keys=keys) as service:
        await enrol(service, ANN)
        phone = student(service, ANN)
        await phone.write("/settings")
        await phone.press("button-name")
    async with serve(database_url, clock, people=PEOPLE, keys=keys) as service:
        # the second simulator begins with the same numbers, and known ones are dropped
        service.simulator.world.bot(STUDENT_TOKEN).next_update_id += 1_000_000
        screens = await rows(service, sa.select(Screen.id).order_by(Screen.id))
        assert len(screens) > 1
        lost = screens if gone is None else [screens[gone]]
        await service.handrail.database.transact(
            lambda unit: unit.execute(sa.delete(Screen).where(Screen.id.in_(lost)))
        )
        phone = student(service, ANN)
        await phone.write(WORRYING)
        assert await flagged(service) == [("text", "elevated")]
        assert "out-flag-notice" in phone.all_keys()
        assert service.handrail.health.parked == 0


async def test_before_consent_it_is_screened_in_memory_and_nothing_is_stored(service):
    phone = student(service, BEN)
    await phone.write("/start")
    await phone.write(WORRYING)
    assert phone.keys[:2] == ["stranger-flagged", "crisis-title"]

    def counts(unit):
        tables = ("messages", "persons", "addresses", "inbox", "screens", "outbox")
        return {t: unit.scalar(sa.text(f"SELECT count(*) FROM {t}")) for t in tables}

    assert set((await service.handrail.database.read(counts)).values()) == {0}


async def test_no_case_waits_for_somebody_elses_answer(database_url, clock, monkeypatch):
    """Both places are held by answers that Telegram does not give."""
    monkeypatch.setattr("bot.running._DRAIN_WITHIN_S", 0.1)
    monkeypatch.setattr("bot.delivery._END_WITHIN_S", 0.1)
    places = {"lanes_at_once": 2}
    async with serve(database_url, clock, people=PEOPLE, intake=places) as service:
        await enrol(service, *PEOPLE)
        # whoever writes first is read for the first time
        await service.write(CAM, "hello there")
        await service.answered(CAM)
        service.simulator.faults = Faults(p_timeout=1.0)
        for person in (ANN, BEN):
            await service.write(person, "hello there")
        await service.simulator.wait_for(
            lambda _: service.handrail.lanes["student"]._free.locked(), 10
        )
        await service.write(CAM, PILLS)
        async with asyncio.timeout(1):
            while not await rows(service, sa.select(Case.id)):
                await asyncio.sleep(0.02)


async def test_an_answer_is_not_waited_for_a_minute(service):
    waits = {client.session.timeout for client in service.handrail.clients.values()}
    assert waits == {15}
