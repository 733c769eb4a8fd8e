"""The process under measurement: Handrail's student bot, or a bare aiogram echo bot.

Speaks lines on stdin and stdout: prints "ready", then for each line "mark" a JSON of its CPU
seconds so far, and ends with its input.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import resource
import sys

import uvloop

STUDENT_TOKEN = "7100000001:benchmark-student-bot-token-xxxxxxxx"
STAFF_TOKEN = "7100000002:benchmark-staff-bot-token-xxxxxxxxxx"
FIRST_CHAT = 50_000_000


def settle_garbage() -> None:
    """The same collector settings on both sides."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


async def marks() -> None:
    """Answer each line of input with the CPU used so far."""
    loop = asyncio.get_running_loop()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while await loop.run_in_executor(None, sys.stdin.readline):
        used = resource.getrusage(resource.RUSAGE_SELF)
        sys.stdout.write(json.dumps({"cpu": used.ru_utime + used.ru_stime}) + "\n")
        sys.stdout.flush()


async def bare(url: str) -> None:
    """The bot of aiogram's first page."""
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import Message

    dispatcher = Dispatcher()

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await message.answer(message.text or "")

    bot = Bot(STUDENT_TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    polling = asyncio.get_running_loop().create_task(
        dispatcher.start_polling(bot, handle_signals=False)
    )
    settle_garbage()
    await marks()
    polling.cancel()


async def handrail(url: str, folder: str, database_url: str, chats: int) -> None:
    """Everything on: durable intake, lanes, screen, one commit, reply after the commit."""
    import dataclasses

    from bot import logs
    from bot.running import running
    from bot.settings import Settings
    from bot.wiring import build
    from storage import opening
    from storage.encryption import make_master_key

    logs.set_up(logging.ERROR)
    settings = Settings.load({})
    tuned = settings.tuned.model_copy(
        update={
            "enrolment": settings.tuned.enrolment.model_copy(update={"open": True}),
            "intake": settings.tuned.intake.model_copy(update={"listen_port": 0}),
        }
    )
    settings = dataclasses.replace(
        settings, tuned=tuned, database_url=database_url or f"sqlite:///{folder}/bench.db",
        bot_api_url=url, student_token=STUDENT_TOKEN, staff_token=STAFF_TOKEN,
        keys=make_master_key("bench"),
    )  # fmt: skip
    await opening.migrate(settings.database_url)
    async with build(settings, bots=["student"], lift_limits=True) as built:
        for chat in range(FIRST_CHAT, FIRST_CHAT + chats):
            await built.services.enrolment.begin(chat, "en", "adult", "US", update_id=1)
        async with running(built, publish=False):
            await marks()


if __name__ == "__main__":
    uvloop.install()
    if sys.argv[1] == "bare":
        asyncio.run(bare(sys.argv[2]))
    else:
        asyncio.run(handrail(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])))
