"""What the one-shot commands do."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import re
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import typer

from bot import logs
from bot.risk_model import Screen, load_screen_lexicon
from bot.running import running
from bot.settings import Settings, SettingsFault
from bot.tasks import spawn, stop
from bot.wiring import BOTS, build, load_services, look_at_store, open_store
from content.crisis_catalog import CrisisEntry
from flows.clock import SystemClock
from flows.errors import FlowError, Refusal
from flows.rules.crisis import Confirmation, confirms
from flows.staffing import ROLES, StaffView, make_code
from handlers.services import Services
from storage import backup as backups
from storage import inbox, opening
from storage.backup_files import KEYS_NAME
from storage.bot_locks import BotLocks
from storage.encryption import MasterKeys

# digits: no service of the directory has a shorter one
SHORTEST_NUMBER = 3


async def run(bots: Sequence[str]) -> None:
    """Run until told to stop."""
    logs.set_up()
    settings = Settings.load()
    if len(bots) == 1 and opening.is_sqlite(settings.database_url):
        typer.echo(
            "One bot alone on SQLite: the other one cannot run beside it. "
            "Two processes need PostgreSQL (docs/operations.md).",
            err=True,
        )
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, told.set)
    here = asyncio.current_task()

    async def end_when_told() -> None:
        await told.wait()
        assert here is not None
        here.cancel()

    ending = spawn(end_when_told(), "told to stop")
    try:
        # told at any time, also while the store or Telegram is waited for
        async with build(settings, bots=bots) as handrail, running(handrail):
            typer.echo(f"running: {', '.join(bots)}", err=True)
            await asyncio.Event().wait()
    except asyncio.CancelledError:
        if not told.is_set():
            raise
    finally:
        await stop(ending)


async def migrate(*, new_campus: bool) -> None:
    """Newest schema, and one more campus where that was asked for."""
    settings = Settings.load()
    await opening.migrate(settings.database_url)
    typer.echo(f"the database has schema {opening.head_revision()}")
    if new_campus:
        database = await open_store(settings, SystemClock(), new_campus=True)
        await database.close()
        typer.echo(f"the database has campus {settings.tuned.campus.id!r}")


@contextlib.asynccontextmanager
async def _services() -> AsyncIterator[tuple[Settings, Services]]:
    settings, clock = Settings.load(), SystemClock()
    database = await open_store(settings, clock)
    try:
        services, _ = load_services(settings, database, clock, Screen(load_screen_lexicon()))
        await services.crisis.load()
        yield settings, services
    finally:
        await database.close()


async def invite(role: str) -> None:
    """A one-time code, and its deep link where the bot's name is known."""
    if role not in ROLES:
        raise SettingsFault(f"there is no role {role!r}: say one of {', '.join(ROLES)}")
    async with _services() as (settings, services):
        code = await services.staffing.invite(role)
        typer.echo(code)
        name = await _staff_bot_name(settings)
        if name is not None:
            typer.echo(f"https://t.me/{name}?start={code}")
        typer.echo(
            f"for one {role}, once, within {settings.tuned.enrolment.invite_days} days", err=True
        )


async def campus_codes(count: int) -> None:
    """One-time codes for students."""
    codes = [make_code() for _ in range(count)]
    async with _services() as (_, services):
        await services.enrolment.add_campus_codes(codes)
    typer.echo("\n".join(codes))


async def revoke(number: int | None) -> None:
    """Staff access, from the terminal."""
    async with _services() as (_, services):
        staff = await services.staffing.everybody()
        if number is None:
            for place, member in enumerate(staff, start=1):
                typer.echo(_in_list(place, member))
            return
        if not 1 <= number <= len(staff):
            raise SettingsFault(f"there is no number {number}: run `revoke` without one")
        try:
            await services.staffing.revoke(None, staff[number - 1].id)
        except FlowError as refusal:
            if refusal.reason is not Refusal.LAST_ADMIN:
                raise
            raise SettingsFault(
                "this is the last admin: let another one join first (`invite --role admin`)"
            ) from None
        typer.echo("revoked; their open cases are back in the queue")


def _in_list(place: int, member: StaffView) -> str:
    state = "revoked" if member.revoked else "on call" if member.on_call else ""
    return f"{place}  {member.role:<10} {member.name or '(no name)'}  {state}".rstrip()


async def crisis_list(region: str | None) -> None:
    """Entries that want a check, the campus's own region first."""
    async with _services() as (settings, services):
        known, own = services.crisis.directory.regions, settings.tuned.campus.region
        if region is not None and region.upper() not in known:
            raise SettingsFault(f"there is no region {region!r}: say one of {', '.join(known)}")
        wanting = services.crisis.wanting()
    wanted = region.upper() if region is not None else None
    # an id begins with its region
    lines = [line for line in wanting if wanted in {None, line.split("-")[0].upper()}]
    lines.sort(key=lambda line: line.split("-")[0].upper() != own)
    typer.echo("\n".join(lines) if lines else "every entry was checked lately")


