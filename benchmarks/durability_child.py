"""A warmed parent that forks Handrail processes: importing takes seconds, forking does not.

Reads JSON lines {"url", "folder", "keys"}; forks a process that runs both bots there and prints
{"pid": …}; a line {"reap": pid} waits for a killed one. SIGKILL is the caller's.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import os
import sys
from typing import Any

from bot import logs
from bot.risk_model import load_screen_lexicon
from bot.running import running
from bot.settings import Settings
from bot.wiring import build
from content.texts import Texts

STUDENT_TOKEN = "7200000001:durability-student-token-xxxxxxxxxxx"
STAFF_TOKEN = "7200000002:durability-staff-token-xxxxxxxxxxxxx"


def settings_for(asked: dict[str, Any]) -> Settings:
    """Settings of one run."""
    settings = Settings.load({})
    tuned = settings.tuned.model_copy(
        update={
            "enrolment": settings.tuned.enrolment.model_copy(update={"open": True}),
            "intake": settings.tuned.intake.model_copy(
                update={"listen_port": 0, "poll_timeout_s": 2}
            ),
        }
    )
    return dataclasses.replace(
        settings,
        tuned=tuned,
        database_url=asked.get("database_url") or f"sqlite:///{asked['folder']}/handrail.db",
        bot_api_url=asked["url"],
        student_token=STUDENT_TOKEN,
        staff_token=STAFF_TOKEN,
        keys=asked["keys"],
    )


async def serve(asked: dict[str, Any]) -> None:
    """Both bots, until killed."""
    logs.set_up(logging.CRITICAL)
    async with build(settings_for(asked), lift_limits=True) as handrail:
        handrail.shorten_timeouts(0.3)
        async with running(handrail, publish=False):
            await asyncio.Event().wait()


def main() -> None:
    """Fork on request."""
    load_screen_lexicon()
    Texts()
    for line in sys.stdin:
        asked = json.loads(line)
        if "reap" in asked:
            os.waitpid(asked["reap"], 0)
            continue
        pid = os.fork()
        if pid == 0:
            try:
                asyncio.run(serve(asked))
            finally:
                os._exit(1)
        sys.stdout.write(json.dumps({"pid": pid}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
