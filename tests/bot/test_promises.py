"""What the README promises, looked at from outside: real bots, real database, the simulator."""

from __future__ import annotations

import asyncio
import gzip
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.health import BotHealth
from bot.intake import Poller
from storage import backup
from storage.tables import Assessment, Case, Message
from tests.support.service import STAFF_TOKEN, STUDENT_TOKEN, serve

ANN, BEN, LIN = 710_000_001, 710_000_002, 720_000_001
PEOPLE, STAFF = (ANN, BEN), (LIN,)
WORRYING = "I want to kill myself"


@pytest.fixture
async def service(database_url, clock):
    async with serve(database_url, clock, people=PEOPLE, staff=STAFF) as running:
        yield running


async def enrol(service, *people):
    for person in people:
        await service.handrail.services.enrolment.begin(person, "en", "adult", "US")


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

    async def test_a_text_to_a_dead_dialog(self, service):
        await enrol(service, ANN)
        await service.write(ANN, "/settings")
        await service.answered(ANN)
        await service.handrail.database.transact(
            lambda unit: unit.execute(sa.text("DELETE FROM screens"))
        )
        await service.write(ANN, WORRYING)
        await service.answered(ANN, 2)
        assert ("text", "elevated") in await flagged(service)

    async def test_words_in_a_form(self, service):
        await enrol(service, ANN)
        await service.write(ANN, "/settings")
        await service.answered(ANN)
        (button,) = [
            b
            for m in service.simulator.chat(ANN, STUDENT_TOKEN)
            for row in m.buttons
            for b in row
            if b.text == "Name"
        ]
        message = service.simulator.chat(ANN, STUDENT_TOKEN)[-1]
        await service.simulator.press(ANN, STUDENT_TOKEN, message.id, button.data)
        await service.quiet()
        await service.write(ANN, WORRYING)
        await service.quiet()
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

    async def test_a_reply_and_a_forward(self, service):
        await enrol(service, ANN)
        first = await service.simulator.send_text(ANN, STUDENT_TOKEN, "hello there")
        await service.simulator.send_text(ANN, STUDENT_TOKEN, WORRYING, reply_to=first)
        await service.simulator.send_text(ANN, STUDENT_TOKEN, WORRYING, forward_from=BEN)
        await service.quiet()
        levels = [level for _, level in await flagged(service)]
        assert levels.count("elevated") == 2

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


async def test_a_hundred_poison_updates_do_not_hold_up_others(service):
    await enrol(service, ANN, BEN)
    for _ in range(100):
        await service.simulator.push_raw_update(
            STUDENT_TOKEN,
            {"message": {"message_id": "x", "chat": {"id": ANN, "type": "private"}}},
        )
    await service.write(BEN, "hello there")
    # within one poll and one answer; the poisoned lane is still at its first tries then
    await service.answered(BEN, timeout=5)
    assert service.handrail.health.parked == 0


async def test_two_pollers_on_one_token_show_in_readiness(service):
    await service.simulator.wait_for(lambda _: service.handrail.health.bots["student"].ready, 5)
    health = BotHealth(polling=True)
    rival = Poller(_Deaf(), service.simulator.url, STUDENT_TOKEN, health, 1)
    task = asyncio.get_running_loop().create_task(rival.run())
    try:
        await service.simulator.wait_for(
            lambda _: (
                health.fault is not None
                or service.handrail.health.bots["student"].fault is not None
            ),
            10,
        )
    finally:
        task.cancel()
    problems = service.handrail.health.problems()
    assert "409" in (health.fault or "") or any("409" in line for line in problems)


class _Deaf:
    bot = "student"

    async def take(self, updates):
        raise AssertionError("the rival must not take updates here")


