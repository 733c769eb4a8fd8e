"""Telegram is away for a while: nobody's row is to blame, and no card is forgotten."""

from __future__ import annotations

import asyncio
import itertools
import json

import pytest
import sqlalchemy as sa
from aiogram.exceptions import (
    ClientDecodeError,
    RestartingTelegram,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
)
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TimedOut

from bot import lanes
from bot.away import TelegramAway, telegram_faults
from bot.simulator import Faults
from storage.tables import Alert, Case, Message
from tests.support.phone import KeyTexts, rows, staff
from tests.support.service import STUDENT_TOKEN, serve

ANN, LIN = 710_000_001, 720_000_001
IMMINENT = "I've got the pills here and I'm going to take them tonight"


@pytest.fixture
async def service(database_url, clock, monkeypatch):
    monkeypatch.setattr("bot.wiring.Texts", KeyTexts)
    # the tries of a row that is to blame end at once
    monkeypatch.setattr(lanes, "_WAITS_S", (0.0, 0.0))
    async with serve(database_url, clock, people=(ANN,), staff=(LIN,)) as running:
        yield running


async def refused(service, times):
    """So many messages were refused since Telegram went away."""
    before = len(service.simulator.requests)
    service.simulator.faults = Faults(p_500=1.0)
    yield
    await service.simulator.wait_for(
        lambda s: sum(r.status == 500 for r in s.requests[before:]) >= times, 20
    )
    service.simulator.faults = Faults()
    yield


@pytest.mark.parametrize("words", ["/crisis", IMMINENT])
async def test_a_stranger_is_answered_when_telegram_is_back(service, monkeypatch, words):
    monkeypatch.setattr(lanes, "_AWAY_WAITS_S", (0.01,) * 1000)
    away = refused(service, times=6)
    await anext(away)
    await service.write(ANN, words)
    await anext(away)
    await service.quiet()
    (text,) = service.texts(ANN)
    assert "— — —" not in text
    assert service.handrail.health.parked == 0


async def test_a_counselor_is_answered_when_telegram_is_back(service, monkeypatch):
    monkeypatch.setattr(lanes, "_AWAY_WAITS_S", (0.01,) * 1000)
    away = refused(service, times=6)
    await anext(away)
    await service.write(LIN, "/start", staff(service, LIN).token)
    await anext(away)
    await service.quiet()
    assert len(staff(service, LIN).messages) == 1
    assert service.handrail.health.parked == 0


@pytest.mark.parametrize(
    ("enrolled", "words", "cards"),
    [(False, "/crisis", 1), (True, "/crisis", 1), (False, IMMINENT, 1), (False, "hello", 0),
     (True, IMMINENT, 0)],
)  # fmt: skip
async def test_whoever_is_owed_a_card_gets_it_before_the_row_is_put_aside(
    service, monkeypatch, enrolled, words, cards
):
    monkeypatch.setattr(lanes, "_AWAY_WAITS_S", (0.01,))
    if enrolled:
        await service.handrail.services.enrolment.begin(ANN, "en", "adult", "US", update_id=1)

    async def nothing_works(*_, **__):
        raise LookupError

    # its tries are used up, for whatever reason, and then Telegram is away too
    monkeypatch.setattr(
        service.handrail.lanes["student"]._handle.__self__._dispatcher,
        "feed_raw_update",
        nothing_works,
    )
    away = refused(service, times=5 if cards else 0)
    await anext(away)
    await service.write(ANN, words)
    await anext(away)
    await service.simulator.wait_for(lambda _: service.handrail.health.parked == 1, 10)
    static = [text for text in service.texts(ANN) if "— — —" in text]
    assert len(static) == cards


async def test_those_who_wait_for_telegram_hold_up_no_other_chat(service, monkeypatch):
    """No clock is read: their next try never comes."""
    monkeypatch.setattr(lanes, "_AWAY_WAITS_S", (3600.0,))
    at_once = service.settings.tuned.intake.lanes_at_once
    away = refused(service, times=at_once + 1)
    await anext(away)
    for person in range(730_000_001, 730_000_001 + at_once + 1):
        await push(service, person, "/crisis")
    await anext(away)
    await service.write(ANN, "/crisis")
    await service.answered(ANN)
    assert service.handrail.lanes["student"].waiting >= at_once + 1


async def push(service, chat, text):
    who = {"id": chat, "type": "private", "is_bot": False, "first_name": "x"}
    await service.simulator.push_raw_update(
        STUDENT_TOKEN,
        {
            "message": {
                "message_id": 1,
                "date": 1,
                "chat": who,
                "from": who,
                "text": text,
                "entities": [{"type": "bot_command", "offset": 0, "length": len(text)}],
            }
        },
    )


@pytest.mark.parametrize(
    "fault",
    [
        TelegramNetworkError(None, "x"),
        RestartingTelegram(None, "x"),
        TelegramRetryAfter(None, "x", 5),
        ClientDecodeError("x", json.JSONDecodeError("x", "<html>", 0), "<html>"),
        NetworkError("x"),
        TimedOut(),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_telegram_is_to_blame(fault):
    with pytest.raises(TelegramAway), telegram_faults():
        raise fault


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
def test_a_wish_for_a_pause_is_no_fault_of_the_row():
    with pytest.raises(TelegramAway), telegram_faults():
        raise RetryAfter(5)


@pytest.mark.parametrize(
    "fault",
    [
        TelegramBadRequest(None, "x"),
        TelegramForbiddenError(None, "x"),
        TelegramEntityTooLarge(None, "x"),
        ClientDecodeError("x", ValueError(), {}),
        BadRequest("x"),
        Forbidden("x"),
        LookupError(),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_the_row_is_to_blame(fault):
    with pytest.raises(type(fault)), telegram_faults():
        raise fault


def test_the_pauses_grow_to_about_a_minute():
    assert all(a < b for a, b in itertools.pairwise(lanes._AWAY_WAITS_S))
    assert 55 <= sum(lanes._AWAY_WAITS_S) <= 65


@pytest.mark.parametrize("first", ["hello", "/crisis"])
async def test_a_cry_behind_a_row_that_waits_has_its_case_and_its_page(
    service, monkeypatch, first
):
    """One message cannot be answered; what is written behind it is screened all the same."""
    monkeypatch.setattr(lanes, "_AWAY_WAITS_S", (3600.0,))
    monkeypatch.setattr(lanes, "_LOOK_EVERY_S", 0.05)
    await service.handrail.services.enrolment.begin(ANN, "en", "adult", "US", update_id=1)
    away = refused(service, times=1)
    await anext(away)
    await service.write(ANN, first)
    async with asyncio.timeout(20):
        while not any(r.status == 500 for r in service.simulator.requests):
            await asyncio.sleep(0.02)
        await service.write(ANN, IMMINENT)
        while not await rows(service, sa.select(Alert.id)):
            await asyncio.sleep(0.02)
    assert await rows(service, sa.select(Case.triage)) == [3]
    texts = sa.select(Message.id).where(Message.direction == "from_student")
    assert len(await rows(service, texts)) == (2 if first == "hello" else 1)
    service.simulator.faults = Faults()
