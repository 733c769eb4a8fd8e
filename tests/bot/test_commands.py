"""Every command, as an operator meets it: what it prints, how it ends, what it never shows."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import sqlite3
import subprocess
import sys

import pytest
import sqlalchemy as sa
import structlog
from typer.testing import CliRunner

from bot.__main__ import app
from bot.faults import unforeseen
from storage import confirmations, inbox, opening
from storage.bot_locks import BotLocks
from storage.encryption import MasterKeys, make_master_key
from storage.tables import CrisisConfirmation
from tests.support.clock import START

TOKEN = "7300000001:a-token-that-must-not-show-anywhere-x"
OTHER = "7300000002:a-token-that-must-not-show-anywhere-y"
COMMANDS = {
    *("demo", "run", "migrate", "invite", "campus-codes", "revoke", "screen", "doctor"),
    *("make-key", "rotate-keys", "backup", "restore", "content", "crisis"),
    "parked",
}


@pytest.fixture(autouse=True)
def _logs_of_the_next_test():
    """`run` sets logs up for its process, and here that is the tests' own."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


def process(*arguments, **environ):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("HANDRAIL")}
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean | environ,
    )  # fmt: skip


def test_help_names_every_command_and_loads_nothing_heavy():
    listed = CliRunner().invoke(app, ["--help"]).stdout
    assert {line.split()[0] for line in listed.splitlines() if line.startswith("  ")} >= COMMANDS
    code = "import sys, bot.__main__; print(*(m.split('.')[0] for m in sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"aiogram", "telegram", "sqlalchemy", "pydantic", "httpx", "aiohttp"} & set(loaded)


class TestCodes:
    @pytest.mark.parametrize("role", ["counselor", "editor", "adviser", "admin"])
    def test_an_invite_is_one_code_on_stdout(self, embedded, role):
        ended = embedded.types("invite", "--role", role)
        assert (ended.exit_code, len(ended.stdout.split())) == (0, 1)
        assert ended.stdout.strip().encode() not in _bytes(embedded.url)

    def test_on_either_store(self, operator):
        assert operator.types("invite", "--role", "admin").exit_code == 0
        codes = operator.types("campus-codes", "--count", "3").stdout.split()
        assert len(set(codes)) == 3
        assert operator.types("revoke").exit_code == 0
        assert operator.types("doctor").exit_code == 1

    @pytest.mark.parametrize(
        "arguments",
        [
            ("invite", "--role", "helper"),
            ("revoke", "1"),
            ("run", "nobody"),
            ("crisis", "list", "--region", "XX"),
            ("crisis", "confirm", "nope", "--by", "W", "--seen", "988"),
        ],
    )
    def test_what_does_not_exist_is_refused(self, embedded, arguments):
        embedded.set(HANDRAIL_STUDENT_TOKEN=TOKEN, HANDRAIL_STAFF_TOKEN=OTHER)
        embedded.refused(*arguments)

    def test_without_keys_nothing_opens(self, embedded):
        embedded.set(HANDRAIL_KEYS="")
        assert "make-key" in embedded.refused("invite", "--role", "admin")


class TestCrisis:
    def test_the_own_region_stands_first_and_one_can_be_chosen(self, embedded):
        embedded.set(HANDRAIL__CAMPUS__REGION="NL")
        every = embedded.types("crisis", "list").stdout.splitlines()
        assert every[0].startswith("nl-")
        assert {line[:3] for line in every} > {"nl-", "us-", "int"}
        only = embedded.types("crisis", "list", "--region", "us").stdout.splitlines()
        assert {line[:3] for line in only} == {"us-"}

    def test_a_check_records_who_what_and_when(self, operator):
        ended = operator.types("crisis", "confirm", "us-988", "--by", "Dr W", "--seen", "9-8-8")
        assert ended.exit_code == 0
        (kept,) = operator.stored(confirmations.latest).values()
        assert (kept.entry_id, kept.value_seen) == ("us-988", "9-8-8")
        assert kept.at.tzinfo is not None
        (by,) = operator.stored(
            lambda unit: [
                unit.keys.campus.open(row.by, "crisis_confirmations", "by", row.id)
                for row in unit.scalars(sa.select(CrisisConfirmation))
            ]
        )
        assert by == b"Dr W"
        assert "us-988 " not in operator.types("crisis", "list").stdout

    @pytest.mark.parametrize(
        ("by", "seen"), [("", "988"), ("W", " "), ("W", "989"), ("W", "it works"), ("W", "98")]
    )
    def test_a_check_without_a_name_or_the_number_is_none(self, embedded, by, seen):
        embedded.refused("crisis", "confirm", "us-988", "--by", by, "--seen", seen)
        assert embedded.stored(confirmations.latest) == {}


