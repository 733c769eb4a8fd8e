"""Settings: settings.toml for what may be tuned, the environment for secrets and places."""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import pydantic

from content.crisis_catalog import FOLDER as CRISIS_FOLDER
from flows.policy import Campus, Cases, Enrolment, Paging, Policy, RetentionDays

ROOT = Path(__file__).resolve().parent.parent
TELEGRAM = "https://api.telegram.org"

_PLACES = {
    "HANDRAIL_STUDENT_TOKEN",
    "HANDRAIL_STAFF_TOKEN",
    "HANDRAIL_KEYS",
    "HANDRAIL_DATABASE_URL",
    "HANDRAIL_REDIS_URL",
    "HANDRAIL_BOT_API_URL",
    "HANDRAIL_STAFF_CHAT",
    "HANDRAIL_ALERT_WEBHOOK",
    "HANDRAIL_WEBHOOK_SECRET",
    "HANDRAIL_SETTINGS",
}
# of the tests and the benchmarks; harmless to a real run
_HARMLESS = "HANDRAIL_TEST_"
# what a place or a secret must look like; a fault names the variable, never its value
_FORMS = {
    "HANDRAIL_STUDENT_TOKEN": (r"\d+:[\w-]+", "a bot token, as BotFather gives it"),
    "HANDRAIL_STAFF_TOKEN": (r"\d+:[\w-]+", "a bot token, as BotFather gives it"),
    "HANDRAIL_DATABASE_URL": (r"(sqlite|postgresql)://\S+", "sqlite:///… or postgresql://…"),
    "HANDRAIL_BOT_API_URL": (r"https?://\S+", "an http address"),
    "HANDRAIL_ALERT_WEBHOOK": (r"https?://\S+", "an http address"),
    "HANDRAIL_WEBHOOK_SECRET": (r"[A-Za-z0-9_-]{1,256}", "1 to 256 letters, digits, _ and -"),
}


class SettingsFault(Exception):
    """A setting is unknown, missing or out of range. Names it, never its value."""


