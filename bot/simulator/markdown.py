"""Telegram's Markdown and MarkdownV2 parse modes."""

import re

from bot.simulator.markup_text import EntityError, utf16_len
from bot.simulator.model import Json

_RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
_NAMES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "PreCode",
    "text_link": "TextUrl",
}
_V2 = (
    ("__", "underline"),
    ("||", "spoiler"),
    ("_", "italic"),
    ("*", "bold"),
    ("~", "strikethrough"),
)
_V1 = (("_", "italic"), ("*", "bold"))


class _Parser:
    def __init__(self, source: str, version: int) -> None:
        self.source = source
        self.version = version
        self.out: list[str] = []
        self.length = 0
        self.entities: list[Json] = []
        self.open: list[tuple[str, int, int]] = []

    def parse(self) -> tuple[str, list[Json]]:
        index = 0
        while index < len(self.source):
            index = self._step(index)
        if self.open:
            kind, _, at = self.open[-1]
            raise self._no_end(kind, at)
        return "".join(self.out), self.entities

    def _no_end(self, kind: str, at: int) -> EntityError:
        offset = len(self.source[:at].encode())
        if self.version == 1:
            return EntityError(f"Can't find end of the entity starting at byte offset {offset}")
        return EntityError(f"Can't find end of {_NAMES[kind]} entity at byte offset {offset}")

    def _write(self, text: str) -> None:
        self.out.append(text)
        self.length += utf16_len(text)

    def _add(self, kind: str, begin: int, **extra: str) -> None:
        if self.length > begin:
            self.entities.append(
                {"type": kind, "offset": begin, "length": self.length - begin, **extra}
            )

    def _step(self, index: int) -> int:
        source = self.source
        char = source[index]
        if char == "\\" and self._is_escape(source[index + 1 : index + 2]):
            self._write(source[index + 1])
            return index + 2
        if source.startswith("```", index):
            return self._pre(index)
        if char == "`":
            return self._code(index)
        if char == "[":
            self.open.append(("text_link", self.length, index))
            return index + 1
        if char == "]" and self.open and self.open[-1][0] == "text_link":
            return self._link(index)
        for mark, kind in _V2 if self.version > 1 else _V1:
            if source.startswith(mark, index):
                return self._toggle(mark, kind, index)
        if self.version > 1 and char == ">" and (index == 0 or source[index - 1] == "\n"):
            return self._quote(index)
        if self.version > 1 and char in _RESERVED:
            raise EntityError(
                f"Character '{char}' is reserved and must be escaped with the preceding '\\'"
            )
        self._write(char)
        return index + 1

    def _is_escape(self, following: str) -> bool:
        if self.version == 1:
            return following != "" and following in "_*`["
        return following.isascii() and following != ""

    def _toggle(self, mark: str, kind: str, index: int) -> int:
        if self.open and self.open[-1][0] == kind:
            _, begin, _ = self.open.pop()
            self._add(kind, begin)
        elif any(name == kind for name, _, _ in self.open):
            name, _, at = self.open[-1]
            raise self._no_end(name, at)
        else:
            self.open.append((kind, self.length, index))
        return index + len(mark)

    def _unescape(self, text: str) -> str:
        return re.sub(r"\\([\x01-\x7e])", r"\1", text) if self.version > 1 else text

    def _code(self, index: int) -> int:
        match = re.compile(r"`((?:\\.|[^`\\])*)`" if self.version > 1 else r"`([^`]*)`").match(
            self.source, index
        )
        if match is None:
            raise self._no_end("code", index)
        begin = self.length
        self._write(self._unescape(match[1]))
        self._add("code", begin)
        return match.end()

    def _pre(self, index: int) -> int:
        end = self.source.find("```", index + 3)
        if end < 0:
            raise self._no_end("pre", index)
        language, newline, rest = self.source[index + 3 : end].partition("\n")
        if not newline or re.search(r"\s", language):
            language, rest = "", self.source[index + 3 : end]
        begin = self.length
        self._write(self._unescape(rest))
        self._add("pre", begin, **({"language": language} if language else {}))
        return end + 3

    def _link(self, index: int) -> int:
        _, begin, at = self.open.pop()
        match = re.compile(r"\(((?:\\.|[^)\\])*)\)").match(self.source, index + 1)
        if match is None:
            if self.source.startswith("(", index + 1):
                offset = len(self.source[: index + 1].encode())
                raise EntityError(f"Can't find end of a URL at byte offset {offset}")
            self._add("text_link", begin, url=self.source[at + 1 : index])
            return index + 1
        url = self._unescape(match[1])
        mention = re.fullmatch(r"tg://user\?id=(\d+)", url)
        if mention:
            self._add("text_mention", begin)
            if self.entities and self.length > begin:
                self.entities[-1]["user_id"] = int(mention[1])
        else:
            self._add("text_link", begin, url=url)
        return match.end()

    def _quote(self, index: int) -> int:
        end = index
        lines = []
        while end < len(self.source) and self.source[end] == ">":
            stop = self.source.find("\n", end)
            stop = len(self.source) if stop < 0 else stop
            lines.append(self.source[end + 1 : stop])
            end = stop + 1
        text = "\n".join(lines)
        expandable = text.endswith("||") and text.count("||") % 2 == 1
        inner, entities = _Parser(text[:-2] if expandable else text, self.version).parse()
        begin = self.length
        self._write(inner)
        for entity in entities:
            self.entities.append({**entity, "offset": entity["offset"] + begin})
        self._add("expandable_blockquote" if expandable else "blockquote", begin)
        return min(end - 1, len(self.source)) if end > index else index + 1


def parse_markdown(source: str, *, version: int) -> tuple[str, list[Json]]:
    """Return plain text and entities; raises `EntityError`."""
    return _Parser(source, version).parse()
