"""What anybody said or is called stands nowhere in plaintext: a whole Handrail is searched."""

from __future__ import annotations

import asyncio
import base64
import gc
import io
import json
import logging
import sys

import pytest
import sqlalchemy as sa
import structlog

from bot import lanes, logs
from bot.simulator import Faults
from storage import backup
from storage.tables import Inbox, Outbox
from tests.support import door, outage, traces
from tests.support.phone import KeyTexts, rows, settled, student
from tests.support.planting import WORRYING, Planting
from tests.support.service import STAFF_TOKEN, STUDENT_TOKEN, serve

SECRET = "the-secret_of-1-webhook"
CODES = ["ABCDE-23456", "FGHJK-23456", "MNPQR-23456"]


@pytest.fixture
def logged(monkeypatch):
    """Logs as a real run sets them up, at their most talkative; whatever is written to stderr."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    written = io.StringIO()
    with monkeypatch.context() as only_here:
        only_here.setattr(sys, "stderr", written)
        logs.set_up(logging.DEBUG)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
async def planting(logged, database_url, clock, monkeypatch):
    monkeypatch.setattr("bot.wiring.Texts", KeyTexts)
    monkeypatch.setattr(lanes, "_WAITS_S", (0.01, 0.01))
    async with serve(database_url, clock, open_enrolment=False) as service:
        await service.handrail.services.enrolment.add_campus_codes(CODES)
        yield Planting(service)


async def knock(planting, asked):
    """At the webhooks' door: wrong secrets, no updates, and one that is taken in."""
    stranger = planting.number("at the webhook")
    message = {
        "message_id": 1, "date": 1, "text": planting.words("by webhook"),
        "chat": {"id": stranger, "type": "private"}, "from": {"id": stranger},
    }  # fmt: skip
    good = json.dumps({"update_id": 5, "message": message}).encode()
    heard = [await asked.post(good, secret=SECRET)]
    for _ in range(4):
        heard.append(await asked.post(good, secret=planting.words("wrong secret").encode().hex()))
        secret = planting.known(f"wrong-secret-{len(heard)}", "wrong secret")
        heard.append(await asked.post(good, secret=secret))
        words = planting.words("no update").encode()
        heard.append(await asked.post(words, secret=SECRET))
        heard.append(await asked.post(json.dumps([words.decode()]).encode(), secret=SECRET))
        path = f"/hook/{planting.known(f'nobodys-bot-{len(heard)}', 'path')}"
        heard.append(await asked.post(good, secret=SECRET, path=path))
    assert [answer[:3] for answer in heard] == ["200", *["401", "401", "400", "400", "404"] * 4]
    return "\n".join(heard)


def fail(planting):
    """Faults whose message holds words: caught and logged, and of a future nobody waited for."""
    for name in ("bot", "aiohttp.server", "apscheduler", "sqlalchemy.pool"):
        try:
            raise ValueError(planting.words("fault's message"))
        except ValueError:
            logging.getLogger(name).exception("it failed")
    alone = asyncio.get_running_loop().create_future()
    alone.set_exception(ValueError(planting.words("fault of a lone future")))
    del alone
    gc.collect()


async def lose_the_database(planting, database_url, person):
    """Words come while it is away: the fault and what was tried are logged."""
    service = planting.service
    await outage.take_away(database_url)
    words = f"{planting.words('database away')} {WORRYING}"
    before = len(service.texts(person))
    await service.write(person, words)
    await service.answered(person, before + 1, timeout=30)
    await outage.bring_back(database_url)
    await settled(service)


async def leave_letters(planting, desk_says):
    """Telegram takes nothing any more: the last answers wait in the outbox."""
    planting.service.simulator.faults = Faults(p_500=1.0)
    for n in range(3):
        await desk_says(planting.words("waiting letter"), 8_800_000 + n)
    refused = len(planting.service.simulator.requests)
    await planting.service.simulator.wait_for(lambda s: len(s.requests) > refused, 15)


