"""Settings: settings.toml for what may be tuned, the environment for secrets and places."""

from __future__ import annotations

import dataclasses
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import pydantic

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
        """Read settings.toml and the environment; SettingsFault names every fault at once."""
        environ = os.environ if environ is None else environ
        path = Path(environ.get("HANDRAIL_SETTINGS") or ROOT / "settings.toml")
        return cls(
            tuned=_tuned(path, environ),
            database_url=environ.get("HANDRAIL_DATABASE_URL")
            or f"sqlite:///{ROOT / 'var' / 'handrail.db'}",
            bot_api_url=(environ.get("HANDRAIL_BOT_API_URL") or TELEGRAM).rstrip("/"),
            student_token=environ.get("HANDRAIL_STUDENT_TOKEN") or None,
            staff_token=environ.get("HANDRAIL_STAFF_TOKEN") or None,
            keys=environ.get("HANDRAIL_KEYS") or None,
            alert_webhook=environ.get("HANDRAIL_ALERT_WEBHOOK") or None,
            webhook_secret=environ.get("HANDRAIL_WEBHOOK_SECRET") or None,
        )


def _tuned(path: Path, environ: Mapping[str, str]) -> Tuned:
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        values = {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsFault(f"{path.name} cannot be read: {fault}") from None
    unknown = []
    for name, value in sorted(environ.items()):
        if not name.startswith("HANDRAIL_") or name.startswith(_HARMLESS) or name in _PLACES:
            continue
        parts = name.split("__")
        section, key = (parts[1].lower(), parts[2].lower()) if len(parts) == 3 else ("", "")
        field = Tuned.model_fields.get(section)
        known = getattr(field.annotation, "model_fields", {}) if field is not None else {}
        if parts[0] != "HANDRAIL" or key not in known:
            unknown.append(name)
            continue
        values.setdefault(section, {})[key] = value
    if unknown:
        raise SettingsFault(
            "the environment sets what Handrail does not know: " + ", ".join(unknown)
        )
    try:
        return Tuned.model_validate(values)
    except pydantic.ValidationError as fault:
        lines = [
            f"{'.'.join(str(part) for part in error['loc'])}: "
            + ("unknown setting" if error["type"] == "extra_forbidden" else error["msg"])
            for error in fault.errors(include_input=False, include_url=False)
        ]
        raise SettingsFault(f"{path.name}: " + "; ".join(lines)) from None
