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

Every repeat is bounded, so no phrase can run away on a hostile text. A phrase also knows what a
text must hold for it to match at all (``Phrase.groups``), which is what makes ordinary chat cheap.
"""

from __future__ import annotations

import itertools
import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_MOST_STEMS = 400
_MOST_GROUPS = 5
_DEEPEST = 8
_ENGLISH_GAP = 3
_CHINESE_GAP = 6
_COMMON_WORDS = """
i im ive id ill me my to the a an of it is was be and in on at for with you your that this so do not
no dont cant want wanna going gonna go have has had am are all just like feel think about will would
can get got if he she they his her what when how too up out u some one more been really as but or
from by we us our them there now 我 的 了 不 是 有 在 你 好 就 也 都 到 想 会 要 没 一 这 个 他 她 人
自己 什么 怎么
"""
_COMMON = frozenset(_COMMON_WORDS.split())
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
    """A phrase compiled: the expression, and what a text must hold for it to match.

    The text must hold one stem of every group. A stem is a word, the first three letters of a
    word, a Han character or emoji, or two neighbors of which one is such: all of them quick to
    list for a text (``stems_of``). The rarest group stands first; none: any text may match.
    """

    pattern: str
    groups: tuple[frozenset[str], ...]


_Groups = tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class _Part:
    pattern: str
    groups: _Groups = ()
    optional: bool = False
    literal: str = ""


_WORD = re.compile(r"[a-z0-9]+")
_LATIN = re.compile(r"[a-z]+")
_HEAD = 3


def stems_of(text: str) -> set[str]:
    """Everything in a normalized text that a phrase's stem could be."""
    words = _WORD.findall(text)
    stems = set(words)
    stems.update([word[:_HEAD] for word in words])
    if not text.isascii():
        stems.update(text)
        stems.update(map(operator.add, text, text[1:]))
    return stems


def _cost(stems: frozenset[str]) -> float:
    """Roughly how often a text holds one of them."""
    return sum(30.0 if s in _COMMON else 6.0 / len(s.encode()) ** 2 for s in stems)


def _literal_groups(text: str, *, spaced: bool) -> _Groups:
    """What a text must hold that holds these characters, a whole word of it if ``spaced``."""
    if text.isascii():
        word = _WORD.match(text)
        if word is None:
            return ()
        short = spaced or len(word[0]) < _HEAD or word[0] != text
        return (frozenset((word[0] if short else word[0][:_HEAD],)),)
    pairs = [text[i : i + 2] for i in range(len(text) - 1)] or [text]
    return tuple(frozenset((pair,)) for pair in pairs if not pair.isascii())


def _as_heads(groups: _Groups) -> _Groups:
    """The same for words that go on after what is written."""
    heads = (
        frozenset(s[:_HEAD] if s.isascii() else s for s in group)
        for group in groups
        if all(len(s) >= _HEAD or not s.isascii() for s in group)
    )
    return tuple(heads)


