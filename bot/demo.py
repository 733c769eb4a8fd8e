"""The demo: simulator, both bots and sample people on one page. Nobody real is reached."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import json
import os
import secrets
import signal
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import typer

from bot import logs
from bot.running import running
from bot.settings import Settings, SettingsFault
from bot.simulator import PageConfig, Person, Simulator, SimulatorError
from bot.wiring import Handrail, build
from flows.clock import MovableClock
from storage import opening
from storage.encryption import make_master_key

STUDENT_TOKEN = "7000000001:demo-student-bot-of-the-simulator-only"  # noqa: S105
STAFF_TOKEN = "7000000002:demo-staff-bot-of-the-simulator-only"  # noqa: S105
NOTICE = (
    "This is a simulation. Nobody real reads it and no help is reached here. "
    "这是模拟演示，没有真人在看，也求助不到任何人。"
)
TIME_ZONE = "Asia/Shanghai"
JOINING_S = 60  # a laptop busy with other things
PEOPLE = (
    Person(10_000_001, "Mei", None, "zh", "student", "student", "Mei · 学生"),
    Person(10_000_002, "Alex", None, "en", "student", "student", "Alex · student"),
    Person(10_000_003, "Sam", None, "en", "helper", "student", "Sam · helper"),
    Person(10_000_011, "Lin", None, "zh", "counselor", "staff", "林老师 · 咨询师"),
    Person(10_000_012, "Jordan", None, "en", "counselor", "staff", "Jordan · counselor"),
    Person(10_000_013, "Noor", None, "en", "editor", "staff", "Noor · editor"),
    Person(10_000_014, "Kim", None, "en", "admin", "staff", "Kim · admin"),
)
STAFF_NAMES = {10_000_011: "林老师", 10_000_012: "Jordan", 10_000_013: "Noor", 10_000_014: "Kim"}


@dataclasses.dataclass
class Demo:
    """A running demo."""

    url: str
    handrail: Handrail
    simulator: Simulator
    clock: MovableClock


async def run(port: int, data: Path | None) -> None:
    """Serve until told to stop."""
    logs.set_up()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    with contextlib.ExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="handrail-")))
        async with open_demo(folder, port) as demo:
            typer.echo(f"\n  Handrail demo: {demo.url}\n\n  {NOTICE}\n  Ctrl-C ends it.\n")
            await stop.wait()


@contextlib.asynccontextmanager
async def open_demo(folder: Path, port: int, *, limits: bool = True) -> AsyncIterator[Demo]:
    """Everything running in one process, kept in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    clock = MovableClock(_load_offset(folder))
    handrail: Handrail | None = None

    async def advance(seconds: float) -> tuple[str, float]:
        clock.advance(dt.timedelta(seconds=seconds))
        _save_offset(folder, clock.offset)
        if handrail is not None:
            await _go_on(handrail, clock)
            await handrail.sweeper.sweep_once()
            for delivery in handrail.deliveries.values():
                delivery.wake()
        return clock.now().isoformat(), clock.offset.total_seconds()

    page = PageConfig(
        advance=advance,
        now=clock.now,
        notice=NOTICE,
        time_zone=TIME_ZONE,
        bots={"student": STUDENT_TOKEN, "staff": STAFF_TOKEN},
    )
    try:
        simulator = Simulator(folder, limits=limits, page=page)
    except SimulatorError as error:
        raise SettingsFault(f"the demo's folder {folder}: {error}") from None
    simulator.add_bot(STUDENT_TOKEN, "handrail_demo_bot", "Handrail")
    simulator.add_bot(STAFF_TOKEN, "handrail_demo_desk_bot", "Handrail desk")
    for person in PEOPLE:
        # who changed their Telegram's language in an earlier run keeps it
        if person.id not in simulator.world.people:
            simulator.add_person(dataclasses.replace(person))
    await simulator.start(port=port)
    try:
        settings = _settings(folder, simulator.url)
        await opening.migrate(settings.database_url)
        async with (
            build(settings, clock=clock, lift_limits=not limits) as built,
            running(built),
        ):
            handrail = built
            await _seed(built, simulator)
            await _go_on(built, clock)
            yield Demo(simulator.url, built, simulator, clock)
    finally:
        await simulator.stop()


