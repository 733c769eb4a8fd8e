"""The crisis directory: facts with a source and a date, one file a region.

What is doubtful, contradictory or unconfirmed stays hidden (`shown` is false) until an operator
confirms it; what is shown carries the date of its evidence.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

from content.crisis_hours import read_hours
from content.crisis_records import (
    FALLBACK,
    CampusContact,
    CampusContacts,
    Contact,
    CrisisDirectory,
    CrisisEntry,
    Region,
    Source,
)

__all__ = [
    "FALLBACK",
    "CampusContact",
    "CampusContacts",
    "Contact",
    "CrisisDirectory",
    "CrisisEntry",
    "CrisisFault",
    "Region",
    "Source",
    "load_directory",
]

FOLDER = Path(__file__).resolve().parent / "crisis"
LANGUAGES = ("en", "zh")
AUDIENCES = frozenset(
    {
        *("general", "students", "youth", "women", "men", "lgbtq", "suicide_bereaved"),
        *("domestic_violence", "sexual_assault", "poisoning", "directory"),
        *("police", "ambulance", "fire"),
    }
)
KINDS = frozenset({"phone", "sms", "whatsapp", "chat", "email", "app", "letter", "textphone"})
_DIALED = frozenset({"phone", "sms", "textphone"})
_DATE = re.compile(r"\d{4}(-\d\d){0,2}")
_DIAL = re.compile(r"[+#]?\d+")
_HAN = re.compile(r"[\u4e00-\u9fff]")


class CrisisFault(ValueError):
    """Files of the directory are wrong; each line names file and entry."""


def load_directory(folder: Path = FOLDER) -> CrisisDirectory:
    """Read and check every region; CrisisFault names file and entry, one fault a line."""
    faults: list[str] = []
    regions: dict[str, Region] = {}
    owners: dict[str, str] = {}
    for path in sorted(folder.glob("*.json")):
        where = f"content/crisis/{path.name}"
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            region = _region(raw, where, faults)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as fault:
            faults.append(f"{where}: {_said(fault)}")
            continue
        if region.code != path.stem:
            faults.append(f"{where}: says that it is {region.code}")
        if not any(entry.shown and entry.is_general for entry in region.entries):
            faults.append(f"{where}: no general line is shown")
        for entry in region.entries:
            if owners.setdefault(entry.id, path.name) != path.name or (
                sum(other.id == entry.id for other in region.entries) > 1
            ):
                faults.append(f"{where}: {entry.id}: this id stands twice")
        regions[region.code] = region
    if FALLBACK not in regions:
        faults.append(f"content/crisis: no international fall-back ({FALLBACK}.json)")
    if faults:
        raise CrisisFault("\n".join(dict.fromkeys(faults)))
    return CrisisDirectory(regions)


def _region(raw: dict[str, Any], where: str, faults: list[str]) -> Region:
    entries = []
    for place, item in enumerate(raw["entries"], start=1):
        try:
            entry = _entry(item, raw["region"])
            _check_entry(entry)
            entries.append(entry)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as fault:
            named = item.get("id") if isinstance(item, dict) else None
            faults.append(f"{where}: {named or f'entry {place}'}: {_said(fault)}")
    emergency = raw["emergency"]
    sources = tuple(_source(s) for s in emergency["sources"])
    numbers = {
        service: _emergency_number(emergency[service], service, sources)
        for service in ("police", "ambulance", "fire")
    }
    note = emergency["note"]
    return Region(
        code=raw["region"],
        name=_words(raw["name"], "name"),
        police=numbers["police"],
        ambulance=numbers["ambulance"],
        fire=numbers["fire"],
        emergency_note=None if note is None else _sentence(note, "emergency note"),
        emergency_sources=sources,
        entries=tuple(entries),
    )


def _emergency_number(raw: dict[str, Any], service: str, sources: tuple[Source, ...]) -> str:
    value = str(raw["value"])
    if not _DIAL.fullmatch(value):
        raise ValueError(f"{service}: {value!r} is no number")
    if not [sources[place] for place in raw["sources"]]:
        raise ValueError(f"{service}: {value} cites no source")
    return value


def _entry(raw: dict[str, Any], region: str) -> CrisisEntry:
    sources = tuple(_source(s) for s in raw["sources"])
    evidence = raw["evidence"]
    if evidence["date"] is not None:
        _date(evidence["date"])
    return CrisisEntry(
        id=raw["id"],
        region=region,
        name=_words(raw["name"], "name"),
        native_name=raw["name"]["native"],
        translated=frozenset(raw["name"]["translated"]),
        area=None if raw["area"] is None else _sentence(raw["area"], "area"),
        audience=tuple(raw["audience"]),
        contacts=tuple(_contact(contact, sources) for contact in raw["contacts"]),
        note=None if raw["note"] is None else _sentence(raw["note"], "note"),
        hours=read_hours(raw["hours"]),
        languages=None if raw["languages"] is None else _sentence(raw["languages"], "languages"),
        cost=None if raw["cost"] is None else _sentence(raw["cost"], "cost"),
        operator=raw["operator"],
        website=raw["website"],
        evidence_date=evidence["date"],
        evidence_age=evidence["age"],
        confidence=evidence["confidence"],
        status=raw["status"],
        shown=_flag(raw["shown"], "shown"),
        doubt=None if raw["doubt"] is None else _sentence(raw["doubt"], "doubt"),
        checked=None if raw["checked"] is None else dt.date.fromisoformat(raw["checked"]),
        sources=sources,
    )


def _contact(raw: dict[str, Any], sources: tuple[Source, ...]) -> Contact:
    value, kind, dial = str(raw["value"]), raw["kind"], raw["dial"]
    if kind not in KINDS:
        raise ValueError(f"{value}: {kind!r} is no kind of contact")
    if kind in _DIALED and (dial is None or not _DIAL.fullmatch(dial)):
        raise ValueError(f"{value}: nothing to dial")
    if dial is not None and re.sub(r"\D", "", dial) != re.sub(r"\D", "", value):
        raise ValueError(f"{value}: dial is another number, {dial}")
    cited = tuple(sources[place] for place in raw["sources"])
    if not cited:
        raise ValueError(f"{value}: cites no source")
    return Contact(
        kind=kind,
        value=value,
        dial=dial,
        keyword=raw["keyword"],
        words=None if raw["words"] is None else _words(raw["words"], f"words of {value}"),
        note=None if raw["note"] is None else _sentence(raw["note"], f"note of {value}"),
        shown=_flag(raw["shown"], f"shown of {value}"),
        sources=cited,
    )


def _check_entry(entry: CrisisEntry) -> None:
    if not entry.id.startswith(f"{entry.region.lower()}-"):
        raise ValueError(f"an id here begins with {entry.region.lower()}-")
    if unknown := set(entry.audience) - AUDIENCES:
        raise ValueError(f"unknown audience {', '.join(sorted(unknown))}")
    if not entry.contacts or not any(contact.shown for contact in entry.contacts):
        raise ValueError("no contact that may be shown")
    if entry.shown and (entry.status != "current" or entry.confidence == "memory only"):
        raise ValueError(f"{entry.status}, {entry.confidence}: must not be shown")
    if not entry.shown and entry.doubt is None:
        raise ValueError("hidden without saying why")
    age = "undated"
    if entry.evidence_date is not None:
        age = "recent" if int(entry.evidence_date[:4]) >= 2024 else "old"
    if entry.evidence_age != age:
        raise ValueError(f"evidence of {entry.evidence_date} is {age}")


def _source(raw: dict[str, Any]) -> Source:
    if not raw["title"] or not raw["kind"]:
        raise ValueError("a source has no title or no kind")
    if raw["date"] is not None:
        _date(raw["date"])
    if raw["address"] is not None and not raw["address"].startswith(("http://", "https://")):
        raise ValueError(f"{raw['address']!r} is no address")
    return Source(raw["title"], raw["address"], raw["date"], raw["kind"])


def _date(text: str) -> dt.date:
    """A year, a month or a day."""
    if not _DATE.fullmatch(text):
        raise ValueError(f"{text!r} is no date")
    return dt.date.fromisoformat((text + "-01-01")[:10])


def _flag(raw: object, what: str) -> bool:
    if not isinstance(raw, bool):
        raise ValueError(f"{what} is neither true nor false")
    return raw


def _words(raw: dict[str, Any], what: str) -> dict[str, str]:
    """A name in both languages; a proper name may read the same in both."""
    if missing := [language for language in LANGUAGES if not str(raw.get(language) or "").strip()]:
        raise ValueError(f"{what} is missing in {missing[0]}")
    return {language: raw[language] for language in LANGUAGES}


def _sentence(raw: dict[str, Any], what: str) -> dict[str, str]:
    """Words in both languages, the Chinese in Chinese."""
    words = _words(raw, what)
    if not _HAN.search(words["zh"]) or _HAN.search(words["en"]):
        raise ValueError(f"{what} is not in its language")
    return words


def _said(fault: Exception) -> str:
    return f"{fault} is missing" if isinstance(fault, KeyError) else str(fault)
