"""Texts of clinical weight carry `reviewed_by` and `reviewed_on`: who signed them, and when."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
# a signature older than this wants a second look (docs/operations.md says so)
MAX_AGE = dt.timedelta(days=365)
# Fluent (### reviewed_by: Name), TOML (reviewed_by = "Name") or JSON ("reviewed_by": "Name")
_FIELD = r'^(?:###)?[ \t]*"?{}"?[ \t]*[:=][ \t]*"?([^"\n]*)'
_BY = re.compile(_FIELD.format("reviewed_by"), re.MULTILINE)
_ON = re.compile(_FIELD.format("reviewed_on"), re.MULTILINE)
_SUFFIXES = {".ftl", ".toml", ".json", ".yaml", ".md"}
# every other file is taken to carry weight, so that none is forgotten
_LIGHT = {"common.ftl"}


@dataclasses.dataclass(frozen=True, slots=True)
class Signatures:
    """Paths below the content folder; faults as `file:line: what is wrong`."""

    unsigned: list[str]
    faults: list[str]
    old: list[str]


def read_signatures(today: dt.date, folder: Path = FOLDER) -> Signatures:
    """Which files nobody signed, which were signed on no real day, and which long ago."""
    found = Signatures([], [], [])
    for path in sorted(folder.rglob("*")):
        if path.suffix in _SUFFIXES and path.name not in _LIGHT:
            _read(path.read_text(encoding="utf-8"), str(path.relative_to(folder)), today, found)
    return found


def _read(text: str, name: str, today: dt.date, found: Signatures) -> None:
    by, on = _BY.search(text), _ON.search(text)
    if by is None or not by.group(1).strip():
        found.unsigned.append(name)
        return
    day = _day(on.group(1).strip()) if on is not None else None
    if day is None or day > today:
        line = text.count("\n", 0, (on or by).start(1)) + 1
        found.faults.append(f"content/{name}:{line}: reviewed_on is no past day (2026-11-24)")
    elif today - day > MAX_AGE:
        found.old.append(name)


def _day(written: str) -> dt.date | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", written):
        return None
    try:
        return dt.date.fromisoformat(written)
    except ValueError:
        return None
