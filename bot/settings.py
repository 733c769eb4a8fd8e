"""Settings: settings.toml for what may be tuned, the environment for secrets and places."""

from __future__ import annotations

import dataclasses
import difflib
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

import pydantic
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from content.crisis_catalog import FOLDER as CRISIS_FOLDER
from flows.policy import Campus, Cases, Enrolment, Paging, Policy, RetentionDays

ROOT = Path(__file__).resolve().parent.parent
TELEGRAM = "https://api.telegram.org"

_SETTINGS = "HANDRAIL_SETTINGS"
# of the tests and the benchmarks; harmless to a real run
_HARMLESS = "HANDRAIL_TEST_"
NOT_YET = {"HANDRAIL_REDIS_URL", "HANDRAIL_STAFF_CHAT"}

_Model = TypeVar("_Model", bound=BaseSettings)


class SettingsFault(Exception):
    """A setting is unknown, missing or out of range. Names it, never its value."""


class _Section(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Intake(_Section):
    """How updates come in, and where we listen."""

    mode: Literal["polling", "webhook"] = "polling"
    poll_timeout_s: int = pydantic.Field(25, ge=0, le=50)
    lanes_at_once: int = pydantic.Field(64, ge=1, le=1000)
    reply_timeout_s: float = pydantic.Field(15, ge=1, le=60, allow_inf_nan=False)
    # nothing would be every address of the machine: who wants that writes 0.0.0.0 or ::
    listen_host: str = pydantic.Field("127.0.0.1", min_length=1)
    listen_port: int = pydantic.Field(8081, ge=0, le=65535)
    webhook_url: str = ""


class SendLimits(_Section):
    """Telegram's limits on sending, messages a second or a minute."""

    # with fewer, reminders would never go: the limiter keeps three places free of them
    overall_per_s: float = pydantic.Field(30, ge=5, le=1000, allow_inf_nan=False)
    chat_per_s: float = pydantic.Field(1, ge=0.1, le=100, allow_inf_nan=False)
    chat_burst: int = pydantic.Field(3, ge=1, le=100)
    group_per_min: int = pydantic.Field(20, ge=1, le=1000)


class ScreenSettings(_Section):
    """How long the risk screen may take for a text, in milliseconds."""

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


def _form(pattern: str, wanted: str) -> pydantic.AfterValidator:
    """What a place or a secret must look like; a fault says what is wanted, never the value."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value, re.ASCII):
            raise ValueError(f"is not {wanted}")
        return value

    return pydantic.AfterValidator(check)


_Token = Annotated[str, _form(r"\d+:[\w-]+", "a bot token, as BotFather gives it")]
_Address = Annotated[str, _form(r"https?://\S+", "an http address")]


class _Places(BaseSettings):
    """Secrets and places, HANDRAIL_NAME; only ever from the environment."""

    model_config = SettingsConfigDict(env_prefix="HANDRAIL_", hide_input_in_errors=True)

    student_token: _Token | None = None
    staff_token: _Token | None = None
    keys: str | None = None
    database_url: Annotated[
        str, _form(r"(sqlite|postgresql)://\S+", "sqlite:///… or postgresql://…")
    ] = f"sqlite:///{ROOT / 'var' / 'handrail.db'}"
    bot_api_url: _Address = TELEGRAM
    alert_webhook: _Address | None = None
    webhook_secret: (
        Annotated[str, _form(r"[A-Za-z0-9_-]{1,256}", "1 to 256 letters, digits, _ and -")] | None
    ) = None


class _TunedSettings(BaseSettings, Tuned):
    """settings.toml, and over it HANDRAIL__SECTION__KEY."""

    model_config = SettingsConfigDict(env_prefix="HANDRAIL__", env_nested_delimiter="__")


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
        _refuse_unknown(environ)
        tuned, places = _tuned(environ), _places(environ)
        if tuned.intake.mode == "webhook" and places.webhook_secret is None:
            raise SettingsFault("intake.mode is webhook: HANDRAIL_WEBHOOK_SECRET is not set")
        return cls(
            tuned=tuned,
            database_url=places.database_url,
            bot_api_url=places.bot_api_url.rstrip("/"),
            student_token=places.student_token,
            staff_token=places.staff_token,
            keys=places.keys,
            alert_webhook=places.alert_webhook,
            webhook_secret=places.webhook_secret,
        )


def variables() -> set[str]:
    """Every variable that means something (pydantic-settings ignores the others)."""
    places = {f"HANDRAIL_{name.upper()}" for name in _Places.model_fields}
    return places | {_SETTINGS} | {f"HANDRAIL__{'__'.join(key).upper()}" for key in _keys()}


def _keys() -> set[tuple[str, str]]:
    return {
        (section, key)
        for section, field in Tuned.model_fields.items()
        for key in getattr(field.annotation, "model_fields", {})
    }


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = variables()
    unknown = [
        f"{name} (nothing uses it yet: leave it out)" if name in NOT_YET else _near(name, known)
        for name in sorted(environ)
        if name.upper().startswith("HANDRAIL")
        and not name.startswith(_HARMLESS)
        # any case for what may be tuned, as operators are used to; secrets are written one way
        and name not in known
        and not (name.startswith("HANDRAIL__") and name.upper() in known)
    ]
    if unknown:
        raise SettingsFault(
            "the environment sets what Handrail does not know: " + ", ".join(unknown)
        )


def _near(name: str, known: Iterable[str]) -> str:
    """The name, and the known one that was probably meant."""
    meant = difflib.get_close_matches(name, sorted(known), 1, 0.75)
    return f"{name} ({meant[0]}?)" if meant else name


def _places(environ: Mapping[str, str]) -> _Places:
    try:
        places = _load(_Places, environ)
    except pydantic.ValidationError as fault:
        wrong = [
            f"HANDRAIL_{str(error['loc'][0]).upper()} {error['msg'].removeprefix('Value error, ')}"
            for error in fault.errors(include_input=False, include_url=False)
        ]
        raise SettingsFault("; ".join(wrong)) from None
    if places.student_token is not None and places.student_token == places.staff_token:
        raise SettingsFault("HANDRAIL_STUDENT_TOKEN and HANDRAIL_STAFF_TOKEN are the same bot")
    return places


def _tuned(environ: Mapping[str, str]) -> Tuned:
    path = Path(environ.get(_SETTINGS) or ROOT / "settings.toml")
    try:
        tuned = _load(_TunedSettings, environ, lambda model: _file(model, path))
    except pydantic.ValidationError as fault:
        lines = [
            _tuned_fault(error["loc"], error["type"], error["msg"], environ, path)
            for error in fault.errors(include_input=False, include_url=False)
        ]
        raise SettingsFault("; ".join(lines)) from None
    if not (CRISIS_FOLDER / f"{tuned.campus.region}.json").is_file():
        regions = ", ".join(sorted(file.stem for file in CRISIS_FOLDER.glob("*.json")))
        raise SettingsFault(f"campus.region: the crisis directory has only {regions}")
    if tuned.intake.mode == "webhook" and not tuned.intake.webhook_url.startswith("https://"):
        raise SettingsFault("intake.mode is webhook: intake.webhook_url needs https://…")
    return tuned


def _tuned_fault(
    place: tuple[int | str, ...], kind: str, message: str, environ: Mapping[str, str], path: Path
) -> str:
    """A fault by the variable or the key that it comes from."""
    key = ".".join(str(part) for part in place)
    if kind == "extra_forbidden":
        known = {".".join(parts) for parts in _keys()} | set(Tuned.model_fields)
        said = _near(key, known)
        return f"{path.name}: {key}: unknown setting{said.removeprefix(key)}"
    variable = f"HANDRAIL__{'__'.join(str(part) for part in place[:2]).upper()}"
    given = [name for name in environ if name.upper() == variable]
    said = message.removeprefix("Value error, ")
    return f"{given[0] if given else f'{path.name}: {key}'}: {said}"


def _load(
    model: type[_Model],
    environ: Mapping[str, str],
    file: Callable[[type[BaseSettings]], PydanticBaseSettingsSource] | None = None,
) -> _Model:
    """The model as this environment has it, which stands over the file."""

    class Read(model):  # type: ignore[misc,valid-type]
        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], **_: PydanticBaseSettingsSource
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            ours = EnvSettingsSource(settings_cls)
            # a variable that is set to nothing is as good as none
            ours.env_vars = {name.lower(): value for name, value in environ.items() if value}
            return (ours,) if file is None else (ours, file(settings_cls))

    read: _Model = Read()
    return read


def _file(model: type[BaseSettings], path: Path) -> TomlConfigSettingsSource:
    try:
        # the source takes a missing file for an empty one; starting on built-in values instead
        # would look as if all were well
        path.open("rb").close()
        source = TomlConfigSettingsSource(model, path)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsFault(f"{path.name} cannot be read: {fault}") from None
    except OSError as fault:
        raise SettingsFault(f"{path} cannot be read: {fault.strerror}") from None
    for section, value in source.toml_data.items():
        if section in Tuned.model_fields and not isinstance(value, dict):
            raise SettingsFault(f"{path.name}: {section}: write [{section}] and its keys below")
    return source