async def plant_everything(planting, database_url, asked):
    """Through every door; what the webhooks' door answered."""
    services = planting.service.handrail.services
    people = [planting.person("student") for _ in range(4)]
    desk = [planting.person("staff") for _ in range(2)]
    # others than those who come in: worrying words of before would open a case and go past forms
    for person in (*(planting.person("student") for _ in range(3)), people[3]):
        await planting.before_consent(person)
    for person, code in zip(people[:3], CODES, strict=True):
        await planting.comes_in(person, code)
        await planting.chats(person)
    await planting.works(desk[0], await services.staffing.invite("counselor"))
    planting.known(await services.staffing.invite("admin"), "unused invite code")
    await student(planting.service, people[0]).write(planting.words("in a talk"))
    await planting.strays(people[1])
    await planting.poison(STUDENT_TOKEN, chats=4)
    await planting.poison(STAFF_TOKEN, chats=4)
    await planting.raw(people[2], message_id="x", text=planting.words("poison of a student"))
    await settled(planting.service)
    heard = await knock(planting, asked)
    fail(planting)
    await lose_the_database(planting, database_url, people[1])
    counselor = await services.staffing.find(desk[0])
    await leave_letters(planting, lambda words, n: services.talk.say(counselor.id, words, n))
    return heard


async def everywhere(service, database_url, folder, asked, logged_so_far):
    """Everything that leaves the process or outlives it."""
    await backup.back_up(database_url, folder / "backup.gz")
    return {
        **traces.files(folder),
        **await traces.dump(database_url),
        "logs": logged_so_far.encode("utf-8", "surrogatepass"),
        "/metrics": repr(await asked.get("/metrics")).encode(),
        "/readyz": repr(await asked.get("/readyz")).encode(),
    }


async def test_two_hundred_planted_strings_stand_nowhere(
    planting, database_url, tmp_path, logged, capsys
):
    service = planting.service
    async with door.opened(service, SECRET) as asked:
        heard = await plant_everything(planting, database_url, asked)
        assert len(planting.planted) >= 200
        # rows with payloads and letters lie there, so that the search has them before it
        assert (await rows(service, sa.select(Inbox.state))).count("parked") >= 9
        waiting = sa.select(Outbox.args).where(Outbox.state.in_(["waiting", "attempting"]))
        assert len(await rows(service, waiting)) >= 3
        captured = capsys.readouterr()
        written = captured.out + captured.err + logged.getvalue()
        assert "update_parked" in written and "DEBUG" in written.upper()
        places = await everywhere(service, database_url, tmp_path, asked, written)
        places["webhook's answers"] = heard.encode()
        found = traces.find(places, [*planting.planted, WORRYING])
        assert [(place, needle, planting.planted.get(needle)) for place, needle in found] == []


async def test_the_search_would_find_one(planting, database_url, tmp_path, logged):
    """The control: one name written where it should not be is found in every place."""
    service, name = planting.service, planting.words("control")
    async with door.opened(service) as asked:
        await service.handrail.services.alerts.tell_operator(name)
        service.handrail.health.flagged.labels(name).inc()
        service.handrail.health.bots["student"].bad(name)
        logging.getLogger("bot").debug("somebody wrote %s", name)
        places = await everywhere(service, database_url, tmp_path, asked, logged.getvalue())
    found = {place for place, _ in traces.find(places, [name])}
    assert {"backup.gz unpacked", "logs", "/metrics", "/readyz"} <= found
    if database_url.startswith("sqlite"):
        assert {"dump", "handrail.db-wal"} <= found
    else:
        assert {"dump operator_alerts text", "dump operator_alerts binary"} <= found


@pytest.mark.parametrize("needle", ["canary-001-hid", "金丝雀003没人知道", "6810007919"])
@pytest.mark.parametrize("before", ["", "x", "xy", "xyz"])
def test_every_spelling_is_found(needle, before):
    text = f"{before}{needle}{before}"
    spelled = {
        "utf-8": text.encode(),
        "utf-16": text.encode("utf-16"),
        "json": json.dumps({"words": text}).encode(),
        "hex": text.encode().hex().encode(),
        "HEX": text.encode().hex().upper().encode(),
        "base64": base64.b64encode(text.encode()),
        "url's base64": base64.urlsafe_b64encode(text.encode()),
        "base64 of utf-16": base64.b64encode(text.encode("utf-16-le")),
        "bytes": repr(text.encode()).encode(),
    }
    if needle.isdecimal():
        spelled["integer"] = before.encode() + int(needle).to_bytes(6, "big")
        spelled["bigint"] = int(needle).to_bytes(8, "big")
    assert {place for place, _ in traces.find(spelled, [needle])} == set(spelled)
    assert traces.find(spelled, [needle[::-1]]) == []
