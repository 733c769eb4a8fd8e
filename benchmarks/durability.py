"""Durability: SIGKILL at random points of a run, then a restart; and the same with failing sends.

A point: 200 updates from several chats to both bots (ordinary words, flagged ones, words in an
open case, a counselor's answers), a kill after a random while, a restart, and when all is quiet a
count of what the database and the simulated Telegram hold. The simulator is this process and
survives.

`lost`: words without a row, flags without case, card or alert, alerts that a counselor's chat does
not show, relays not sent or out of order. `unfinished`: points that were not quiet in time.
`doubled`: one effect twice in the database. `unexplained_repeats`: sends that arrived more often
than the outbox counted as ambiguous.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.durability_child import STAFF_TOKEN, STUDENT_TOKEN, settings_for
from benchmarks.durability_count import (
    COUNSELORS,
    STUDENTS,
    TALKING,
    Plan,
    Tally,
    count_point,
)
from benchmarks.table import note, print_figures, print_table
from bot.simulator import Faults, Person, Simulator
from bot.wiring import build
from storage import opening
from storage.encryption import make_master_key
from storage.tables import Outbox

UPDATES = 200
ORDINARY = ("the soup was too salty", "今天图书馆人好多", "exam on friday", "作业写完了")
FLAGGED = (
    ("I want to kill myself", "elevated"),
    ("我想自杀", "elevated"),
    ("I took 30 pills just now, goodbye", "imminent"),
    ("药都买好了，今晚就走", "imminent"),
)


class Zygote:
    """The warmed parent."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._turn = asyncio.Lock()

    @classmethod
    async def start(cls) -> Zygote:
        """Import everything once."""
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "benchmarks.durability_child",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        )

    async def fork(self, asked: dict[str, Any]) -> int:
        """A Handrail process; its pid."""
        assert self._process.stdout is not None
        async with self._turn:
            await self._write(asked)
            line = await asyncio.wait_for(self._process.stdout.readline(), 60)
        return int(json.loads(line)["pid"])

    async def kill(self, pid: int) -> None:
        """SIGKILL, and wait until it is gone (with its lock on the database)."""
        os.kill(pid, signal.SIGKILL)
        await self._write({"reap": pid})
        for _ in range(500):
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
            await asyncio.sleep(0.01)
        raise RuntimeError("a killed process is still there")

    async def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def _write(self, line: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(line).encode() + b"\n")
        await self._process.stdin.drain()


