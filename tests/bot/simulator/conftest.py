"""A running simulator with both real libraries pointed at it."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram import Bot as PtbBot

from bot.simulator import Group, Person, Simulator

TOKEN = "123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
ANN, BO, STRANGER = 1001, 1002, 1003
FORUM = -1001234567890


def people(sim: Simulator) -> None:
    """Add the people and the forum every test knows."""
    sim.add_bot(TOKEN, "handrail_bot", "Handrail", key="student")
    sim.add_person(Person(id=ANN, first_name="Ann", username="ann_a", label="a student"))
    sim.add_person(Person(id=BO, first_name="Bo", language_code="zh"))
    sim.add_person(Person(id=STRANGER, first_name="Cy"))
    sim.add_group(Group(FORUM, "Desk", is_forum=True, members={ANN}))


def aiogram_bot(sim: Simulator, token: str = TOKEN) -> Bot:
    """Return an unmodified aiogram bot that talks to the simulator."""
    return Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(sim.url)))


def ptb_bot(sim: Simulator, token: str = TOKEN) -> PtbBot:
    """Return an unmodified python-telegram-bot bot that talks to the simulator."""
    return PtbBot(token, base_url=f"{sim.url}/bot", base_file_url=f"{sim.url}/file/bot")


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """A started simulator without flood limits, Ann and Bo known to the bot."""
    simulator = Simulator(limits=False, seed=7)
    people(simulator)
    async with simulator:
        await simulator.send_text(ANN, TOKEN, "/start")
        await simulator.send_text(BO, TOKEN, "/start")
        yield simulator


@pytest.fixture
async def aiogram(sim: Simulator) -> AsyncIterator[Bot]:
    """aiogram's Bot."""
    bot = aiogram_bot(sim)
    yield bot
    await bot.session.close()


@pytest.fixture
async def ptb(sim: Simulator) -> AsyncIterator[PtbBot]:
    """python-telegram-bot's Bot."""
    async with ptb_bot(sim) as bot:
        yield bot
