"""Telegram's limits: the shape of what goes out, on our own clock and under both libraries."""

from __future__ import annotations

import asyncio

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramRetryAfter
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.error import RetryAfter
from telegram.ext import ExtBot

from bot.limits import AiogramLimits, Limiter, Limits, PtbLimits, sending_as
from bot.simulator import Faults, Person, Simulator

# the library warns of its own exception
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")

TOKEN = "123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
ANN = 1001
GROUP = -1001234567890


class Time:
    """Monotonic seconds that pass only while somebody sleeps."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        await asyncio.sleep(0)
        self.now += seconds


class Noted(Limiter):
    """Notes the second of each place given, before anybody else is woken."""

    def __init__(self, limits, time):
        super().__init__(limits, clock=time, sleep=time.sleep)
        self.time, self.given = time, []

    def _take(self, chat_id, *, edit):
        super()._take(chat_id, edit=edit)
        self.given.append((self.time.now, chat_id))


class Sent:
    """Everything let through: (second from the start, chat, what)."""

    def __init__(self, **limits):
        self.time = Time()
        self.limiter = Noted(Limits(**limits), self.time)
        self.log = []

    async def send(self, chat, what="", **how):
        await self.limiter.acquire(chat, **how)
        self.log.append((self.time.now - 1000, chat, what))

    def at(self, chat):
        return [round(at, 1) for at, c, _ in self.log if c == chat]


async def test_at_most_thirty_in_any_second():
    sent = Sent()
    await asyncio.gather(*(sent.send(chat) for chat in range(1, 101)))
    times = [at for at, _, _ in sent.log]
    assert len(times) == 100
    assert all(times[i + 30] - times[i] >= 1 - 1e-6 for i in range(70))
    # and not slower than they need be: the hundredth goes in the fourth second
    assert times[-1] < 3.2


async def test_a_chat_gets_three_at_once_then_one_a_second():
    sent = Sent()
    await asyncio.gather(*(sent.send(ANN) for _ in range(6)))
    assert sent.at(ANN) == [0, 0, 0, 1.0, 2.0, 3.0]


async def test_a_group_gets_twenty_in_any_minute():
    sent = Sent()
    await asyncio.gather(*(sent.send(GROUP) for _ in range(45)))
    times = sent.at(GROUP)
    assert times[:20] == [0] * 20
    assert times[20:40] == [60] * 20
    assert times[40:] == [120] * 5


async def test_an_edit_counts_in_a_group_but_not_for_a_private_chat():
    sent = Sent()
    await asyncio.gather(*(sent.send(ANN, edit=True) for _ in range(10)))
    assert sent.at(ANN) == [0] * 10
    await asyncio.gather(*(sent.send(GROUP, edit=True) for _ in range(21)))
    assert sent.at(GROUP)[-1] == 60


async def test_the_urgent_go_first_whoever_asked_before():
    sent = Sent(overall_per_s=2)
    tasks = [
        asyncio.ensure_future(sent.send(chat, what, priority=priority))
        for chat, what, priority in (
            (1, "first", 4),
            (2, "first", 4),
            (3, "campaign", 4),
            (4, "campaign", 4),
            (5, "relay", 2),
            (6, "relay", 2),
            (7, "alert", 1),
        )
    ]
    await asyncio.gather(*tasks)
    whats = [what for _, _, what in sent.log]
    assert whats == ["first", "first", "alert", "relay", "relay", "campaign", "campaign"]


async def test_within_a_chat_the_urgent_overtake_and_equals_keep_their_order():
    sent = Sent(chat_burst=1)
    await asyncio.gather(
        sent.send(ANN, "now"),
        sent.send(ANN, "campaign", priority=4),
        sent.send(ANN, "relay 1", priority=2),
        sent.send(ANN, "relay 2", priority=2),
        sent.send(ANN, "card", priority=0),
    )
    assert [what for _, _, what in sent.log] == ["now", "card", "relay 1", "relay 2", "campaign"]


async def test_a_full_chat_holds_up_nobody_else():
    sent = Sent(chat_burst=1)
    await asyncio.gather(sent.send(ANN), sent.send(ANN), sent.send(2))
    assert sent.at(2) == [0]
    assert sent.at(ANN) == [0, 1.0]


async def test_whoever_comes_while_others_sleep_is_not_late():
    sent = Sent()
    sent.limiter.obey(ANN, 500)
    waiting = asyncio.ensure_future(sent.send(ANN))
    await asyncio.sleep(0)
    await sent.send(2)
    assert sent.at(2)[0] < 500
    await waiting
    assert sent.at(ANN) == [500]


async def test_retry_after_closes_one_chat():
    sent = Sent()
    sent.limiter.obey(ANN, 7)
    assert sent.limiter.wait_s(ANN) == 7
    await asyncio.gather(sent.send(2), sent.send(ANN))
    assert (sent.at(2), sent.at(ANN)) == ([0], [7])


async def test_a_shorter_retry_after_does_not_open_a_longer_one():
    sent = Sent()
    sent.limiter.obey(ANN, 9)
    sent.limiter.obey(ANN, 1)
    await sent.send(ANN)
    assert sent.at(ANN) == [9]


@pytest.mark.parametrize(("refused", "closed"), [(2, False), (3, True)])
async def test_several_chats_refused_at_once_mean_the_bot(refused, closed):
    sent = Sent()
    for chat in range(10, 10 + refused):
        sent.limiter.obey(chat, 5)
    assert (sent.limiter.room() == 0) is closed
    await sent.send(2)
    assert sent.at(2) == [5 if closed else 0]


async def test_lifted_limits_still_obey_telegram():
    sent = Sent(lifted=True)
    await asyncio.gather(*(sent.send(ANN) for _ in range(100)))
    assert set(sent.at(ANN)) == {0}
    sent.limiter.obey(ANN, 3)
    await sent.send(ANN)
    assert sent.at(ANN)[-1] == 3


async def test_whoever_gives_up_waiting_takes_no_place():
    sent = Sent(overall_per_s=1)
    await sent.send(1)
    tasks = [asyncio.ensure_future(sent.send(chat)) for chat in (2, 3)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert sent.at(2) == []
    assert sent.at(3) == [1.0]


async def test_room_counts_those_who_wait():
    sent = Sent(overall_per_s=4, chat_burst=1)
    assert sent.limiter.room() == 4
    await sent.send(ANN)
    waiting = asyncio.ensure_future(sent.send(ANN))
    await asyncio.sleep(0)
    assert sent.limiter.room() == 2
    await waiting


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 0.5), st.sampled_from([1, 2, 3, GROUP]), st.integers(0, 4)),
        max_size=60,
    )
)
def test_no_window_ever_holds_more_than_the_limit(arrivals):
    async def play():
        sent = Sent(overall_per_s=5, group_per_min=8)
        tasks = []
        for pause, chat, priority in arrivals:
            await asyncio.sleep(0)
            sent.time.now += pause
            tasks.append(asyncio.ensure_future(sent.send(chat, priority=priority)))
        await asyncio.gather(*tasks)
        return sent.limiter.given

    log = asyncio.run(play())
    assert len(log) == len(arrivals)
    times = [at for at, _ in log]
    _hold(times, most=5, seconds=1)
    _hold([at for at, chat in log if chat == GROUP], most=8, seconds=60)
    for one in (1, 2, 3):
        # a burst of three and one a second: at most three and a bit of any second
        _hold([at for at, chat in log if chat == one], most=4, seconds=1)
        _hold([at for at, chat in log if chat == one], most=13, seconds=10)


def _hold(times, *, most, seconds):
    for place in range(len(times) - most):
        assert times[place + most] - times[place] >= seconds - 1e-6


@pytest.fixture
async def sim():
    simulator = Simulator(limits=False, seed=7)
    simulator.add_bot(TOKEN, "handrail_bot", "Handrail")
    simulator.add_person(Person(id=ANN, first_name="Ann"))
    async with simulator:
        await simulator.send_text(ANN, TOKEN, "/start")
        yield simulator


@pytest.fixture(params=["aiogram", "ptb"])
async def client(request, sim):
    """Either library under a limiter of its own, and what it raises at a 429."""
    sent = Sent()
    if request.param == "ptb":
        async with ExtBot(
            TOKEN, base_url=f"{sim.url}/bot", rate_limiter=PtbLimits(sent.limiter)
        ) as bot:
            yield bot, sent, RetryAfter
        return
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(sim.url)))
    bot.session.middleware(AiogramLimits(sent.limiter))
    yield bot, sent, TelegramRetryAfter
    await bot.session.close()


async def test_both_libraries_draw_on_one_limiter(sim):
    sent = Sent()
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(sim.url)))
    bot.session.middleware(AiogramLimits(sent.limiter))
    other = ExtBot(TOKEN, base_url=f"{sim.url}/bot", rate_limiter=PtbLimits(sent.limiter))
    async with other:
        for _ in range(2):
            await bot.send_message(ANN, "by aiogram")
            await other.send_message(ANN, "by ptb")
    await bot.session.close()
    # the fourth of the chat had to wait
    assert sent.time.now >= 1001


def _statuses(simulator, method="sendMessage"):
    return [r.status for r in simulator.requests if r.method == method]


async def test_an_ordinary_reply_waits_and_goes_again(sim, client):
    bot, sent, _ = client
    # the simulator's clock is real, ours is not: the refusal is lifted as soon as it was given
    sim.faults = Faults(p_429=1.0, retry_after=9)
    sent.limiter._sleep = _lift(sim, sent.time.sleep)
    await bot.send_message(ANN, "hello")
    assert _statuses(sim) == [429, 200]
    assert sent.time.now == pytest.approx(1009)


def _lift(simulator, sleep):
    async def sleeping(seconds):
        simulator.faults = Faults()
        await sleep(seconds)

    return sleeping


async def test_a_reply_does_not_try_for_ever(sim, client):
    bot, _, refusal = client
    sim.faults = Faults(p_429=1.0, retry_after=2)
    with pytest.raises(refusal):
        await bot.send_message(ANN, "hello")
    assert _statuses(sim) == [429] * 4


async def test_the_outbox_hears_of_a_refusal_at_once(sim, client):
    bot, sent, refusal = client
    sim.faults = Faults(p_429=1.0, retry_after=2)
    with sending_as(0, patient=False) as sending, pytest.raises(refusal):
        await bot.send_message(ANN, "hello")
    assert _statuses(sim) == [429]
    assert sent.limiter.wait_s(ANN) > 1
    assert sending.written


async def test_a_refused_name_closes_no_chat(sim, client):
    """setMyName is refused for up to a day; people are still written to."""
    bot, sent, refusal = client
    sim.faults = Faults(p_429=1.0, retry_after=80_000, methods={"setMyName"})
    with pytest.raises(refusal):
        await bot.set_my_name("Handrail")
    assert sent.limiter.room() == 30
    await bot.send_message(ANN, "hello")
    assert sent.time.now == 1000


async def test_what_is_no_message_takes_no_place(sim, client):
    bot, sent, _ = client
    await bot.get_me()
    await bot.send_chat_action(ANN, "typing")
    await bot.get_updates(timeout=0)
    assert sent.limiter.room() == 30
    await bot.send_message(ANN, "hello")
    assert sent.limiter.room() == 29