class _Reader:
    """Recursive descent over one phrase."""

    def __init__(
        self, lists: Mapping[str, Sequence[str]], space: str | None, depth: int = 0
    ) -> None:
        self._lists, self._space, self._depth = lists, space, depth
        self._spaced = space is not None
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
        ordered = sorted((p.pattern for p in parts), key=len, reverse=True)
        pattern, optional = f"(?:{'|'.join(ordered)})", any(p.optional for p in parts)
        if not all(p.groups for p in parts):
            return _Part(pattern, (), optional)
        stems = frozenset().union(*(min(p.groups, key=_cost) for p in parts))
        return _Part(pattern, (stems,) if len(stems) <= _MOST_STEMS else (), optional)

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
        return self._joined([self._joined(word, "") for word in words], self._space or "")

    def _joined(self, parts: list[_Part], gap: str) -> _Part:
        if len(parts) == 1:
            return parts[0]
        if gap:
            pattern, merged = self._spaced_pattern(parts, gap), parts
        else:
            merged = self._runs(parts)
            pattern = "".join(p.pattern + "?" * p.optional for p in merged)
        needed = [p.groups for p in merged if not p.optional]
        if not gap and self._spaced:
            needed = self._groups_in_word(merged)
        groups = tuple(itertools.chain.from_iterable(needed))
        return _Part(pattern, groups, all(p.optional for p in merged))

    @staticmethod
    def _groups_in_word(parts: list[_Part]) -> list[_Groups]:
        """Of an English word in several pieces only the head can be looked for."""
        solid = [p for p in parts if p.pattern not in _ANCHORS]
        if not solid or solid[0].optional:
            return []
        return [solid[0].groups if len(solid) == 1 else _as_heads(solid[0].groups)]

    @staticmethod
    def _spaced_pattern(parts: list[_Part], gap: str) -> str:
        """Words with one space between; an optional word takes its space along."""
        pattern, needs_gap = "", False
        for index, part in enumerate(parts):
            last = index == len(parts) - 1
            if part.pattern.startswith(f"(?:{gap}"):  # a gap of words brings its own spaces
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

    def _runs(self, parts: list[_Part]) -> list[_Part]:
        """Neighboring literal characters joined, so that stems are as long as they can be."""
        runs: list[_Part] = []
        for part in parts:
            text = runs[-1].literal + part.literal if runs and runs[-1].literal else ""
            if text and part.literal:
                runs[-1] = self._literal(text)
            else:
                runs.append(part)
        return runs

    def _literal(self, text: str) -> _Part:
        groups = _literal_groups(text, spaced=self._spaced)
        pattern = re.escape(text)
        if not self._spaced and _LATIN.fullmatch(text):  # "ta" is no part of "documentary"
            pattern = f"(?<![a-z]){text}(?![a-z])"
        return _Part(pattern, groups, literal=text)

    def _item(self, char: str) -> _Part:
        if char == "(":
            self._at += 1
            inner = self._alternatives()
            if self._peek() != ")":
                raise PhraseError(f"{self._text!r}: '(' without ')'")
            self._at += 1
            return self._maybe(_Part(f"(?:{inner.pattern})", inner.groups, inner.optional))
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
        if char in "[]\\+":
            raise PhraseError(f"{self._text!r}: {char!r} means nothing here; write (a|b)")
        if self._peek() == "?":
            return self._maybe(_Part(re.escape(char)))
        return self._literal(char)

    def _maybe(self, part: _Part) -> _Part:
        if self._peek() != "?":
            return part
        self._at += 1
        return _Part(part.pattern, optional=True)

    def _named(self) -> _Part:
        end = self._text.find("}", self._at)
        name = self._text[self._at + 1 : end] if end > 0 else ""
        if name not in self._lists:
            raise PhraseError(f"{self._text!r}: no list {name!r}")
        self._at = end + 1
        reader = _Reader(self._lists, self._space, self._depth + 1)
        part = self._either([reader.read(word) for word in self._lists[name]])
        return _Part(f"(?:{part.pattern})", part.groups, part.optional)

    def _gap(self) -> _Part:
        self._at += 2
        digits = re.match(r"[0-9]{0,2}", self._text[self._at :])
        size = digits[0] if digits else ""
        self._at += len(size)
        if self._spaced:
            return _Part(rf"(?:{self._space}[a-z0-9$£%-]{{1,20}}){{0,{size or _ENGLISH_GAP}}}")
        return _Part(rf"[^{_CLAUSE}]{{0,{size or _CHINESE_GAP}}}")

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]


def compile_phrase(text: str, lists: Mapping[str, Sequence[str]], lang: str) -> Phrase:
    """One phrase of a lexicon in ``lang`` ("en" or "zh").

    Raises PhraseError where it cannot be read, or could match anything (no stem).
    """
    phrase = _compile(text, lists, r"\s" if lang == "en" else None)
    if not phrase.groups:
        raise PhraseError(f"{text!r}: every word of it is optional")
    return phrase


def compile_loose(text: str, lists: Mapping[str, Sequence[str]], lang: str) -> Phrase:
    """The same for words that only bear on a hit: they may lack a stem, and in English a comma
    may stand between them ("bye everyone, see you tomorrow")."""
    return _compile(text, lists, r",?\s" if lang == "en" else None)


def _compile(text: str, lists: Mapping[str, Sequence[str]], space: str | None) -> Phrase:
    part = _Reader(lists, space).read(text)
    needed = () if part.optional else part.groups
    groups = tuple(sorted(dict.fromkeys(needed), key=_cost)[:_MOST_GROUPS])
    if space is not None:
        return Phrase(rf"(?<![a-z0-9])(?:{part.pattern})(?![a-z0-9])", groups)
    return Phrase(f"(?:{part.pattern})", groups)
