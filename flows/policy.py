"""Every number of the care path that a supervisor may tune; read from settings.toml.

Each is bounded both ways: a time of which no instant can be reckoned would park every message.
"""

from __future__ import annotations

import datetime as dt
from typing import Self

import pydantic


class _Section(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class Paging(_Section):
    """Who is paged when nobody acknowledges."""

    every_s: int = pydantic.Field(120, ge=10, le=3600)
    admins_after_rounds: int = pydantic.Field(2, ge=0, le=50)
    webhook_after_rounds: int = pydantic.Field(3, ge=0, le=50)
    longest_shift_h: int = pydantic.Field(12, ge=1, le=48)
    ask_before_end_min: int = pydantic.Field(20, ge=2, le=120)

    @property
    def every(self) -> dt.timedelta:
        """Time between two pages."""
        return dt.timedelta(seconds=self.every_s)


class Cases(_Section):
    """How long a case may be silent, and how it comes back."""

    answer_within_min_imminent: int = pydantic.Field(10, ge=1, le=1440)
    answer_within_min: int = pydantic.Field(120, ge=1, le=10080)
    remind_waiting_min: int = pydantic.Field(30, ge=5, le=1440)
    reopen_within_days: int = pydantic.Field(7, ge=0, le=3650)
    follow_up_after_h: int = pydantic.Field(20, ge=1, le=720)
    staff_copies_deleted_after_h: int = pydantic.Field(24, ge=1, le=47)


class Enrolment(_Section):
    """Who may use the service."""

    open: bool = False
    minimum_age: int = pydantic.Field(16, ge=13, le=21)
    adult_age: int = pydantic.Field(18, ge=16, le=21)
    code_days: int = pydantic.Field(60, ge=1, le=3650)
    invite_days: int = pydantic.Field(7, ge=1, le=3650)
    consent_version: str = pydantic.Field("2026-11", min_length=1, max_length=32)

    @pydantic.model_validator(mode="after")
    def _years_between(self) -> Self:
        # the first screen offers the years from one to below the other
        if self.minimum_age >= self.adult_age:
            raise ValueError("minimum_age must be below adult_age")
        return self


class RetentionDays(_Section):
    """How long rows live; a purge runs with the sweeps."""

    turns_days: int = pydantic.Field(7, ge=1, le=3650)
    traffic_days: int = pydantic.Field(14, ge=3, le=3650)
    parked_days: int = pydantic.Field(30, ge=7, le=3650)


class Campus(_Section):
    """One campus: its place, its people, its hours."""

    id: str = pydantic.Field("main", pattern=r"^[a-z0-9-]{1,32}$")
    region: str = pydantic.Field("INT", pattern=r"^[A-Z]{2,3}$")
    time_zone: str = "UTC"
    duty_hours_en: str = ""
    duty_hours_zh: str = ""
    center_name_en: str = ""
    center_name_zh: str = ""
    center_phone: str = ""
    security_name_en: str = ""
    security_name_zh: str = ""
    security_phone: str = ""

    @pydantic.field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        import zoneinfo

        if value not in zoneinfo.available_timezones():
            raise ValueError("not an IANA time zone, for example Asia/Shanghai")
        return value


class Policy(_Section):
    """All of it."""

    paging: Paging = Paging()
    cases: Cases = Cases()
    enrolment: Enrolment = Enrolment()
    retention: RetentionDays = RetentionDays()
    campus: Campus = Campus()