PLANTED = [f"canary-{n:03d}-weissnicht" for n in range(60)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_nothing_written_stands_in_plaintext(service, database_url, tmp_path, capsys):
    """Names, ids, numbers, sentences: not in database, backup, logs or metrics."""
    await enrol(service, ANN, BEN)
    staffing = service.handrail.services.staffing
    code = await staffing.invite("counselor")
    await service.write(LIN, f"/start {code}", STAFF_TOKEN)
    await service.quiet()
    lin = await staffing.find(LIN)
    await staffing.set_name(lin.id, "Dr Planted-Name")
    for n, canary in enumerate(PLANTED):
        await service.write(ANN if n % 2 else BEN, f"{canary} {WORRYING if n % 7 == 0 else ''}")
    await service.quiet()
    case = await service.handrail.database.read(
        lambda unit: unit.scalar(sa.select(Case.id).limit(1))
    )
    await service.handrail.services.desk.take(lin.id, case)
    await service.write(LIN, "canary-answer of the counselor", STAFF_TOKEN)
    await service.quiet()
    await service.simulator.push_raw_update(
        STUDENT_TOKEN,
        {
            "message": {
                "message_id": "x",
                "chat": {"id": ANN, "type": "private"},
                "text": "canary-poison",
            }
        },
    )
    await service.simulator.wait_for(lambda _: service.handrail.health.parked == 1, 15)
    await backup.back_up(database_url, tmp_path / "backup.gz")

    needles = [
        *PLANTED,
        "canary-answer",
        "canary-poison",
        "Planted-Name",
        code,
        str(ANN),
        str(BEN),
        str(LIN),
        f"user{ANN}",
        f"First{ANN}",
        WORRYING,
    ]
    captured = capsys.readouterr()
    places = {
        "backup": gzip.decompress((tmp_path / "backup.gz").read_bytes()),
        "keys beside it": (tmp_path / backup.KEYS_NAME).read_bytes(),
        "logs": (captured.out + captured.err).encode(),
        "metrics": service.handrail.health.metrics(),
    }
    path = database_url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in ("", "-wal", "-shm"):
        places[f"database{suffix}"] = Path(path + suffix).read_bytes()
    found = [
        (place, needle)
        for place, content in places.items()
        for needle in needles
        if needle.encode() in content
    ]
    assert found == []
    assert len(places["database"]) > 50_000


@pytest.mark.parametrize(
    "text",
    ["x" * 4096, "😀😀😀", "‏مرحبا", "\u200b\u200b", "a\x00b", "/", "/nonsense", "🫥" * 2000],
)
async def test_odd_texts_are_answered(service, text):
    await enrol(service, ANN)
    await service.write(ANN, text)
    await service.answered(ANN)
    assert service.handrail.health.parked == 0


async def test_big_files_voices_and_stickers_are_kindly_refused(service):
    await enrol(service, ANN)
    kinds = [("document", 20 * 1024 * 1024 + 1), ("voice", 100), ("sticker", 100), ("video", 100)]
    for kind, size in kinds:
        await service.simulator.send_media(ANN, STUDENT_TOKEN, kind, b"x", size=size)
    await service.answered(ANN, len(kinds))
    refused = service.handrail.services.texts.get("en", "media-not-passed-on")
    assert service.texts(ANN) == [refused] * len(kinds)


async def test_buttons_of_another_time_and_forged_ones(service):
    await enrol(service, ANN)
    await service.write(ANN, "/menu")
    await service.answered(ANN)
    message = service.simulator.chat(ANN, STUDENT_TOKEN)[-1]
    forged = [
        "w:" + "0" * 32,
        "n:zz",
        "f:" + "1" * 32 + ":worse",
        "o:en:yes:a:XX",
        "o:xx",
        "d:9",
        "no-such-thing",
        "x:more:",
        "a" * 60,
    ]
    for place, data in enumerate(forged, start=1):
        await service.simulator.push_raw_update(
            STUDENT_TOKEN,
            {
                "callback_query": {
                    "id": str(place),
                    "from": {"id": ANN, "is_bot": False, "first_name": "A"},
                    "chat_instance": "1",
                    "data": data,
                    "message": message.raw,
                }
            },
        )
    await service.quiet()
    await asyncio.sleep(0)
    assert service.handrail.health.parked == 0
    assert await service.handrail.database.read(lambda u: u.scalar(sa.select(Case.id))) is None


async def test_under_age_and_before_consent_nothing_is_stored(service):
    await service.write(BEN, "/start")
    await service.answered(BEN)
    await service.write(BEN, WORRYING)
    await service.answered(BEN, 2)
    assert "988" in service.texts(BEN)[-1]
    await service.quiet()

    def counts(unit):
        tables = ("messages", "persons", "addresses", "inbox", "screens", "outbox")
        return {t: unit.scalar(sa.text(f"SELECT count(*) FROM {t}")) for t in tables}

    assert set((await service.handrail.database.read(counts)).values()) == {0}
