"""The phrase language of the risk lexicon, made into regular expressions.

Clinicians and editors read and write phrases, not regular expressions:

| written | means |
|---|---|
| ``want to die`` | these words, in this order (English) |
| ``想死`` | these characters (Chinese: spaces between parts are ignored) |
| ``(a|b c)`` | one of these |
| ``(a|b)?`` | one of these, or nothing |
| ``{want}`` ``{want}?`` | one of the file's list ``want`` |
| ``cut*`` | a word that begins with "cut" |
| ``..`` ``..5`` | up to 3 (5) other words; in Chinese up to 6 (5) characters, not past a comma |
| ``^`` ``$`` | the message begins here, ends here (punctuation and emoji aside) |
| ``#`` | a number |

Every repeat is bounded, so no phrase can run away on a hostile text. A phrase also knows its
stems: texts that hold none of them cannot match, which is what makes ordinary chat cheap.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_MOST_STEMS = 80
_DEEPEST = 8
_ENGLISH_GAP = 3
_CHINESE_GAP = 6
_COMMON = frozenset(
    [
        "i",
        "im",
        "ive",
        "id",
        "ill",
        "me",
        "my",
        "to",
        "the",
        "a",
        "an",
        "of",
        "it",
        "is",
        "was",
        "be",
        "and",
        "in",
        "on",
        "at",
        "for",
        "with",
        "you",
        "your",
        "that",
        "this",
        "so",
        "do",
        "not",
        "no",
        "dont",
        "cant",
        "want",
        "wanna",
        "going",
        "gonna",
        "go",
        "have",
        "has",
        "had",
        "am",
        "are",
        "all",
        "just",
        "like",
        "feel",
        "think",
        "about",
        "will",
        "would",
        "can",
        "get",
        "got",
        "if",
        "he",
        "she",
        "they",
        "his",
        "her",
        "what",
        "when",
        "how",
        "too",
        "up",
        "out",
        "u",
        "some",
        "one",
        "more",
        "been",
        "really",
        "as",
        "but",
        "or",
        "from",
        "by",
        "we",
        "us",
        "our",
        "them",
        "there",
        "now",
    ]
)
_CLAUSE = ",，。.!！?？;；\\n"
_START, _END = r"(?:\A[\W_]{0,8})", r"(?=[\W_]{0,12}\Z)"
_ANCHORS = (_START, _END)
_NUMBER = (
    r"(?:[0-9]{1,4}\+?|[一二两三四五六七八九十百几多半]{1,4}|one|two|three|four|five|six|seven|eight|nine"
    r"|ten|dozen|twelve|fifteen|twenty|thirty|forty|fifty|sixty|hundred|several)"
)


class PhraseError(ValueError):
    """A phrase that cannot be read; the message quotes it and says why."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase compiled: the expression, and stems of which a matching text holds one."""

    pattern: str
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Part:
    pattern: str
    stems: frozenset[str] | None = None
    optional: bool = False
    literal: bool = False


def _cost(stems: frozenset[str]) -> float:
    worst = max(100.0 if s in _COMMON else 60.0 / len(s.encode()) for s in stems)
    return worst + len(stems) * 0.05


