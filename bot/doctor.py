"""`python -m bot doctor`: one line each, non-zero if any fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import typer

from bot import content_check
from bot.faults import explain
from bot.risk_model import Screen, load_screen_lexicon
from bot.settings import Settings, SettingsFault
from bot.wiring import BOTS, load_services, open_store, token_of
from content.signatures import unsigned
from flows.clock import SystemClock
from flows.integrity import first_broken_audit
from storage import opening
from storage.encryption import MasterKeys
from storage.errors import AlreadyRunning

Check = Callable[[], Awaitable[str]]


class _Fault(Exception):
    """A check failed; the message says what to do."""


async def run() -> bool:
    """Print every check; whether all passed."""
    try:
        settings = Settings.load()
    except SettingsFault as fault:
        typer.echo(f"FAIL settings: {fault}")
        return False
    doctor = _Doctor(settings)
    good = True
    typer.echo("ok   settings")
    for name, check in doctor.checks():
        try:
            typer.echo(f"ok   {name}: {await check()}")
        except Exception as fault:
            good = False
            told = str(fault) if isinstance(fault, _Fault) else explain(fault)
            typer.echo(f"FAIL {name}: {told or type(fault).__name__}")
    return good


class _Doctor:
    """The checks of one installation."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def checks(self) -> list[tuple[str, Check]]:
        """Name and check, in the order they are printed."""
        found: list[tuple[str, Check]] = [
            ("keys", self._keys),
            ("database", self._database),
            ("records", self._records),
            ("content", self._content),
            ("risk screen", self._screen),
            ("crisis directory", self._crisis),
            ("campus", self._campus),
            ("signatures", self._signatures),
            ("alert webhook", self._webhook),
        ]
        for bot in BOTS:
            found.append((f"Bot API ({bot})", lambda bot=bot: self._bot_api(bot)))  # type: ignore[misc]
        return found

    async def _keys(self) -> str:
        if self._settings.keys is None:
            raise _Fault("HANDRAIL_KEYS is not set; make one: python -m bot make-key")
        return f"{len(MasterKeys.parse(self._settings.keys).keys)} of HANDRAIL_KEYS can be read"

    async def _database(self) -> str:
        await opening.check_schema(self._settings.database_url)
        kind = "SQLite" if opening.is_sqlite(self._settings.database_url) else "PostgreSQL"
        return f"{kind}, schema {opening.head_revision()}"

    async def _records(self) -> str:
        try:
            database = await open_store(self._settings, SystemClock())
        except AlreadyRunning:
            return "in use by a running process; stop it to check the audit chain"
        try:
            broken = await first_broken_audit(database)
        finally:
            await database.close()
        if broken is not None:
            raise _Fault(f"the audit chain is broken at position {broken}: somebody changed it")
        return "the audit chain is whole"

    async def _content(self) -> str:
        faults = content_check.faults()
        if faults:
            raise _Fault(f"{len(faults)} faults; see: python -m bot content check")
        return "no faults"

    async def _screen(self) -> str:
        lexicon = load_screen_lexicon()
        if not (await Screen(lexicon).assess("I want to kill myself")).signals:
            raise _Fault("an explicit sentence passed unseen")
        return f"lexicon {lexicon.version}; no trained model yet"

    async def _crisis(self) -> str:
        try:
            database = await open_store(self._settings, SystemClock())
        except AlreadyRunning:
            return "in use by a running process; stop it to read the operator's checks"
        try:
            services, _ = load_services(
                self._settings, database, SystemClock(), Screen(load_screen_lexicon())
            )
            await services.crisis.load()
            view = services.crisis.view(None)
            if not services.crisis.has_confirmed_general_line():
                raise _Fault(
                    "no general line of your region was checked by your university yet: "
                    "python -m bot crisis list, dial it, then: python -m bot crisis confirm"
                )
        finally:
            await database.close()
        return f"{view.region}: a general line is confirmed"

    async def _campus(self) -> str:
        campus = self._settings.tuned.campus
        if not campus.center_phone or not campus.security_phone:
            raise _Fault(
                "settings.toml [campus] needs the counseling center and the security desk "
                "(center_phone, security_phone and their names)"
            )
        return "counseling center and security desk are set"

    async def _signatures(self) -> str:
        names = unsigned()
        if names:
            raise _Fault("nobody qualified has signed: " + ", ".join(names))
        return "every text of clinical weight is signed"

    async def _webhook(self) -> str:
        if self._settings.alert_webhook is None:
            raise _Fault(
                "HANDRAIL_ALERT_WEBHOOK is not set: an unacknowledged alert would reach nobody "
                "outside Telegram"
            )
        return "set"

    async def _bot_api(self, bot: str) -> str:
        token = token_of(self._settings, bot)
        try:
            async with httpx.AsyncClient(timeout=5.0) as client:
                answer = (
                    await client.get(f"{self._settings.bot_api_url}/bot{token}/getMe")
                ).json()
        except (httpx.HTTPError, ValueError) as fault:
            raise _Fault(f"cannot be reached ({type(fault).__name__})") from None
        if not answer.get("ok"):
            raise _Fault("the token is not valid")
        return "answers"
