"""Safe HTML for the page, written from entities; every character of text is escaped."""

from html import escape
from typing import Any

from bot.simulator.model import Json

_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
_SCHEMES = ("http://", "https://", "tg://", "tel:", "mailto:")


def _tags(entity: Json, covered: str) -> tuple[str, str]:
    kind = entity["type"]
    if kind in _TAGS:
        return f"<{_TAGS[kind]}>", f"</{_TAGS[kind]}>"
    if kind == "spoiler":
        return '<span class="spoiler" tabindex="0">', "</span>"
    if kind in {"text_link", "url"}:
        url = str(entity.get("url") or covered)
        if not url.lower().startswith(_SCHEMES):
            url = f"https://{url}"
        if (
            kind == "text_link"
            and ":" in url.split("/")[0]
            and not url.lower().startswith(_SCHEMES)
        ):
            return "", ""
        href = escape(url, quote=True)
        return f'<a href="{href}" target="_blank" rel="noopener noreferrer nofollow">', "</a>"
    if kind == "bot_command":
        return '<span class="command">', "</span>"
    if kind in {"mention", "text_mention", "hashtag"}:
        return '<span class="mention">', "</span>"
    return "", ""


def to_html(text: str, entities: list[Any]) -> str:
    """Return `text` with its entities as a small fixed set of tags."""
    if not entities:
        return escape(text)
    raw = text.encode("utf-16-le")
    # Entities that cross each other cannot nest: the later one is cut at its parent's end.
    ordered = sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
    out: list[str] = []
    stack: list[tuple[int, str]] = []
    cursor = 0

    def write_until(end: int) -> None:
        nonlocal cursor
        if end > cursor:
            out.append(escape(raw[cursor * 2 : end * 2].decode("utf-16-le", "replace")))
            cursor = end

    for entity in ordered:
        begin, end = entity["offset"], entity["offset"] + entity["length"]
        while stack and stack[-1][0] <= begin:
            stop, tag = stack.pop()
            write_until(stop)
            out.append(tag)
        write_until(begin)
        if stack:
            end = min(end, stack[-1][0])
        covered = raw[begin * 2 : end * 2].decode("utf-16-le", "replace")
        opening, closing = _tags(entity, covered)
        out.append(opening)
        stack.append((end, closing))
    while stack:
        stop, tag = stack.pop()
        write_until(stop)
        out.append(tag)
    write_until(len(raw) // 2)
    return "".join(out)
