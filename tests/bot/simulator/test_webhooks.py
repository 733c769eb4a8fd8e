"""Webhooks: the secret, order within a chat, retries, an answer that is a method."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import telegram
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiohttp import web

from bot.simulator import Simulator
from tests.bot.simulator.conftest import ANN, BO, TOKEN

SECRET = "s3cret_-" * 4


@dataclass
class Receiver:
    """An endpoint that answers as told and keeps what it got."""

    url: str = ""
    got: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    statuses: dict[str, list[int]] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)

    async def serve(self, request: web.BaseRequest) -> web.Response:
        update = await request.json()
        self.got.append(update)
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        left = self.statuses.get(update.get("message", {}).get("text", ""), [])
        return web.json_response(self.answer, status=left.pop(0) if left else 200)

    def texts(self, person: int) -> list[str]:
        messages = (update["message"] for update in self.got if "message" in update)
        return [m["text"] for m in messages if m["chat"]["id"] == person]


@pytest.fixture
async def receiver(sim: Simulator) -> AsyncIterator[Receiver]:
    made = Receiver()
    runner = web.ServerRunner(web.Server(made.serve))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    sim.webhooks.first_retry_s = 0.01
    yield made
    await runner.cleanup()


async def drained(sim: Simulator) -> None:
    await sim.wait_for(lambda s: s.pending(TOKEN) == 0, 10)


async def test_waiting_updates_are_posted_with_the_secret(
    aiogram: Bot, sim: Simulator, receiver: Receiver
) -> None:
    await aiogram.set_webhook(receiver.url, secret_token=SECRET)
    await drained(sim)
    assert receiver.texts(ANN) == receiver.texts(BO) == ["/start"]
    assert set(receiver.secrets) == {SECRET}
    await sim.send_text(ANN, TOKEN, "心里很乱")
    await drained(sim)
    assert receiver.texts(ANN)[-1] == "心里很乱"
    ids = [update["update_id"] for update in receiver.got]
    assert len(set(ids)) == len(ids)


async def test_a_failing_update_is_tried_again_and_holds_up_only_its_chat(
    ptb: telegram.Bot, sim: Simulator, receiver: Receiver
) -> None:
    receiver.statuses["first"] = [500, 302, 403, 429]
    await ptb.set_webhook(receiver.url, secret_token=SECRET, drop_pending_updates=True)
    await sim.send_text(ANN, TOKEN, "first")
    await sim.send_text(ANN, TOKEN, "second")
    await sim.send_text(BO, TOKEN, "meanwhile")
    await drained(sim)
    assert receiver.texts(ANN) == ["first"] * 5 + ["second"]
    assert receiver.texts(BO) == ["meanwhile"]
    assert receiver.got[-1]["message"]["text"] == "second"
    info = await ptb.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 429 Too Many Requests"
    assert (info.pending_update_count, info.url) == (0, receiver.url)


async def test_nobody_listens_until_somebody_does(
    aiogram: Bot, sim: Simulator, receiver: Receiver
) -> None:
    sim.webhooks.first_retry_s = 3600
    dead = receiver.url.replace("/hook", "").rsplit(":", 1)[0] + ":9/hook"
    await aiogram.set_webhook(dead)
    hook = sim.world.bot(TOKEN).webhook
    while hook is None or len(hook.retries) < 2:
        await asyncio.sleep(0.01)
    assert sim.pending(TOKEN) == 2
    # a new address is tried at once, whenever the old one's next try would have been
    await aiogram.set_webhook(receiver.url)
    await drained(sim)
    assert receiver.texts(ANN) == ["/start"]


async def test_an_answer_may_be_a_method(aiogram: Bot, sim: Simulator, receiver: Receiver) -> None:
    receiver.answer = {"method": "sendMessage", "chat_id": BO, "text": "from the answer"}
    await aiogram.set_webhook(receiver.url, drop_pending_updates=True)
    await sim.send_text(ANN, TOKEN, "hello")
    await drained(sim)
    assert sim.chat(BO, TOKEN)[-1].text == "from the answer"


async def test_deleting_the_webhook_leaves_the_rest_to_polling(
    aiogram: Bot, sim: Simulator, receiver: Receiver
) -> None:
    await aiogram.set_webhook(receiver.url, allowed_updates=["message"])
    await drained(sim)
    await aiogram.delete_webhook()
    await sim.send_text(ANN, TOKEN, "polled")
    assert [u.message.text for u in await aiogram.get_updates() if u.message] == ["polled"]
    assert "polled" not in receiver.texts(ANN)


@pytest.mark.parametrize(
    ("url", "secret", "reason"),
    [
        ("http://example.org/a", None, "An HTTPS URL must be provided for webhook"),
        ("https://example.org:8080/a", None, "only on ports 80, 88, 443 or 8443"),
        ("https://example.org:99999/a", None, "invalid webhook URL specified"),
        ("https://example.org/a", "a b", "secret token contains unallowed characters"),
        ("https://example.org/a", "s" * 257, "secret token is too long"),
    ],
)
async def test_a_wrong_webhook_is_refused(
    aiogram: Bot, sim: Simulator, url: str, secret: str | None, reason: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=reason):
        await aiogram.set_webhook(url, secret_token=secret)
    assert sim.world.bot(TOKEN).webhook is None