class _Section(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Intake(_Section):
    """How updates come in, and where we listen."""

    mode: Literal["polling", "webhook"] = "polling"
    poll_timeout_s: int = pydantic.Field(25, ge=0, le=50)
    lanes_at_once: int = pydantic.Field(64, ge=1, le=1000)
    listen_host: str = "127.0.0.1"
    listen_port: int = pydantic.Field(8081, ge=0, le=65535)
    webhook_url: str = ""


class SendLimits(_Section):
    """Telegram's limits on sending, messages a second or a minute."""

    overall_per_s: float = pydantic.Field(30, gt=0)
    chat_per_s: float = pydantic.Field(1, gt=0)
    chat_burst: int = pydantic.Field(3, ge=1)
    group_per_min: int = pydantic.Field(20, ge=1)


class ScreenSettings(_Section):
    """Which risk screen runs, and how long a text may take, in milliseconds."""

    backend: Literal["lexicon"] = "lexicon"
    budget_ms: int = pydantic.Field(50, ge=5, le=5000)


class Tuned(_Section):
    """settings.toml, checked."""

    campus: Campus = Campus()
    paging: Paging = Paging()
    cases: Cases = Cases()
    enrolment: Enrolment = Enrolment()
    retention: RetentionDays = RetentionDays()
    intake: Intake = Intake()
    limits: SendLimits = SendLimits()
    screen: ScreenSettings = ScreenSettings()

    @property
    def policy(self) -> Policy:
        """The part that flows see."""
        return Policy(
            campus=self.campus,
            paging=self.paging,
            cases=self.cases,
            enrolment=self.enrolment,
            retention=self.retention,
        )


@dataclasses.dataclass(frozen=True)
class Settings:
    """Everything a process needs to know; secrets do not show in its repr."""

    tuned: Tuned
    database_url: str
    bot_api_url: str
    student_token: str | None = dataclasses.field(repr=False, default=None)
    staff_token: str | None = dataclasses.field(repr=False, default=None)
    keys: str | None = dataclasses.field(repr=False, default=None)
    alert_webhook: str | None = dataclasses.field(repr=False, default=None)
    webhook_secret: str | None = dataclasses.field(repr=False, default=None)

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read settings.toml and the environment; SettingsFault names what is wrong."""
        environ = os.environ if environ is None else environ
        tuned = _tuned(environ)
        _check_places(environ)
        if tuned.intake.mode == "webhook" and not environ.get("HANDRAIL_WEBHOOK_SECRET"):
            raise SettingsFault("intake.mode is webhook: HANDRAIL_WEBHOOK_SECRET is not set")
        return cls(
            tuned=tuned,
            database_url=environ.get("HANDRAIL_DATABASE_URL")
            or f"sqlite:///{ROOT / 'var' / 'handrail.db'}",
            bot_api_url=(environ.get("HANDRAIL_BOT_API_URL") or TELEGRAM).rstrip("/"),
            student_token=environ.get("HANDRAIL_STUDENT_TOKEN") or None,
            staff_token=environ.get("HANDRAIL_STAFF_TOKEN") or None,
            keys=environ.get("HANDRAIL_KEYS") or None,
            alert_webhook=environ.get("HANDRAIL_ALERT_WEBHOOK") or None,
            webhook_secret=environ.get("HANDRAIL_WEBHOOK_SECRET") or None,
        )


def _check_places(environ: Mapping[str, str]) -> None:
    wrong = [
        f"{name} is not {wanted}"
        for name, (form, wanted) in _FORMS.items()
        if environ.get(name) and not re.fullmatch(form, environ[name], re.ASCII)
    ]
    tokens = [environ.get(f"HANDRAIL_{bot}_TOKEN") for bot in ("STUDENT", "STAFF")]
    if tokens[0] and tokens[0] == tokens[1]:
        wrong.append("HANDRAIL_STUDENT_TOKEN and HANDRAIL_STAFF_TOKEN are the same bot")
    if wrong:
        raise SettingsFault("; ".join(wrong))


def _tuned(environ: Mapping[str, str]) -> Tuned:
    path = Path(environ.get("HANDRAIL_SETTINGS") or ROOT / "settings.toml")
    values = _read(path)
    # where a value of the environment comes from, by its place
    named: dict[tuple[int | str, ...], str] = {}
    unknown = []
    for name, value in sorted(environ.items()):
        if not name.upper().startswith("HANDRAIL"):
            continue
        if name.startswith(_HARMLESS) or name in _PLACES:
            continue
        parts = name.split("__")
        section, key = (parts[1].lower(), parts[2].lower()) if len(parts) == 3 else ("", "")
        field = Tuned.model_fields.get(section)
        known = getattr(field.annotation, "model_fields", {}) if field is not None else {}
        if parts[0] != "HANDRAIL" or key not in known:
            unknown.append(name)
        elif isinstance(values.setdefault(section, {}), dict):
            values[section][key] = value
            named[section, key] = name
    if unknown:
        raise SettingsFault(
            "the environment sets what Handrail does not know: " + ", ".join(unknown)
        )
    try:
        tuned = Tuned.model_validate(values)
    except pydantic.ValidationError as fault:
        lines = [
            f"{named.get(error['loc'][:2]) or _in_file(path, error['loc'])}: "
            + ("unknown setting" if error["type"] == "extra_forbidden" else error["msg"])
            for error in fault.errors(include_input=False, include_url=False)
        ]
        raise SettingsFault("; ".join(lines)) from None
    if not (CRISIS_FOLDER / f"{tuned.campus.region}.json").is_file():
        regions = ", ".join(sorted(file.stem for file in CRISIS_FOLDER.glob("*.json")))
        raise SettingsFault(f"campus.region: the crisis directory has only {regions}")
    if tuned.intake.mode == "webhook" and not tuned.intake.webhook_url.startswith("https://"):
        raise SettingsFault("intake.mode is webhook: intake.webhook_url needs https://…")
    return tuned


def _in_file(path: Path, place: tuple[int | str, ...]) -> str:
    return f"{path.name}: {'.'.join(str(part) for part in place)}"


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsFault(f"{path.name} cannot be read: {fault}") from None
    except OSError as fault:
        # starting on built-in values instead would look as if all were well
        raise SettingsFault(f"{path} cannot be read: {fault.strerror}") from None
