"""The poller goes on, whatever one batch does to it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from bot.health import BotHealth
from bot.intake import Poller


async def test_a_fault_nobody_foresaw_does_not_end_the_polling(monkeypatch):
    health = BotHealth(polling=True)
    polls, said = [], []

    async def poll(self, session, offset):
        polls.append(offset)
        if len(polls) == 1:
            raise OverflowError
        raise asyncio.CancelledError

    async def no_wait(_seconds):
        said.append(health.problem)

    monkeypatch.setattr(Poller, "_poll", poll)
    monkeypatch.setattr("bot.intake.asyncio.sleep", no_wait)
    with pytest.raises(asyncio.CancelledError):
        await Poller(SimpleNamespace(bot="student"), "http://x", "t", health, 1).run()
    assert len(polls) == 2 and "OverflowError" in said[0]