async def _seed(handrail: Handrail, simulator: Simulator) -> None:
    """Staff join by real invites; students' phones show the first screen."""
    staffing = handrail.services.staffing
    for person in PEOPLE:
        if person.bot != "staff" or await staffing.find(person.id) is not None:
            continue
        code = await staffing.invite(person.role)
        await simulator.send_text(person.id, STAFF_TOKEN, f"/start {code}")
        for _ in range(JOINING_S * 20):
            view = await staffing.find(person.id)
            if view is not None:
                break
            await asyncio.sleep(0.05)
        else:
            raise SettingsFault("the demo's staff could not join; see the log above")
        await staffing.set_language(view.id, person.language_code)
        await staffing.set_name(view.id, STAFF_NAMES[person.id])
        if person.role == "counselor":
            await staffing.set_on_call(view.id, True)
            await simulator.send_text(person.id, STAFF_TOKEN, "/queue")
    for person in PEOPLE:
        if person.bot == "student" and not simulator.chat(person.id, STUDENT_TOKEN):
            await simulator.send_text(person.id, STUDENT_TOKEN, "/start")


async def _go_on(handrail: Handrail, clock: MovableClock) -> None:
    """Begin the next shift of whoever was on call when theirs ended: a day passes in a moment."""
    staffing = handrail.services.staffing
    for person in PEOPLE:
        view = await staffing.find(person.id) if person.role == "counselor" else None
        if view is None or not view.on_call or view.on_call_until is None:
            continue
        if view.on_call_until <= clock.now():
            await staffing.set_on_call(view.id, True)


def _settings(folder: Path, url: str) -> Settings:
    settings = Settings.load({k: v for k, v in os.environ.items() if "HANDRAIL__" in k})
    tuned = settings.tuned.model_copy(
        update={
            "enrolment": settings.tuned.enrolment.model_copy(update={"open": True}),
            "intake": settings.tuned.intake.model_copy(update={"listen_port": 0}),
            "campus": settings.tuned.campus.model_copy(
                update={
                    "region": "CN",
                    "time_zone": TIME_ZONE,
                    "duty_hours_en": "in this demo, whenever a counselor is on call",
                    "duty_hours_zh": "有咨询师值班的时候（演示）",
                    "center_name_en": "Demo counseling center",
                    "center_name_zh": "演示心理中心",
                    "center_phone": "000-0001 (demo)",
                    "security_name_en": "Demo campus security",
                    "security_name_zh": "演示保卫处",
                    "security_phone": "000-0002 (demo)",
                }
            ),
        }
    )
    return dataclasses.replace(
        settings,
        tuned=tuned,
        database_url=f"sqlite:///{folder / 'handrail.db'}",
        bot_api_url=url,
        student_token=STUDENT_TOKEN,
        staff_token=STAFF_TOKEN,
        keys=_keys(folder),
    )


def _keys(folder: Path) -> str:
    """The demo makes its own key; a real run never does."""
    path = folder / "keys.txt"
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="ascii") as file:
            file.write(make_master_key("demo" + secrets.token_hex(3)))
    return path.read_text(encoding="ascii").strip()


def _load_offset(folder: Path) -> dt.timedelta:
    try:
        seconds = json.loads((folder / "clock.json").read_text(encoding="utf-8"))["offset_s"]
        return dt.timedelta(seconds=max(0.0, float(seconds)))
    except (OSError, ValueError, KeyError, TypeError):
        return dt.timedelta()


def _save_offset(folder: Path, offset: dt.timedelta) -> None:
    (folder / "clock.json").write_text(
        json.dumps({"offset_s": offset.total_seconds()}), encoding="utf-8"
    )
