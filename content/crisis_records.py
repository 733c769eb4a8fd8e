"""What the crisis directory is made of: regions, services, contacts, sources, a campus's desks."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Self

from content.crisis_hours import Hours

FALLBACK = "INT"


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read."""

    title: str
    address: str | None
    date: str | None
    kind: str


@dataclasses.dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach a service; `dial` is what a phone dials, `words` replace `value` on a card.

    A contact that is not `shown` is doubted by its own facts, although its service is not.
    """

    kind: str
    value: str
    dial: str | None
    keyword: str | None
    words: Mapping[str, str] | None
    note: Mapping[str, str] | None
    shown: bool
    sources: tuple[Source, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class CrisisEntry:
    """One service; `translated` names the languages in which its name is our translation.

    `evidence_date` is that of the newest dated page that carries the number itself.
    """

    id: str
    region: str
    name: Mapping[str, str]
    native_name: str | None
    translated: frozenset[str]
    area: Mapping[str, str] | None
    audience: tuple[str, ...]
    contacts: tuple[Contact, ...]
    note: Mapping[str, str] | None
    hours: Hours
    languages: Mapping[str, str] | None
    cost: Mapping[str, str] | None
    operator: str | None
    website: str | None
    evidence_date: str | None
    evidence_age: str
    confidence: str
    status: str
    shown: bool
    doubt: Mapping[str, str] | None
    checked: dt.date | None
    sources: tuple[Source, ...]

    @property
    def is_for_anyone(self) -> bool:
        """For anybody in the whole region, a directory of lines included."""
        return "general" in self.audience and self.area is None

    @property
    def is_general(self) -> bool:
        """A general line; a directory counts only where there is no line, internationally."""
        return self.is_for_anyone and ("directory" not in self.audience or self.region == FALLBACK)


@dataclasses.dataclass(frozen=True, slots=True)
class Region:
    """Emergency numbers and services of one country or region."""

    code: str
    name: Mapping[str, str]
    police: str
    ambulance: str
    fire: str
    emergency_note: Mapping[str, str] | None
    emergency_sources: tuple[Source, ...]
    entries: tuple[CrisisEntry, ...]

    def __str__(self) -> str:
        """Its code, for a terminal."""
        return self.code


@dataclasses.dataclass(frozen=True, slots=True)
class CrisisDirectory:
    """All regions."""

    regions: Mapping[str, Region]

    def region(self, code: str | None) -> Region:
        """A region, or the international fall-back."""
        return self.regions.get((code or FALLBACK).upper()) or self.regions[FALLBACK]

    def entries(self) -> Iterator[CrisisEntry]:
        """Every entry of every region, the hidden ones too."""
        for region in self.regions.values():
            yield from region.entries

    def find(self, entry_id: str) -> CrisisEntry | None:
        """The entry of that id."""
        return next((entry for entry in self.entries() if entry.id == entry_id), None)


@dataclasses.dataclass(frozen=True, slots=True)
class CampusContact:
    """A desk of the university itself."""

    name: Mapping[str, str]
    phone: str
    hours: Mapping[str, str] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class CampusContacts:
    """The counseling center and the security desk, as the campus's settings name them."""

    desks: tuple[CampusContact, ...]

    @classmethod
    def from_settings(
        cls,
        *,
        center: tuple[str, str, str],
        security: tuple[str, str, str],
        center_hours: tuple[str, str] = ("", ""),
        security_hours: tuple[str, str] = ("", ""),
    ) -> Self | None:
        """From (English name, Chinese name, phone) and hours; None where no phone is set."""
        desks = tuple(
            CampusContact(_both(*names), phone, _both(*hours) if any(hours) else None)
            for (*names, phone), hours in ((center, center_hours), (security, security_hours))
            if phone
        )
        return cls(desks) if desks else None


def _both(english: str, chinese: str) -> dict[str, str]:
    return {"en": english or chinese, "zh": chinese or english}