async def crisis_confirm(entry: str, by: str, seen: str) -> None:
    """Record a check: who, when, and the number they dialed or read."""
    by, seen = by.strip(), seen.strip()
    if not by or not seen:
        raise SettingsFault("say who checked it (--by) and the number that was seen (--seen)")
    async with _services() as (_, services):
        found = services.crisis.directory.find(entry)
        if found is None:
            raise SettingsFault(f"there is no entry {entry!r}: `crisis list` prints the ids")
        if not _names_contact(found, seen):
            numbers = ", ".join(contact.value for contact in found.contacts)
            raise SettingsFault(
                f"{entry} says {numbers}, not {seen}. If the service has changed its number, "
                "correct content/crisis/ with a source first; then confirm it."
            )
        await services.crisis.confirm(entry, by, seen)
    typer.echo(f"{entry}: checked")


def _names_contact(entry: CrisisEntry, seen: str) -> bool:
    """Whether what was seen is a number (or, for a chat, an address) of the entry."""
    if any(contact.value.casefold() in seen.casefold() for contact in entry.contacts):
        return True
    check = Confirmation(entry_id=entry.id, at=SystemClock().now(), value_seen=seen)
    # `confirms` trusts words without a number; whoever types a command gives the number
    return len(re.findall(r"\d", seen)) >= SHORTEST_NUMBER and confirms(entry, check)


async def parked_list() -> None:
    """What was put aside, while the bots run too."""
    rows = await look_at_store(Settings.load()).read(inbox.parked)
    for row in rows:
        when = row.received_at.isoformat(sep=" ", timespec="seconds")
        gone = "" if row.kept else "  (nothing of it is kept)"
        typer.echo(f"{row.bot:<8} {when}  {row.reason}  attempts: {row.attempts}{gone}")
    if not rows:
        typer.echo("nothing is parked")


async def parked_retry() -> None:
    """What was put aside waits again; a bot that runs takes it up within a minute."""
    database = await open_store(Settings.load(), SystemClock())
    try:
        count = await database.transact(inbox.put_back)
    finally:
        await database.close()
    typer.echo(f"{count} put back: a running bot takes them up within a minute, else the next")


async def rotate_keys() -> None:
    """Every key under the newest master key; refused while a bot runs, which has the old one."""
    settings = Settings.load()
    async with contextlib.AsyncExitStack() as closing:
        locks = BotLocks(settings.database_url, settings.tuned.campus.id, BOTS)
        closing.push_async_callback(locks.close)
        await locks.take()
        database = await open_store(settings, SystemClock())
        closing.push_async_callback(database.close)
        changed = await database.transact(database.keys.rewrap)
    typer.echo(f"{changed} keys are now wrapped by the first key of HANDRAIL_KEYS")


async def backup(target: Path) -> None:
    """A consistent copy."""
    rows = await backups.back_up(Settings.load().database_url, target)
    typer.echo(f"{rows} rows in {target.name}; the wrapped keys in {KEYS_NAME} beside it")


async def restore(source: Path, *, force: bool) -> None:
    """A backup, back in place; not before the keys at hand were seen to open it."""
    settings = Settings.load()
    if settings.keys is None:
        raise SettingsFault("HANDRAIL_KEYS is not set: a backup is noise without its keys")
    restored = await backups.restore(
        settings.database_url, source, force=force, master=MasterKeys.parse(settings.keys)
    )
    typer.echo(f"{restored.rows} rows restored; now run: python -m bot doctor")
    if restored.without_key:
        typer.echo(
            f"{restored.without_key} of {restored.students} students have no key: nothing of "
            "them can be read. That is right for whoever was erased since. If it is more than "
            f"that, {KEYS_NAME} is not the newest: find that one, and restore again with --force",
            err=True,
        )
    await _say_who_has_access(restored.at)


async def _say_who_has_access(at: dt.datetime) -> None:
    """A backup knows nothing of who was revoked after it."""
    when = at.isoformat(sep=" ", timespec="minutes")
    typer.echo("Nobody is on call, and invites that nobody used are ended.")
    async with _services() as (_, services):
        staff = await services.staffing.everybody()
    active = [line for line in enumerate(staff, start=1) if not line[1].revoked]
    if active:
        typer.echo(f"Revoke who left since {when}: python -m bot revoke NUMBER")
        typer.echo("\n".join(_in_list(*line) for line in active))


async def _staff_bot_name(settings: Settings) -> str | None:
    """The staff bot's name, if Telegram answers within a few seconds."""
    if settings.staff_token is None:
        return None
    try:
        async with httpx.AsyncClient(timeout=3.0) as client:
            answer = await client.get(f"{settings.bot_api_url}/bot{settings.staff_token}/getMe")
            name: str | None = answer.json()["result"]["username"]
            return name
    except (httpx.HTTPError, ValueError, KeyError):
        return None
