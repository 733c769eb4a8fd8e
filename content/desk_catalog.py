"""Canned replies of the desk: short texts a counselor can send, in both languages."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = ("en", "zh")
FOLDER = Path(__file__).resolve().parent / "desk"
# a button carries it, beside the case and the preview
_ID = re.compile(r"[a-z0-9-]{1,15}")
MAX_TEXT = 600
MAX_TITLE = 40


class CannedFault(ValueError):
    """A file of canned replies that must not be used; says which and why."""


@dataclass(frozen=True, slots=True)
class CannedReply:
    """One reply: `id` is the same in every language."""

    id: str
    title: str
    text: str


class CannedReplies:
    """All canned replies, loaded once. CannedFault when the languages do not agree."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._replies: dict[str, dict[str, CannedReply]] = {}
        for language in LANGUAGES:
            self._load(folder / f"canned.{language}.toml", language)
        ids = [tuple(self._replies[language]) for language in LANGUAGES]
        if len(set(ids)) != 1:
            raise CannedFault(f"{folder}: the languages have different replies: {ids}")

    def all(self, language: str) -> tuple[CannedReply, ...]:
        """Every reply in one language, in the order of the file."""
        return tuple(self._replies[language if language in self._replies else "en"].values())

    def get(self, language: str, reply_id: str) -> CannedReply | None:
        """One reply; None when no file has it (any more)."""
        return self._replies[language if language in self._replies else "en"].get(reply_id)

    def _load(self, path: Path, language: str) -> None:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        replies: dict[str, CannedReply] = {}
        for row in found.get("reply", []):
            reply = CannedReply(row["id"], row["title"].strip(), row["text"].strip())
            _check(path, reply, replies)
            replies[reply.id] = reply
        self._replies[language] = replies


def _check(path: Path, reply: CannedReply, before: dict[str, CannedReply]) -> None:
    if not _ID.fullmatch(reply.id) or reply.id in before:
        raise CannedFault(f"{path}: bad or repeated id {reply.id!r}")
    if not 0 < len(reply.title) <= MAX_TITLE or not 0 < len(reply.text) <= MAX_TEXT:
        raise CannedFault(f"{path}: {reply.id}: empty or too long")
