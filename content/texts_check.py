"""Both languages always: the same keys and the same placeholders, and no text that breaks."""

from __future__ import annotations

from pathlib import Path

from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from content.texts import FOLDER, LANGUAGES


class _Placeholders(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802
        self.names.add(node.id.name)


def text_faults(folder: Path = FOLDER) -> list[str]:
    """Each fault as `file:line: what is wrong`."""
    faults: list[str] = []
    known: dict[str, dict[str, tuple[str, frozenset[str]]]] = {}
    for language in LANGUAGES:
        known[language] = {}
        for path in sorted((folder / language).glob("*.ftl")):
            _read(path, f"{language}/{path.name}", known[language], faults)
    for one, other in (LANGUAGES, LANGUAGES[::-1]):
        for key, (place, names) in known[one].items():
            if key not in known[other]:
                faults.append(f"{place}: {key} is missing in {other}")
            elif names != known[other][key][1] and one == "en":
                faults.append(
                    f"{known[other][key][0]}: {key} has other placeholders than in {one}"
                )
    return faults


def _read(
    path: Path,
    name: str,
    known: dict[str, tuple[str, frozenset[str]]],
    faults: list[str],
) -> None:
    source = path.read_text(encoding="utf-8")
    for entry in FluentParser(with_spans=True).parse(source).body:
        line = source.count("\n", 0, entry.span.start if entry.span else 0) + 1
        place = f"content/texts/{name}:{line}"
        if isinstance(entry, ast.Junk):
            faults.append(f"{place}: not valid Fluent")
        elif isinstance(entry, ast.Message):
            if entry.id.name in known:
                faults.append(f"{place}: {entry.id.name} stands twice")
            seen = _Placeholders()
            seen.visit(entry)
            known[entry.id.name] = (place, frozenset(seen.names))