class TestDatabase:
    EVERY = (
        ("migrate",),
        ("invite", "--role", "admin"),
        ("campus-codes",),
        ("revoke",),
        ("rotate-keys",),
        ("crisis", "list"),
        ("backup", "never.gz"),
        ("run",),
    )

    @pytest.mark.parametrize("arguments", EVERY, ids=lambda a: a[0])
    def test_of_a_newer_version_is_left_alone(self, embedded, arguments):
        embedded.set(HANDRAIL_STUDENT_TOKEN=TOKEN, HANDRAIL_STAFF_TOKEN=OTHER)
        _sql(embedded.url, "UPDATE alembic_version SET version_num = '9999'")
        before = _bytes(embedded.url)
        assert "9999" in embedded.refused(*arguments)
        assert _bytes(embedded.url) == before

    @pytest.mark.parametrize("arguments", EVERY[1:], ids=lambda a: a[0])
    def test_not_migrated_says_how(self, embedded, tmp_path, arguments):
        embedded.set(
            HANDRAIL_DATABASE_URL=f"sqlite:///{tmp_path / 'empty.db'}",
            HANDRAIL_STUDENT_TOKEN=TOKEN,
            HANDRAIL_STAFF_TOKEN=OTHER,
        )
        assert "python -m bot migrate" in embedded.refused(*arguments)
        assert not (tmp_path / "empty.db").exists()

    def test_migrate_twice_is_the_same(self, embedded, tmp_path):
        embedded.set(HANDRAIL_DATABASE_URL=f"sqlite:///{tmp_path / 'new' / 'empty.db'}")
        first, second = embedded.types("migrate"), embedded.types("migrate")
        assert (first.exit_code, second.exit_code) == (0, 0)
        assert first.stdout == second.stdout

    def test_a_mistyped_campus_is_refused_and_a_new_one_must_be_asked_for(self, operator):
        operator.with_a_student()
        operator.set(HANDRAIL__CAMPUS__ID="maim", HANDRAIL_STUDENT_TOKEN=TOKEN)
        operator.set(HANDRAIL_STAFF_TOKEN=OTHER)
        for arguments in (("revoke",), ("campus-codes",), ("parked",), ("run",)):
            assert "'maim'" in operator.refused(*arguments)
        assert operator.types("migrate").exit_code == 0
        operator.refused("revoke")
        for _ in range(2):
            assert "'maim'" in operator.types("migrate", "--new-campus").stdout
        assert operator.types("revoke").exit_code == 0
        operator.set(HANDRAIL__CAMPUS__ID="main")
        assert operator.has_a_student()

    def test_the_first_campus_needs_no_asking(self, embedded):
        assert embedded.types("migrate", "--new-campus").exit_code == 0
        assert embedded.types("revoke").exit_code == 0

    def test_that_nobody_serves_names_no_password(self, embedded):
        embedded.set(HANDRAIL_DATABASE_URL="postgresql://handrail:hunter2@127.0.0.1:1/handrail")
        said = embedded.refused("revoke")
        assert "ConnectionRefusedError" in said
        assert "hunter2" not in said

    def test_in_use_is_said(self, embedded):
        async def meanwhile():
            master = MasterKeys.parse(embedded.keys)
            database = await opening.open_database(embedded.url, "main", master, START)
            try:
                return await asyncio.to_thread(embedded.refused, "rotate-keys")
            finally:
                await database.close()

        assert "Another process" in asyncio.run(meanwhile())


class TestKeys:
    def test_rotate_then_the_old_one_may_go(self, operator):
        operator.with_a_student()
        old, new = operator.keys, make_master_key("k2")
        operator.set(HANDRAIL_KEYS=f"{new},{old}")
        assert operator.types("rotate-keys").exit_code == 0
        operator.set(HANDRAIL_KEYS=new)
        assert operator.types("revoke").exit_code == 0
        operator.set(HANDRAIL_KEYS=old)
        assert "'k2'" in operator.refused("revoke")

    @pytest.mark.parametrize("bot", ["student", "staff"])
    def test_nothing_is_rotated_while_a_bot_runs(self, operator, monkeypatch, bot):
        monkeypatch.setattr("storage.bot_locks._PATIENCE_S", 0.5)
        operator.with_a_student()
        old, new = operator.keys, make_master_key("k2")
        operator.set(HANDRAIL_KEYS=f"{new},{old}")

        async def meanwhile():
            locks = BotLocks(operator.url, "main", [bot])
            await locks.take()
            database = await opening.open_database(
                operator.url, "main", MasterKeys.parse(old), START
            )
            try:
                return await asyncio.to_thread(operator.refused, "rotate-keys")
            finally:
                await database.close()
                await locks.close()

        assert "Another process" in asyncio.run(meanwhile())
        operator.set(HANDRAIL_KEYS=old)
        assert operator.types("revoke").exit_code == 0
        operator.set(HANDRAIL_KEYS=f"{new},{old}")
        assert operator.types("rotate-keys").exit_code == 0

    @pytest.mark.parametrize(
        "keys",
        [
            "hunter2",
            "k1:hunter2",
            "bad name:hunter2",
            ":hunter2",
            "k1:" + make_master_key("x").partition(":")[2],  # the right name, another key
        ],
        ids=["no-name", "too-short", "bad-name", "empty-name", "another-key"],
    )
    def test_a_corrupt_one_is_named_and_not_shown(self, embedded, keys):
        assert embedded.types("revoke").exit_code == 0
        embedded.set(HANDRAIL_KEYS=keys)
        said = embedded.refused("revoke")
        assert said.startswith("Keys: ")
        assert keys.partition(":")[2] not in said or not keys.partition(":")[2]
        assert "hunter2" not in said

    def test_a_made_one_can_be_read(self, embedded):
        made = embedded.types("make-key").stdout.strip()
        assert len(MasterKeys.parse(made).keys) == 1


