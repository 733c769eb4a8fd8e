"""Odd, old, wrong and too big: what the person reads, and that nothing is lost or let out."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
import sqlalchemy as sa

from storage import messages
from storage.tables import Case, Inbox, Message, Staff
from tests.support import outage
from tests.support.phone import KeyTexts, rows, settled, staff, student
from tests.support.service import STUDENT_TOKEN, serve

ANN, BEN, LIN, KIM = 710_000_001, 710_000_002, 720_000_001, 720_000_002
WORRYING = "I want to kill myself"


@pytest.fixture
async def service(database_url, clock, monkeypatch):
    monkeypatch.setattr("bot.wiring.Texts", KeyTexts)
    async with serve(database_url, clock, people=(ANN, BEN), staff=(LIN, KIM)) as running:
        yield running


@pytest.fixture
async def ann(service):
    """Ann, enrolled."""
    await service.handrail.services.enrolment.begin(ANN, "en", "adult", "US", update_id=1)
    return student(service, ANN)


async def bodies(service):
    """What was stored of what students wrote, opened: part and words."""

    def work(unit):
        found = unit.scalars(sa.select(Message).order_by(Message.id))
        return [
            (
                row.part,
                unit.keys.student(unit, row.student_id)
                .open(row.body, "messages", "body", row.id)
                .decode(),
            )
            for row in found
        ]

    return await service.handrail.database.read(work)


async def nothing_parked(service):
    """Every update was handled, and its payload is gone."""
    return service.handrail.health.parked == 0 and not await rows(service, sa.select(Inbox.id))


@pytest.mark.parametrize(
    "text",
    ["x" * 4096, "😀" * 2048, "😀😀😀", "‏مرحبا", "夜" * 4096, "a\x00b", "👩‍👩‍👧‍👦🏳️‍🌈"],
    ids=["4096", "4096 units of emoji", "emoji", "right to left", "han", "nul", "joined emoji"],
)
async def test_odd_texts_are_heard_and_kept_whole(service, ann, text):
    await ann.write(text)
    assert ann.keys == ["words-heard"]
    assert await bodies(service) == [("text", text)]
    assert await nothing_parked(service)


@pytest.mark.parametrize("text", ["\u200b\u200b", "/", "/nonsense"])
async def test_texts_without_words_are_answered(service, ann, text):
    await ann.write(text)
    assert ann.keys in (["words-heard"], ["unknown-command"])
    assert await nothing_parked(service)


@pytest.mark.parametrize("kind", ["document", "video", "voice", "photo"])
async def test_a_file_of_20_mb_is_never_fetched_and_its_caption_is_heard(service, ann, kind):
    await ann.send(kind, size=20 * 1024 * 1024 + 1)
    assert ann.keys == ["media-not-passed-on"]
    await ann.send(kind, size=20 * 1024 * 1024 + 1, caption=WORRYING)
    assert "out-flag-notice" in ann.all_keys()
    assert await bodies(service) == [("caption", WORRYING), ("media", kind)]
    assert "getFile" not in {request.method for request in service.simulator.requests}
    assert await nothing_parked(service)


async def test_a_forwarded_message_is_words_without_who_wrote_them(service, ann):
    await ann.write("they wrote this", forward_from=BEN)
    assert ann.keys == ["words-heard"]
    await ann.write(WORRYING, forward_from=BEN)
    assert "out-flag-notice" in ann.all_keys()
    assert await bodies(service) == [("text", "they wrote this"), ("text", WORRYING)]


class TestButtonsOfLastMonth:
    @pytest.fixture
    async def old(self, ann, clock):
        """The settings and an answer of a month ago; since then the menu was opened anew."""
        await ann.write("/settings")
        settings = ann.last
        await ann.write("what a day")
        answer = ann.last
        clock.advance(dt.timedelta(days=31))
        await ann.write("/menu")
        return settings, answer

    async def test_of_a_screen_say_so_and_show_the_menu(self, service, ann, old):
        buttons = [button for line in old[0].buttons for button in line]
        assert len(buttons) > 4
        for button in buttons:
            before = len(ann.answers())
            await ann.press_data(old[0], button.data)
            assert ann.answers()[before:] == ["refusal-outdated"], button.data
            assert ann.keys[0] == "menu-title"
        assert await nothing_parked(service)

    async def test_for_help_still_opens_the_way_to_it(self, service, ann, old):
        await ann.press_data(old[1], ann.data("button-send-words", old[1]))
        assert ann.keys[0] == "case-opened"
        assert len(await rows(service, sa.select(Case.id))) == 1

    async def test_one_that_telegram_no_longer_shows_us(self, service, ann, old):
        """Of an old message Telegram sends only its number and the date 0."""
        chat = {"id": ANN, "type": "private"}
        bare = dataclasses.replace(old[0], raw={"message_id": old[0].id, "date": 0, "chat": chat})
        await ann.press_data(bare, old[0].buttons[0][0].data)
        assert ann.answers() == ["refusal-outdated"]
        assert ann.keys[0] == "menu-title"
        assert await nothing_parked(service)

    @pytest.mark.parametrize(
        "data",
        [
            "w:" + "0" * 32, "n:zz", "f:" + "1" * 32 + ":worse", "o:en:yes:a:XX", "o:xx", "d:9",
            "no-such-thing", "x:more:", "a" * 60, "\x1d", "a\x1db\x1dc", "",
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    async def test_forged_ones_open_nothing(self, service, ann, data):
        await ann.write("/menu")
        before = len(service.simulator.requests)
        await ann.press_data(ann.last, data)
        after = service.simulator.requests[before:]
        assert "answerCallbackQuery" in {request.method for request in after}
        assert ann.keys[0] in {"menu-title", "crisis-title", "mood-consent"}
        assert service.handrail.health.parked == 0
        assert await rows(service, sa.select(Case.id)) == []


class TestInviteCodes:
    """Student codes: tests/handlers/test_campus_code.py."""

    async def test_wrong_used_and_expired(self, service, clock):
        lin, kim, staffing = (
            staff(service, LIN),
            staff(service, KIM),
            service.handrail.services.staffing,
        )
        used, old = await staffing.invite("counselor"), await staffing.invite("admin")
        await lin.write("/start WRONG-CODE2")
        assert lin.keys == ["refusal-unknown-code"]
        await lin.write(f"/start {used}")
        assert "staff-joined" in lin.keys
        for text in (f"/start {used}", used.lower()):
            await kim.write(text)
            assert kim.keys == ["refusal-used-code"]
        clock.advance(dt.timedelta(days=8))
        await kim.write(f"/start {old}")
        assert kim.keys == ["refusal-expired-code"]
        assert await rows(service, sa.select(Staff.role)) == ["counselor"]
        assert not {used, old} & {m.text for m in kim.messages}
        assert await nothing_parked(service)


class TestTheDatabaseGoesAwayInTheMiddleOfCrisis:
    async def test_before_the_update_is_stored(self, service, ann, database_url):
        await outage.take_away(database_url)
        await service.write(ANN, "/crisis")
        await service.answered(ANN)
        assert {"crisis-store-down", "crisis-static-note"} <= set(ann.keys)
        assert service.simulator.pending(STUDENT_TOKEN) == 1
        assert "database: cannot be reached" in service.handrail.health.problems()
        await outage.bring_back(database_url)
        await settled(service)
        assert ann.keys[0] == "crisis-title"
        assert await nothing_parked(service)

    @pytest.mark.parametrize("text", ["/crisis", WORRYING])
    async def test_once_it_is_stored_but_not_handled(
        self, service, ann, database_url, monkeypatch, text
    ):
        """Telegram will not send it again: our copy is the only one."""
        student_lanes, kept = service.handrail.lanes["student"], []
        with monkeypatch.context() as held:
            held.setattr(student_lanes, "put", lambda rows: kept.extend(rows) or len(rows))
            await service.write(ANN, text)
            await service.simulator.wait_for(lambda s: not s.pending(STUDENT_TOKEN), 15)
        await outage.take_away(database_url)
        student_lanes.put(kept)
        await service.answered(ANN)
        assert "crisis-store-down" in ann.keys
        await outage.bring_back(database_url)
        await settled(service)
        assert ann.keys[0] in {"crisis-title", "out-card", "out-flag-notice"}
        assert [words for _, words in await bodies(service)] == [text] * (text == WORRYING)
        assert await nothing_parked(service)


async def test_words_of_a_case_stay_readable_whatever_they_are(service, ann):
    """The longest text is kept whole for the counselor too."""
    text = f"{WORRYING} " + "y" * 4000
    await ann.write(text)
    (case,) = await rows(service, sa.select(Case.id))
    opened = await service.handrail.database.read(
        lambda unit: messages.of_case(unit, case, limit=5)
    )
    assert [words.body for words in opened] == [text]


@pytest.mark.parametrize("broken", ["\ud83d", "\udc80\udcff"])
async def test_bytes_that_are_no_text_stop_neither_their_own_words_nor_the_next(
    service, ann, broken
):
    """The simulator sends a lone surrogate as bytes that are no UTF-8."""
    await ann.receive_raw(text=f"{WORRYING} {broken}")
    await ann.write("hello")
    assert [part for part, _ in await bodies(service)] == ["text", "text"]
    (first, last) = [body for _, body in await bodies(service)]
    assert first.startswith(WORRYING) and last == "hello"
    assert len(await rows(service, sa.select(Case.id))) == 1
    assert service.simulator.pending(STUDENT_TOKEN) == 0
    assert await nothing_parked(service)