async def make_template(folder: Path, keys: str) -> None:
    """A database with enrolled students, joined counselors and two open talks."""
    asked = {"folder": str(folder), "keys": keys, "url": "http://127.0.0.1:9"}
    settings = settings_for(asked)
    await opening.migrate(settings.database_url)
    async with build(settings) as handrail:
        services = handrail.services
        ids = {
            s: (await services.enrolment.begin(s, "en", "adult", "US", update_id=1)).id
            for s in STUDENTS
        }
        for counselor in COUNSELORS:
            code = await services.staffing.invite("counselor")
            view = await services.staffing.accept(counselor, code, "en")
            await services.staffing.set_name(view.id, f"C{counselor % 10}")
            await services.staffing.set_on_call(view.id, True)
            case = await services.help.ask(ids[TALKING[counselor]], update_id=1)
            await services.desk.take(view.id, case.case_id)
        # what the set-up itself queued is not part of the measurement
        await handrail.database.transact(
            lambda unit: unit.execute(sa.update(Outbox).values(state="sent"))
        )
    with sqlite3.connect(folder / "handrail.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def run_point(
    zygote: Zygote, template: Path, keys: str, seed: int, faults: Faults | None, tally: Tally
) -> None:
    """One kill and its aftermath."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(template / "handrail.db", folder / "handrail.db")
        simulator = _simulator(seed)
        await simulator.start()
        asked = {"url": simulator.url, "folder": name, "keys": keys}
        try:
            if faults is not None:
                simulator.faults = dataclasses.replace(faults, seed=seed)
            pid = await zygote.fork(asked)
            plan = Plan()
            pushing = asyncio.get_running_loop().create_task(_push(simulator, rng, plan))
            await asyncio.sleep(rng.uniform(0.05, 2.5))
            await zygote.kill(pid)
            await pushing
            pid = await zygote.fork(asked)
            quiet = await _until_quiet(simulator, folder / "handrail.db")
            await zygote.kill(pid)
            if not quiet:
                tally.unfinished += 1
                tally.what.append(f"seed {seed}: not quiet in time")
            count_point(simulator, folder / "handrail.db", plan, seed, tally)
        finally:
            await simulator.stop()
    tally.points += 1


def _simulator(seed: int) -> Simulator:
    simulator = Simulator(None, limits=False, seed=seed)
    simulator.add_bot(STUDENT_TOKEN, "durable_bot", "Durable")
    simulator.add_bot(STAFF_TOKEN, "durable_desk_bot", "Durable desk")
    for person in (*STUDENTS, *COUNSELORS):
        bot = "student" if person in STUDENTS else "staff"
        simulator.add_person(Person(person, "P", None, "en", "student", bot, "P"))
        simulator.block(person, STUDENT_TOKEN if bot == "student" else STAFF_TOKEN, False)
    return simulator


async def _push(simulator: Simulator, rng: random.Random, plan: Plan) -> None:
    """200 updates over about two seconds."""
    for person in (*STUDENTS, *COUNSELORS):
        token = STUDENT_TOKEN if person in STUDENTS else STAFF_TOKEN
        await simulator.send_text(person, token, "/help")
    for place in range(UPDATES - len(STUDENTS) - len(COUNSELORS)):
        draw = rng.random()
        if draw < 0.3:
            counselor = rng.choice(COUNSELORS)
            text = f"answer {place:03d} of seed"
            update = await _send(simulator, counselor, STAFF_TOKEN, text)
            plan.counselor_texts[update] = (counselor, text)
        else:
            student = rng.choice(STUDENTS)
            level = "none"
            text = f"{rng.choice(ORDINARY)} {place:03d}"
            if draw > 0.95:
                text, level = rng.choice(FLAGGED)
            update = await _send(simulator, student, STUDENT_TOKEN, text)
            plan.student_texts[update] = (student, level)
        await asyncio.sleep(rng.uniform(0, 0.018))


async def _send(simulator: Simulator, person: int, token: str, text: str) -> int:
    update_id = simulator.world.bot(token).next_update_id
    await simulator.send_text(person, token, text)
    return update_id


async def _until_quiet(simulator: Simulator, database: Path) -> bool:
    """Nothing unconfirmed, nothing in the inbox, nothing waiting in the outbox."""
    deadline = asyncio.get_running_loop().time() + 240
    calm = 0
    while asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.1)
        if simulator.pending(STUDENT_TOKEN) or simulator.pending(STAFF_TOKEN):
            calm = 0
            continue
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            left = connection.execute(
                "SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting') + "
                "(SELECT count(*) FROM outbox WHERE state IN ('waiting', 'attempting'))"
            ).fetchone()[0]
        calm = 0 if left else calm + 1
        if calm >= 2:
            return True
    return False


async def run_points(
    points: int, first_seed: int, faults: Faults | None, at_once: int = 1
) -> Tally:
    """Many points with one template, `at_once` of them side by side; progress on stderr."""
    keys, tally = make_master_key("durable"), Tally()
    seeds = iter(range(first_seed, first_seed + points))

    async def run_some() -> None:
        for seed in seeds:
            await run_point(zygote, template, keys, seed, faults, tally)
            if tally.points % 10 == 0:
                note(f"{tally.points} of {points}: {tally.lost} lost, {tally.doubled} doubled")

    with tempfile.TemporaryDirectory() as name:
        template = Path(name)
        await make_template(template, keys)
        zygote = await Zygote.start()
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(at_once):
                    group.create_task(run_some())
        finally:
            await zygote.close()
    return tally


FAILING = Faults(p_429=0.05, p_500=0.05, p_timeout=0.05, p_reset=0.05, before=0.5)


async def main() -> None:
    """300 points of kills, and 300 of kills with failing sends besides."""
    parser = argparse.ArgumentParser(prog="scripts/bench durability")
    parser.add_argument("--points", type=int, default=300, help="points of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    plain = await run_points(options.points, options.seed, None, options.at_once)
    # a point with failing sends mostly waits for its retries
    failing = await run_points(
        options.points, options.seed + 100_000, FAILING, 3 * options.at_once
    )
    rows = [
        (
            name,
            t.points,
            t.lost,
            t.doubled,
            t.unexplained_repeats,
            t.counted_repeats,
            t.unfinished,
        )
        for name, t in (("kills", plain), ("kills, 20% of sends failing", failing))
    ]
    print_table(
        f"durability: {UPDATES} updates a point, SIGKILL at a random moment",
        (
            "run",
            "points",
            "lost",
            "doubled",
            "unexplained repeats",
            "counted repeats",
            "unfinished",
        ),
        rows,
    )
    for line in (plain.what + failing.what)[:20]:
        note(line)
    print_figures(
        "durability",
        {
            "points": plain.points + failing.points,
            "lost": plain.lost + failing.lost,
            "doubled": plain.doubled + failing.doubled,
            "unfinished": plain.unfinished + failing.unfinished,
            "unexplained_repeats": plain.unexplained_repeats + failing.unexplained_repeats,
        },
    )


if __name__ == "__main__":
    asyncio.run(main())