def test_screen_answers_whatever_stands_in_a_line(embedded):
    lines = [
        b'{"text": "hello", "lang": "fr"}',
        b'{"text": "yes", "context": ["do you think of ending your life?"]}',
        b'{"text": 5}',
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"text": "\\ud800"}',
        '{"text": "我不想活了"}'.encode(),
    ]
    ended = embedded.types("screen", stdin=b"\n".join(lines) + b"\n")
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert ended.exit_code == 0
    faulty = ["error" in answer for answer in answers]
    assert faulty == [True, False, True, True, True, True, False, False]
    assert answers[-1]["level"] == "elevated"
    assert set(answers[-1]) == {"level", "score", "lang", "other", "abuse", "signals"}


def test_what_is_parked_is_listed_without_words_and_put_back(operator):
    arrivals = [inbox.Arrival(n, b"l" * 16, b'{"text": "telling"}') for n in (7, 8)]

    def park(unit):
        kept, bare = inbox.store(unit, "student", arrivals, START)
        inbox.park(unit, kept.id, "LookupError", 1)
        inbox.park(unit, bare.id, "KeyError", 1, keep=False)

    assert "nothing is parked" in operator.types("parked").stdout
    operator.stored(park)
    kept, bare = operator.types("parked").stdout.splitlines()
    assert "student" in kept and "LookupError" in kept and "attempts: 1" in kept
    assert str(START.year) in kept and "nothing of it" in bare and "telling" not in kept
    assert operator.types("parked", "retry").stdout.startswith("1 put back")
    (back,) = operator.stored(lambda unit: inbox.waiting(unit, "student"))
    assert (back.update_id, back.payload, back.attempts) == (7, b'{"text": "telling"}', 2)
    assert len(operator.types("parked").stdout.splitlines()) == 1
    assert "retry" in operator.refused("parked", "again")


def test_a_fault_nobody_foresaw_is_placed_but_not_quoted():
    try:
        json.loads("words that nobody may read")
    except ValueError as fault:
        said = unforeseen(fault)
    assert "JSONDecodeError at test_commands.py:" in said
    assert "words" not in said.replace("holds no words", "")


@pytest.mark.parametrize("command", ["demo", "run"])
def test_a_port_in_use_says_how_to_choose_another(embedded, command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = str(taken.getsockname()[1])
        embedded.set(
            HANDRAIL_STUDENT_TOKEN=TOKEN,
            HANDRAIL_STAFF_TOKEN=OTHER,
            HANDRAIL_BOT_API_URL="http://127.0.0.1:9",
            HANDRAIL__INTAKE__LISTEN_PORT=number,
        )
        more = ["--port", number] if command == "demo" else []
        ended = embedded.types(command, *more)
    assert ended.exit_code == 2
    assert "--port" in ended.stderr and "HANDRAIL__INTAKE__LISTEN_PORT" in ended.stderr
    assert "Traceback" not in ended.stderr and "must-not-show" not in ended.output


def test_run_ends_when_told_and_shows_no_token(embedded):
    running = process(
        "run",
        HANDRAIL_DATABASE_URL=embedded.url,
        HANDRAIL_KEYS=embedded.keys,
        HANDRAIL_STUDENT_TOKEN=TOKEN,
        HANDRAIL_STAFF_TOKEN=OTHER,
        HANDRAIL_BOT_API_URL="http://127.0.0.1:9",  # Telegram is away: it waits, it does not end
        HANDRAIL__INTAKE__LISTEN_PORT="0",
    )
    told = []
    for line in running.stderr:
        told.append(line)
        if line.startswith("running:"):
            break
    running.send_signal(signal.SIGTERM)
    _, rest = running.communicate(timeout=60)
    assert running.returncode == 0, rest
    assert "must-not-show" not in "".join(told) + rest


def _path(url):
    return url.removeprefix("sqlite:///")


def _bytes(url):
    with open(_path(url), "rb") as handle:
        return handle.read()


def _sql(url, statement):
    connection = sqlite3.connect(_path(url))
    with connection:
        connection.execute(statement)
    connection.close()
