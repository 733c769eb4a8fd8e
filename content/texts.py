"""Everything that people read on a screen: Fluent files, one folder a language."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from fluent.runtime import FluentBundle, FluentResource

LANGUAGES = ("en", "zh")
FOLDER = Path(__file__).resolve().parent / "texts"


class MissingText(KeyError):
    """A key that no file has; `content check` finds it before a person does."""


class Texts:
    """All texts, loaded once."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._bundles = {language: _load(folder / language, language) for language in LANGUAGES}

    def get(self, language: str, key: str, /, **args: Any) -> str:
        """The text of a key; placeholders are escaped by whoever passes them as HTML."""
        bundle = self._bundles[language if language in self._bundles else "en"]
        if not bundle.has_message(key):
            raise MissingText(key)
        pattern = bundle.get_message(key).value
        if pattern is None:
            raise MissingText(key)
        text, faults = bundle.format_pattern(pattern, args)
        if faults:
            raise MissingText(f"{key}: {faults[0]}")
        return str(text)

    def has(self, language: str, key: str) -> bool:
        """Whether a language has the key."""
        return bool(self._bundles[language].has_message(key))


@functools.cache
def _load(folder: Path, language: str) -> FluentBundle:
    bundle = FluentBundle(["en-US" if language == "en" else "zh-Hans"], use_isolating=False)
    for path in sorted(folder.glob("*.ftl")):
        bundle.add_resource(FluentResource(path.read_text(encoding="utf-8")))
    return bundle
