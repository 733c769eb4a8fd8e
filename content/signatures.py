"""Texts of clinical weight carry `reviewed_by` and a date; these nobody qualified has signed."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
# Fluent (### reviewed_by: Name), TOML (reviewed_by = "Name") or JSON ("reviewed_by": "Name")
_FIELD = re.compile(r'reviewed_by"?[ \t]*[:=][ \t]*"?([^"\n,]*)')
_SUFFIXES = {".ftl", ".toml", ".json", ".yaml", ".md"}


def unsigned(folder: Path = FOLDER) -> list[str]:
    """Files that ask for a signature and have none, as paths below the content folder."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix not in _SUFFIXES:
            continue
        signed = _FIELD.search(path.read_text(encoding="utf-8"))
        if signed is not None and not signed.group(1).strip():
            found.append(str(path.relative_to(folder)))
    return found
