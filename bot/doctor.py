"""`python -m bot doctor`: one line each, non-zero if any fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

import httpx
import typer

from bot import content_check
from bot.faults import explain, unforeseen
from bot.risk_model import Screen, load_screen_lexicon
from bot.settings import Settings, SettingsFault
from bot.wiring import BOTS, look_at_store, token_of
from content.crisis_catalog import load_directory
from content.signatures import MAX_AGE as SIGNED_FOR
from flows.clock import SystemClock
from flows.crisis import MAX_AGE, CrisisDesk
from flows.integrity import first_broken_audit
from storage import opening
from storage.encryption import MasterKeys

Check = Callable[[], Awaitable[str]]


class _Fault(Exception):
    """A check failed; the message says what to do."""


async def run(only: Collection[str] = ()) -> bool:
    """Print every check (or those named); whether all passed."""
    try:
        settings = Settings.load()
    except SettingsFault as fault:
        typer.echo(f"FAIL settings: {fault}")
        return False
    doctor = _Doctor(settings)
    good = True
    typer.echo("ok   settings")
    for name, check in doctor.checks():
        if only and name not in only:
            continue
        try:
            typer.echo(f"ok   {name}: {await check()}")
        except Exception as fault:
            good = False
            told = str(fault) if isinstance(fault, _Fault) else explain(fault)
            typer.echo(f"FAIL {name}: {told or unforeseen(fault)}")
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
        await opening.check_campus(self._settings.database_url, self._settings.tuned.campus.id)
        kind = "SQLite" if opening.is_sqlite(self._settings.database_url) else "PostgreSQL"
        return f"{kind}, schema {opening.head_revision()}"

    async def _records(self) -> str:
        broken = await first_broken_audit(look_at_store(self._settings))
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
        store, region = look_at_store(self._settings), self._settings.tuned.campus.region
        desk = CrisisDesk(store, SystemClock(), load_directory(), None, region)
        await desk.load()
        view = desk.view(None)
        checks = [shown.checked_on for shown in view.entries if shown.is_general]
        newest = max((on for on in checks if on is not None), default=None)
        if newest is None:
            raise _Fault(
                "no general line of your region was checked by your university yet: "
                f"python -m bot crisis list --region {view.region}, dial it, then: "
                "python -m bot crisis confirm"
            )
        if SystemClock().now().date() - newest > MAX_AGE:
            raise _Fault(f"your region's general lines were last checked on {newest}: dial again")
        return f"{view.region}: a general line was confirmed on {newest}"

    async def _campus(self) -> str:
        campus = self._settings.tuned.campus
        named = (campus.center_name_en or campus.center_name_zh) and (
            campus.security_name_en or campus.security_name_zh
        )
        if not campus.center_phone or not campus.security_phone or not named:
            raise _Fault(
                "the settings' [campus] needs the counseling center and the security desk "
                "(center_phone, security_phone and their names)"
            )
        if not campus.duty_hours_en or not campus.duty_hours_zh:
            raise _Fault(
                "the settings' [campus] needs duty_hours_en and duty_hours_zh: students are told "
                "when people are there"
            )
        return "counseling center, security desk and hours are set"

    async def _signatures(self) -> str:
        found = content_check.signatures()
        if found.unsigned:
            raise _Fault("nobody qualified has signed: " + ", ".join(found.unsigned))
        if found.faults:
            raise _Fault("signed on no past day; see: python -m bot content check")
        if found.old:
            names = ", ".join(found.old)
            raise _Fault(
                f"signed more than {SIGNED_FOR.days} days ago, review them again: {names}"
            )
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
        if not isinstance(answer, dict) or not answer.get("ok"):
            raise _Fault(f"Telegram does not take HANDRAIL_{bot.upper()}_TOKEN")
        return f"answers as @{answer['result'].get('username')}"
