"""What the one-shot commands do."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import typer

from bot import logs
from bot.risk_model import Screen, load_screen_lexicon
from bot.settings import Settings, SettingsFault
from bot.wiring import build, load_services, open_store, running
from flows.clock import SystemClock
from flows.staffing import ROLES, make_code
from handlers.services import Services
from storage import backup as backups
from storage import opening


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
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with build(settings, bots=bots) as handrail, running(handrail):
        typer.echo(f"running: {', '.join(bots)}", err=True)
        await stop.wait()


async def migrate() -> None:
    """Newest schema."""
    settings = Settings.load()
    await opening.migrate(settings.database_url)
    typer.echo(f"the database has schema {opening.head_revision()}")


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
                state = "revoked" if member.revoked else "on call" if member.on_call else ""
                typer.echo(f"{place}  {member.role:<10} {member.name or '(no name)'}  {state}")
            return
        if not 1 <= number <= len(staff):
            raise SettingsFault(f"there is no number {number}: run `revoke` without one")
        await services.staffing.revoke(None, staff[number - 1].id)
        typer.echo("revoked; their open cases are back in the queue")


async def crisis_list() -> None:
    """Entries that want a check."""
    async with _services() as (_, services):
        wanting = services.crisis.wanting()
    typer.echo("\n".join(wanting) if wanting else "every entry was checked lately")


async def crisis_confirm(entry: str, by: str, seen: str) -> None:
    """Record a check."""
    async with _services() as (_, services):
        if not services.crisis.knows(entry):
            raise SettingsFault(f"there is no entry {entry!r}: `crisis list` prints the ids")
        await services.crisis.confirm(entry, by, seen)
    typer.echo(f"{entry}: checked")


async def rotate_keys() -> None:
    """Every key under the newest master key."""
    settings = Settings.load()
    database = await open_store(settings, SystemClock())
    try:
        changed = await database.transact(lambda unit: database.keys.rewrap(unit))
    finally:
        await database.close()
    typer.echo(f"{changed} keys are now wrapped by the first key of HANDRAIL_KEYS")


async def backup(target: Path) -> None:
    """A consistent copy."""
    rows = await backups.back_up(Settings.load().database_url, target)
    typer.echo(f"{rows} rows in {target.name}; the wrapped keys in {backups.KEYS_NAME} beside it")


async def restore(source: Path, *, force: bool) -> None:
    """A backup, back in place."""
    rows = await backups.restore(Settings.load().database_url, source, force=force)
    typer.echo(f"{rows} rows restored")


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
