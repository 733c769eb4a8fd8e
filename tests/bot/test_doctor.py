"""The doctor calls nothing ready that is not, and what it prints holds no secret."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from bot import doctor
from bot.simulator import Simulator
from content.crisis_catalog import load_directory
from flows.clock import SystemClock
from flows.crisis import CrisisDesk
from storage import opening
from storage.encryption import MasterKeys, make_master_key
from tests.support.service import STAFF_TOKEN, STUDENT_TOKEN

WEBHOOK = "https://pager.example.edu/a-secret-in-the-address"
CAMPUS = {
    "REGION": "US",
    "DUTY_HOURS_EN": "every day",
    "DUTY_HOURS_ZH": "每天",
    "CENTER_NAME_EN": "Center",
    "CENTER_PHONE": "000-1",
    "SECURITY_NAME_EN": "Security",
    "SECURITY_PHONE": "000-2",
}


class Earlier:
    """A clock some days behind the doctor's."""

    def __init__(self, days):
        self._days = days

    def now(self):
        return SystemClock().now() - dt.timedelta(days=self._days)


@pytest.fixture
async def installation(monkeypatch, database_url):
    """All that a program can check is so, but for the numbers and the signatures."""
    simulator = Simulator(None, limits=False, seed=1)
    simulator.add_bot(STUDENT_TOKEN, "tested_bot", "Tested")
    simulator.add_bot(STAFF_TOKEN, "tested_desk_bot", "Tested desk")
    await simulator.start()
    environ = {f"HANDRAIL__CAMPUS__{key}": value for key, value in CAMPUS.items()} | {
        "HANDRAIL_DATABASE_URL": database_url,
        "HANDRAIL_KEYS": make_master_key("k1"),
        "HANDRAIL_STUDENT_TOKEN": STUDENT_TOKEN,
        "HANDRAIL_STAFF_TOKEN": STAFF_TOKEN,
        "HANDRAIL_BOT_API_URL": simulator.url,
        "HANDRAIL_ALERT_WEBHOOK": WEBHOOK,
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    yield environ
    await simulator.stop()


async def failing(capsys, *only):
    """The names of the checks that fail, of those asked for."""
    capsys.readouterr()
    good = await doctor.run(only)
    captured = capsys.readouterr()
    printed = captured.out + captured.err
    assert "Traceback" not in printed
    for secret in (STUDENT_TOKEN, STAFF_TOKEN, WEBHOOK):
        assert secret not in printed
    failed = {
        line.removeprefix("FAIL ").split(":")[0]
        for line in printed.splitlines()
        if line.startswith("FAIL ")
    }
    assert good is (not failed)
    return failed


async def opened(environ):
    master = MasterKeys.parse(environ["HANDRAIL_KEYS"])
    url = environ["HANDRAIL_DATABASE_URL"]
    return await opening.open_database(url, "main", master, SystemClock().now())


async def confirm(environ, entry, seen, days=0):
    database = await opened(environ)
    await CrisisDesk(database, Earlier(days), load_directory(), None, "US").confirm(
        entry, "Dr W", seen
    )
    await database.close()


@pytest.mark.parametrize(
    ("entry", "seen", "days", "counts"),
    [
        (None, None, 0, False),
        ("us-988", "988", 0, True),
        ("us-988", "988", 91, True),
        ("us-988", "988", 94, False),
        ("us-988", "989", 0, False),
        ("gb-samaritans", "116 123", 0, False),
    ],
)
async def test_a_general_line_of_the_region_was_dialed_lately(
    installation, capsys, entry, seen, days, counts
):
    if entry is not None:
        await confirm(installation, entry, seen, days)
    assert await failing(capsys, "crisis directory") == (set() if counts else {"crisis directory"})


@pytest.mark.parametrize("key", sorted(set(CAMPUS) - {"REGION"}))
async def test_no_desk_or_hours_may_be_missing(installation, capsys, monkeypatch, key):
    monkeypatch.delenv(f"HANDRAIL__CAMPUS__{key}")
    assert await failing(capsys, "campus") == {"campus"}


@pytest.mark.parametrize(
    ("name", "value", "fails"),
    [
        ("HANDRAIL_ALERT_WEBHOOK", "", {"alert webhook"}),
        ("HANDRAIL_STAFF_TOKEN", "", {"Bot API (staff)"}),
        ("HANDRAIL_STUDENT_TOKEN", "1:unknown", {"Bot API (student)"}),
        ("HANDRAIL_BOT_API_URL", "http://127.0.0.1:9", {"Bot API (student)", "Bot API (staff)"}),
        ("HANDRAIL_KEYS", "", {"keys", "records", "crisis directory"}),
        ("HANDRAIL_KEYS", "k1:corrupt", {"keys", "records", "crisis directory"}),
        ("HANDRAIL_SETTINGS", "/nowhere.toml", {"settings"}),
    ],
)
async def test_what_is_wrong_fails_by_its_name(
    installation, capsys, monkeypatch, name, value, fails
):
    monkeypatch.setenv(name, value)
    assert await failing(capsys, *fails) == fails


async def test_a_mistyped_campus_fails_where_the_database_is_looked_at(
    installation, capsys, monkeypatch
):
    assert await failing(capsys, "database") == set()
    await (await opened(installation)).close()
    assert await failing(capsys, "database") == set()
    monkeypatch.setenv("HANDRAIL__CAMPUS__ID", "maim")
    assert await failing(capsys, "database") == {"database"}


async def test_a_changed_audit_row_is_found(installation, capsys):
    await confirm(installation, "us-988", "988")
    database = await opened(installation)
    await database.transact(lambda unit: unit.execute(sa.text("UPDATE audit SET action = 'x'")))
    await database.close()
    assert await failing(capsys, "records") == {"records"}


async def test_beside_running_bots_the_store_is_looked_at_all_the_same(
    installation, capsys, monkeypatch
):
    held = await opened(installation)  # as a running process holds it
    desk = CrisisDesk(held, SystemClock(), load_directory(), None, "US")
    both = ("records", "crisis directory")
    assert await failing(capsys, *both) == {"crisis directory"}
    await desk.confirm("us-988", "Dr W", "988")
    assert await failing(capsys, *both) == set()
    await held.transact(lambda unit: unit.execute(sa.text("UPDATE audit SET action = 'x'")))
    assert await failing(capsys, *both) == {"records"}
    monkeypatch.setenv("HANDRAIL_KEYS", make_master_key("another"))
    assert await failing(capsys, *both) == set(both)
    await held.close()


async def test_a_look_makes_no_keys_and_writes_nothing(installation, capsys, database_url):
    await failing(capsys, "records", "crisis directory")
    made = await opening.with_connection(
        database_url, lambda c: c.scalar(sa.text("SELECT count(*) FROM data_keys"))
    )
    assert made == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_nobody_qualified_has_signed_the_texts_as_they_ship(installation, capsys):
    await confirm(installation, "us-988", "988")
    assert await failing(capsys) == {"signatures"}
