"""A search for planted strings in every spelling in which they could stand somewhere."""

from __future__ import annotations

import base64
import gzip
import io
import json
import sqlite3
from pathlib import Path

import asyncpg


def spellings(needle: str) -> set[bytes]:
    """UTF-8, UTF-16, JSON's and Python's escapes, hex and base64; a number also as an integer."""
    plain = {needle.encode(), needle.encode("utf-16-le"), needle.encode("utf-16-be")}
    spelled = plain | {
        json.dumps(needle)[1:-1].encode(),
        needle.encode("unicode_escape"),
        repr(needle.encode())[2:-1].encode(),
    }
    if needle.isdecimal():
        for size in (6, 8):
            spelled |= {int(needle).to_bytes(size, order) for order in ("big", "little")}
    for form in plain:
        spelled |= {form.hex().encode(), form.hex().upper().encode(), *_base64(form)}
    return spelled


def _base64(form: bytes) -> set[bytes]:
    """The same bytes begin at one of three places of a group; what depends on neighbors is cut."""
    found = set()
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + form)
        start, end = -(-before * 8 // 6), (before + len(form)) * 8 // 6
        cut = whole[start:end]
        found |= {cut, cut.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def find(places: dict[str, bytes], needles) -> list[tuple[str, str]]:
    """Where which needle stands."""
    return [
        (place, needle)
        for needle in needles
        for spelled in [spellings(needle)]
        for place, content in places.items()
        if any(form in content for form in spelled)
    ]


def files(folder: Path) -> dict[str, bytes]:
    """Every file, as it lies there: database, WAL, shared memory, lock, backup, keys."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found[path.name] = content = path.read_bytes()
            if path.suffix == ".gz":
                found[f"{path.name} unpacked"] = gzip.decompress(content)
    return found


async def dump(url: str) -> dict[str, bytes]:
    """Every table of the database, by its own means of copying."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        try:
            return {"dump": "\n".join(connection.iterdump()).encode("utf-8", "surrogatepass")}
        finally:
            connection.close()
    connection = await asyncpg.connect(url)
    found = {}
    try:
        for record in await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ):
            for form in ("text", "binary"):
                copied = io.BytesIO()
                await connection.copy_from_table(record[0], output=copied, format=form)
                found[f"dump {record[0]} {form}"] = copied.getvalue()
    finally:
        await connection.close()
    return found
