"""Pipeline: Handrail's full path against a bare aiogram echo bot, over the same simulator.

Full path: intake stored, screened, one commit, the reply sent after it. Telegram's limits are
lifted on both sides and both have the same garbage-collector settings. The simulator and the load
are this process, the bot is a child, so each has a core. "Without the simulator" compares the CPU
seconds that the bot process itself used for an update.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections import defaultdict, deque

import uvloop

from benchmarks.pipeline_child import FIRST_CHAT, STAFF_TOKEN, STUDENT_TOKEN, settle_garbage
from benchmarks.table import note, percentile, print_figures, print_table
from bot.simulator import Person, Simulator

CHATS = 200
TEXTS = (
    "had lunch with my roommate, the soup was too salty again",
    "three exams next week and I have not started on the second one",
    "ok",
    "slept badly, but the lecture was fine",
    "my parents call every evening and ask about jobs",
    "今天图书馆人好多，没找到位置",
    "作业写完了，终于可以休息一下",
    "I think I will join the running club",
)


class Child:
    """The bot process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, *arguments: str) -> Child:
        """Start it and wait until it is ready."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.pipeline_child", *arguments,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        child = cls(process)
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), 120)
        if line.strip() != b"ready":
            raise RuntimeError(f"the bot process did not start: {line!r}")
        return child

    async def cpu(self) -> float:
        """CPU seconds it has used."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(b"mark\n")
        await self.process.stdin.drain()
        used: float = json.loads(await self.process.stdout.readline())["cpu"]
        return used

    async def stop(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), 15)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


class Load:
    """Pushes updates and matches replies, chat by chat, in order."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._sent: dict[int, deque[float]] = defaultdict(deque)
        self._seen = len(simulator.requests)
        self._place = 0
        self.latencies: list[float] = []

    async def push(self) -> None:
        """One text from the next chat."""
        chat = FIRST_CHAT + self._place % CHATS
        self._sent[chat].append(time.time())
        await self._simulator.send_text(chat, STUDENT_TOKEN, TEXTS[self._place % len(TEXTS)])
        self._place += 1

    def collect(self) -> int:
        """Match replies that came; how many are still open."""
        log = self._simulator.requests
        while self._seen < len(log):
            request = log[self._seen]
            self._seen += 1
            waiting = self._sent.get(request.chat_id or 0)
            if request.method == "sendMessage" and request.ok and waiting:
                self.latencies.append(request.at.timestamp() - waiting.popleft())
        return sum(len(waiting) for waiting in self._sent.values())


async def throughput(simulator: Simulator, child: Child, updates: int) -> tuple[float, float]:
    """Updates a second, and CPU milliseconds of the bot an update."""
    load = Load(simulator)
    for _ in range(updates):
        await load.push()
    before, started = await child.cpu(), time.perf_counter()
    while load.collect():
        await asyncio.sleep(0.005)
    seconds = time.perf_counter() - started
    return updates / seconds, (await child.cpu() - before) / updates * 1000


async def latency(simulator: Simulator, rate: float, seconds: float) -> tuple[float, float]:
    """p50 and p99 in milliseconds at an even rate of messages a second."""
    load = Load(simulator)
    started = time.perf_counter()
    for place in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, started + place / rate - time.perf_counter()))
        await load.push()
    deadline = time.perf_counter() + 20
    while load.collect() and time.perf_counter() < deadline:
        await asyncio.sleep(0.01)
    return percentile(load.latencies, 0.5) * 1000, percentile(load.latencies, 0.99) * 1000


async def side(
    name: str, rounds: int, updates: int, seconds: float, database_url: str
) -> dict[str, float]:
    """All measurements of one side."""
    with tempfile.TemporaryDirectory() as folder:
        # kept in memory: saving its growing world would stall both sides for longer than a reply
        simulator = Simulator(None, limits=False, seed=1, request_log=1_000_000)
        simulator.add_bot(STUDENT_TOKEN, "bench_bot", "Bench")
        simulator.add_bot(STAFF_TOKEN, "bench_desk_bot", "Bench desk")
        for chat in range(FIRST_CHAT, FIRST_CHAT + CHATS):
            simulator.add_person(Person(chat, "P", None, "en", "student", "student", "P"))
        await simulator.start()
        settle_garbage()
        child = await Child.start(name, simulator.url, folder, database_url, str(CHATS))
        try:
            await throughput(simulator, child, updates // 4)
            rates, costs = [], []
            for round_ in range(rounds):
                rate, cost = await throughput(simulator, child, updates)
                note(f"{name}: round {round_ + 1} of {rounds}: {rate:.0f} updates/s")
                rates.append(rate)
                costs.append(cost)
            found = {"rate": statistics.median(rates), "cpu_ms": statistics.median(costs)}
            for at in (30, 150):
                found[f"p50_{at}"], found[f"p99_{at}"] = await latency(simulator, at, seconds)
                note(f"{name}: at {at}/s p99 {found[f'p99_{at}']:.1f} ms")
            return found
        finally:
            await child.stop()
            await simulator.stop()


async def main() -> None:
    """Run both sides and print the ratio."""
    parser = argparse.ArgumentParser(prog="scripts/bench pipeline")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--updates", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--database-url", default="", help="PostgreSQL instead of SQLite")
    options = parser.parse_args()
    arguments = (options.rounds, options.updates, options.seconds, options.database_url)
    bare = await side("bare", *arguments)
    full = await side("handrail", *arguments)
    rows = [
        (name, f["rate"], f["cpu_ms"], f["p50_30"], f["p99_30"], f["p50_150"], f["p99_150"])
        for name, f in (("bare aiogram echo", bare), ("Handrail", full))
    ]
    print_table(
        f"pipeline: medians of {options.rounds} rounds, {options.updates} updates, {CHATS} chats",
        ("side", "updates/s", "CPU ms/update", "p50@30", "p99@30", "p50@150", "p99@150"),
        rows,
    )
    print_figures(
        "pipeline",
        {
            "ratio_to_bare": round(full["rate"] / bare["rate"], 3),
            "ratio_without_simulator": round(bare["cpu_ms"] / full["cpu_ms"], 3),
            "updates_per_s": round(full["rate"], 1),
            "p99_ms_at_30": round(full["p99_30"], 1),
            "p99_ms_at_150": round(full["p99_150"], 1),
        },
    )


if __name__ == "__main__":
    uvloop.install()
    asyncio.run(main())
