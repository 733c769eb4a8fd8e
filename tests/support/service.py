"""A whole Handrail against the simulator, for tests that look at promises from outside."""

from __future__ import annotations

import contextlib
import dataclasses
import logging

from bot.running import running
from bot.settings import Settings
from bot.simulator import Person, Simulator
from bot.wiring import build
from storage.encryption import make_master_key

STUDENT_TOKEN = "7300000001:test-student-token-xxxxxxxxxxxxxxxxxx"
STAFF_TOKEN = "7300000002:test-staff-token-xxxxxxxxxxxxxxxxxxxx"


@dataclasses.dataclass
class Service:
    simulator: Simulator
    handrail: object
    settings: Settings

    def texts(self, person, token=STUDENT_TOKEN):
        return [m.text for m in self.simulator.chat(person, token) if m.from_bot]

    async def write(self, person, text, token=STUDENT_TOKEN):
        update_id = self.simulator.world.bot(token).next_update_id
        await self.simulator.send_text(person, token, text)
        return update_id

    async def answered(self, person, count=1, token=STUDENT_TOKEN, timeout=10):
        await self.simulator.wait_for(lambda _: len(self.texts(person, token)) >= count, timeout)

    async def quiet(self):
        """Everything confirmed and handled."""
        await self.simulator.wait_for(
            lambda s: not s.pending(STUDENT_TOKEN) and not s.pending(STAFF_TOKEN), 15
        )
        await self.handrail.drained()


@contextlib.asynccontextmanager
async def serve(
    url,
    clock=None,
    *,
    people=(),
    staff=(),
    bots=("student", "staff"),
    publish=False,
    faults=None,
    **settings,
):
    simulator = Simulator(None, limits=False, seed=1)
    simulator.add_bot(STUDENT_TOKEN, "tested_bot", "Tested")
    simulator.add_bot(STAFF_TOKEN, "tested_desk_bot", "Tested desk")
    for person in people:
        simulator.add_person(
            Person(person, f"First{person}", f"user{person}", "en", "student", "student", "P")
        )
        simulator.block(person, STUDENT_TOKEN, False)
    for person in staff:
        simulator.add_person(
            Person(person, f"First{person}", f"user{person}", "en", "counselor", "staff", "P")
        )
        simulator.block(person, STAFF_TOKEN, False)
    await simulator.start()
    if faults is not None:
        simulator.faults = faults
    try:
        chosen = settings_for(url, simulator.url, **settings)
        async with (
            build(chosen, clock=clock, bots=bots, lift_limits=True) as built,
            running(built, publish=publish),
        ):
            yield Service(simulator, built, chosen)
    finally:
        await simulator.stop()
        logging.disable(logging.NOTSET)


def settings_for(url, api, *, open_enrolment=True, intake=None, **changes):
    settings = Settings.load({})
    tuned = settings.tuned.model_copy(
        update={
            "enrolment": settings.tuned.enrolment.model_copy(update={"open": open_enrolment}),
            "intake": settings.tuned.intake.model_copy(
                update={"listen_port": 0, "poll_timeout_s": 1, **(intake or {})}
            ),
            "campus": settings.tuned.campus.model_copy(update={"region": "US"}),
        }
    )
    return dataclasses.replace(
        settings,
        tuned=tuned,
        database_url=url,
        bot_api_url=api,
        student_token=STUDENT_TOKEN,
        staff_token=STAFF_TOKEN,
        **{"keys": make_master_key("test"), **changes},
    )
