"""Cutting long words to Telegram's size, with what was flagged emphasized."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

Span = tuple[int, int]
_LOOK_BACK = 200


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text) + sum(1 for c in text if ord(c) > 0xFFFF)


def cut(text: str, limit: int) -> list[Span]:
    """Places to cut so that no piece has more than `limit` (>= 2) units; at a near space."""
    spans, start, size, place = [], 0, 0, 0
    while place < len(text):
        width = units(text[place])
        if size + width > limit:
            end = _near_space(text, start, place)
            spans.append((start, end))
            start = place = end
            size = 0
            continue
        size += width
        place += 1
    if start < len(text) or not spans:
        spans.append((start, len(text)))
    return spans


def _near_space(text: str, start: int, place: int) -> int:
    for at in range(place, max(start, place - _LOOK_BACK), -1):
        if text[at - 1].isspace():
            return at
    return place


def emphasize(text: str, flagged: Iterable[Span], piece: Span) -> str:
    """One piece as HTML, its flagged stretches bold."""
    start, end = piece
    parts, at = [], start
    for first, last in merged(flagged):
        low, high = max(first, start), min(last, end)
        if low >= high:
            continue
        parts += [_plain(text[at:low]), "<b>", _plain(text[low:high]), "</b>"]
        at = high
    return "".join([*parts, _plain(text[at:end])])


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, overlapping ones joined."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def pack(stretches: Sequence[tuple[str, int]], limit: int) -> list[str]:
    """Stretches of HTML (with their visible size) joined into messages within `limit`."""
    messages: list[list[str]] = []
    used = 0
    for text, size in stretches:
        if not messages or used + size + 2 > limit:
            messages.append([])
            used = 0
        messages[-1].append(text)
        used += size + 2
    return ["\n\n".join(message) for message in messages]


def _plain(text: str) -> str:
    return html.escape(text, quote=False)
