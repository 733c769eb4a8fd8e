"""Prints a benchmark: a table for people, then one JSON line."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A plain aligned table."""
    cells = [list(map(str, header))] + [[_cell(value) for value in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    sys.stdout.write(f"\n{title}\n")
    for place, row in enumerate(cells):
        sys.stdout.write(
            "  ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)) + "\n"
        )
        if place == 0:
            sys.stdout.write("  ".join("-" * width for width in widths) + "\n")


def print_figures(bench: str, figures: Mapping[str, float | int]) -> None:
    """The last line: what other programs read."""
    sys.stdout.write("\n" + json.dumps({"bench": bench, "figures": dict(figures)}) + "\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """Progress, apart from the figures."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