class _Reader:
    """Recursive descent over one phrase."""

    def __init__(self, lists: Mapping[str, Sequence[str]], *, spaced: bool, depth: int) -> None:
        self._lists, self._spaced, self._depth = lists, spaced, depth
        self._text, self._at = "", 0

    def read(self, text: str) -> _Part:
        if self._depth > _DEEPEST:
            raise PhraseError(f"{text!r}: lists are nested too deeply")
        self._text, self._at = text, 0
        part = self._alternatives()
        if self._at < len(text):
            raise PhraseError(f"{text!r}: unmatched ')' at {self._at}")
        return part

    def _alternatives(self) -> _Part:
        parts = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            parts.append(self._sequence())
        return self._either(parts)

    def _either(self, parts: list[_Part]) -> _Part:
        if len(parts) == 1:
            return parts[0]
        stems: frozenset[str] | None = frozenset()
        for part in parts:
            stems = None if stems is None or part.stems is None else stems | part.stems
        if stems is not None and len(stems) > _MOST_STEMS:
            stems = None
        ordered = sorted((p.pattern for p in parts), key=len, reverse=True)
        return _Part(f"(?:{'|'.join(ordered)})", stems, any(p.optional for p in parts))

    def _sequence(self) -> _Part:
        words: list[list[_Part]] = [[]]
        while (char := self._peek()) and char not in "|)":
            if char == " ":
                self._at += 1
                if self._spaced and words[-1]:
                    words.append([])
            else:
                words[-1].append(self._item(char))
        if not words[-1]:
            words.pop()
        if not words:
            raise PhraseError(f"{self._text!r}: an empty part at {self._at}")
        if not self._spaced:
            return self._joined(list(itertools.chain.from_iterable(words)), "")
        return self._joined([self._joined(word, "") for word in words], r"\s")

    def _joined(self, parts: list[_Part], gap: str) -> _Part:
        if len(parts) == 1:
            return parts[0]
        merged = self._runs(parts) if not gap else parts
        # A stem must begin where a word begins: inside an English word only its head will do.
        words = [p for p in merged if p.pattern not in _ANCHORS]
        whole = words if gap or not self._spaced else words[:1]
        candidates = [p.stems for p in whole if p.stems and not p.optional]
        stems = min(candidates, key=_cost, default=None)
        if not gap:
            pattern = "".join(p.pattern + "?" * p.optional for p in merged)
            return _Part(pattern, stems, all(p.optional for p in merged))
        return _Part(self._spaced_pattern(merged, gap), stems, all(p.optional for p in merged))

    @staticmethod
    def _spaced_pattern(parts: list[_Part], gap: str) -> str:
        """Words with one space between; an optional word takes its space along."""
        pattern, needs_gap = "", False
        for index, part in enumerate(parts):
            last = index == len(parts) - 1
            if part.pattern.startswith("(?:\\s"):  # a gap of words brings its own spaces
                pattern += part.pattern
            elif not part.optional:
                pattern += (gap if needs_gap else "") + part.pattern
                needs_gap = True
            elif needs_gap:
                pattern += f"(?:{gap}{part.pattern})?"
            elif last:
                pattern += part.pattern + "?"
            else:
                pattern += f"(?:{part.pattern}{gap})?"
        return pattern

    @staticmethod
    def _runs(parts: list[_Part]) -> list[_Part]:
        """Neighboring literal characters joined, so that stems are as long as they can be."""
        runs: list[_Part] = []
        for part in parts:
            if runs and part.literal and runs[-1].literal:
                text = runs[-1].pattern + part.pattern
                runs[-1] = _Part(text, frozenset((_plain(text),)), literal=True)
            else:
                runs.append(part)
        return runs

    def _item(self, char: str) -> _Part:
        if char == "(":
            self._at += 1
            inner = self._alternatives()
            if self._peek() != ")":
                raise PhraseError(f"{self._text!r}: '(' without ')'")
            self._at += 1
            return self._maybe(_Part(f"(?:{inner.pattern})", inner.stems, inner.optional))
        if char == "{":
            return self._maybe(self._named())
        if self._text.startswith("..", self._at):
            return self._gap()
        self._at += 1
        if char == "^":
            return _Part(_START)
        if char == "$":
            return _Part(_END)
        if char == "#":
            return _Part(_NUMBER)
        if char == "*":
            return _Part(r"[a-z]{0,12}")
        if char in "?}":
            raise PhraseError(f"{self._text!r}: {char!r} at {self._at - 1} has nothing before it")
        if self._peek() == "?":
            return self._maybe(_Part(re.escape(char)))
        return _Part(re.escape(char), frozenset((char,)), literal=True)

    def _maybe(self, part: _Part) -> _Part:
        if self._peek() != "?":
            return part
        self._at += 1
        return _Part(part.pattern, None, optional=True)

    def _named(self) -> _Part:
        end = self._text.find("}", self._at)
        name = self._text[self._at + 1 : end] if end > 0 else ""
        if name not in self._lists:
            raise PhraseError(f"{self._text!r}: no list {name!r}")
        self._at = end + 1
        reader = _Reader(self._lists, spaced=self._spaced, depth=self._depth + 1)
        part = self._either([reader.read(word) for word in self._lists[name]])
        return _Part(f"(?:{part.pattern})", part.stems, part.optional)

    def _gap(self) -> _Part:
        self._at += 2
        digits = re.match(r"[0-9]{0,2}", self._text[self._at :])
        size = digits[0] if digits else ""
        self._at += len(size)
        if self._spaced:
            return _Part(rf"(?:\s[a-z0-9$£%-]{{1,20}}){{0,{size or _ENGLISH_GAP}}}")
        return _Part(rf"[^{_CLAUSE}]{{0,{size or _CHINESE_GAP}}}")

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]


def _plain(pattern: str) -> str:
    return re.sub(r"\\(.)", r"\1", pattern)


def compile_phrase(text: str, lists: Mapping[str, Sequence[str]], lang: str) -> Phrase:
    """One phrase of a lexicon in ``lang`` ("en" or "zh").

    Raises PhraseError where it cannot be read, or could match anything (no stem).
    """
    part = _Reader(lists, spaced=lang == "en", depth=0).read(text)
    if not part.stems or part.optional:
        raise PhraseError(f"{text!r}: every word of it is optional")
    stems = part.stems
    if lang == "en":
        return Phrase(rf"(?<![a-z0-9])(?:{part.pattern})(?![a-z0-9])", stems)
    return Phrase(rf"(?:{part.pattern})", stems)


def compile_loose(text: str, lists: Mapping[str, Sequence[str]], lang: str) -> str:
    """A phrase as a bare expression, stems or none: for scope words, which need no prefilter."""
    part = _Reader(lists, spaced=lang == "en", depth=0).read(text)
    edge = lang == "en"
    return rf"(?<![a-z0-9])(?:{part.pattern})(?![a-z0-9])" if edge else f"(?:{part.pattern})"
