"""Text made plain for screening, with a map back to the text as it was written.

People dodge filters, phones write curly quotes, and despair misspells. ``normalize`` undoes what
hides words: Unicode forms, invisible characters, look-alike letters, traditional characters,
spaced-out and repeated letters, digits for letters, homophones. Emoji stay. It is linear in the
length of the text and never raises.

The output is for matching only, never shown: lower case, no apostrophes, one space or line break
between words, joiners inside words turned to spaces ("self-harm" is "self harm").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flows.rules.normalize_tables import (
    HOMOPHONES,
    LEET,
    LOOK_ALIKES,
    STRONG_WORDS,
    TRADITIONAL,
    WORDS,
)

_APOSTROPHES = frozenset("'’‘ʼ＇`´′‛")
_ZWJ_AND_SELECTORS = frozenset("\u200d\ufe0e\ufe0f\u20e3")
_CACHE_LIMIT = 30_000


@dataclass(frozen=True, slots=True)
class Normalized:
    """Plain text and, for each of its characters, the half-open span it came from.

    ``starts`` and ``ends`` have the length of ``text``; values are indices into the original.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original span behind ``text[start:end]``; needs 0 <= start < end <= len(text)."""
        return self.starts[start], self.ends[end - 1]


class _Characters(dict[str, str]):
    """What one character becomes; filled as characters are met, bounded."""

    def __missing__(self, char: str) -> str:
        plain = _plain(char)
        if len(self) < _CACHE_LIMIT:
            self[char] = plain
        return plain


def _plain(char: str) -> str:
    if char in _APOSTROPHES:
        return ""
    alike = LOOK_ALIKES.get(char)
    if alike is not None:
        return alike
    category = unicodedata.category(char)
    if category in ("Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me") and char not in "\n\r\t\x0b\x0c":
        return ""
    if category in ("Zl", "Zp") or char in "\n\r\x0b\x0c":
        return "\n"
    if category == "Zs" or char == "\t":
        return " "
    folded = unicodedata.normalize("NFKD", char).casefold()
    kept = "".join(c for c in folded if not unicodedata.combining(c) and c not in _APOSTROPHES)
    # Forms such as "⑴" or "㈠" decompose into bracketed text; keep only what stands for a letter.
    if len(kept) > 3:
        kept = "".join(c for c in kept if c.isalnum()) or " "
    return "".join(LOOK_ALIKES.get(c, TRADITIONAL.get(c, c)) for c in kept)


_characters = _Characters()

_Rewrite = Callable[[re.Match[str]], str | None]


class _Draft:
    """Text under rewriting, its map kept in step."""

    __slots__ = ("ends", "starts", "text")

    def __init__(self, text: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        self.text, self.starts, self.ends = text, starts, ends

    def rewrite(self, pattern: re.Pattern[str], rule: _Rewrite) -> None:
        """Replace each match by what ``rule`` gives (None: leave it); every new character
        maps to the whole match, so a span never cuts an obfuscated word in half."""
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            new = rule(match)
            if new is None:
                continue
            start, end = match.span()
            pieces += (self.text[done:start], new)
            starts += self.starts[done:start]
            ends += self.ends[done:start]
            starts += [self.starts[start]] * len(new)
            ends += [self.ends[end - 1]] * len(new)
            done = end
        if done:
            self.text = "".join((*pieces, self.text[done:]))
            self.starts = [*starts, *self.starts[done:]]
            self.ends = [*ends, *self.ends[done:]]


_HAN = "\u3400-\u9fff"
_SPACES = re.compile(r"[ \n]{2,}")
_JOINER = re.compile(r"(?<=[a-z])[-_.~/|+=·•–—\\^]{1,3}(?=[a-z])")
_LETTERS_APART = re.compile(
    r"(?<![a-z0-9])[a-z0-9@$!](?:(?:[ \n._*~/|+,·•-]|[ \n][._*~/|+,·•-][ \n])[a-z0-9@$!]){2,40}"
    r"(?![a-z0-9])"
)
_TOKEN = re.compile(r"[a-z0-9@$!*|#]{2,}")
_LEET_SIGN = re.compile(r"[0-9@$!*|#]")
_LONG_RUN = re.compile(r"([a-z])\1{2,}")
_LONGEST_TOKEN = 60
_SHORTEST_GLUED = 7
_HAN_RUN = re.compile(rf"([{_HAN}])\1{{2,}}")
_HAN_APART = re.compile(rf"(?<=[{_HAN}])[ \n\-_.*~/|+·•…=#@&^'\",，。、\\]{{1,3}}(?=[{_HAN}])")
_HAN_SEPARATED = re.compile(
    rf"(?<![{_HAN}])(?:[{_HAN}](?P<s>[ \n\-_.*~/|+·•…=#@&^\",，。、\\]{{1,3}}))+[{_HAN}]"
)
_HAS_HAN = re.compile(rf"[{_HAN}]")
_JOINS = re.compile(r"[ \n\-_.*~/|+·•…=#@&^\"\\]{1,3}")
_STAR_WORDS = [(w, len(w)) for w in STRONG_WORDS]


def _squeeze(word: str) -> str:
    return "".join(c for i, c in enumerate(word) if i == 0 or c != word[i - 1])


_SQUEEZED = {_squeeze(w): w for w in sorted(WORDS, key=len, reverse=True)}
_SQUEEZED_STRONG = {_squeeze(w): w for w in STRONG_WORDS}
_LONGEST_WORD = max(map(len, WORDS))


def _one_gap(match: re.Match[str]) -> str:
    return "\n" if "\n" in match[0] else " "


def _spaced_word(match: re.Match[str]) -> str | None:
    letters = "".join(c for c in match[0] if c.isalnum() or c in "@$!")
    if not any(c.isalpha() for c in letters):
        return None
    word = _unleet(letters) or letters
    return _cut(word) or word


def _cut(glued: str) -> str | None:
    """Words run together cut apart, where known words cover all of it ("killmyself")."""
    best: list[int | None] = [0] + [None] * len(glued)
    for end in range(1, len(glued) + 1):
        for start in range(end - 1, max(-1, end - 1 - _LONGEST_WORD), -1):
            if best[start] is not None and glued[start:end] in WORDS:
                best[end] = start  # the longest word that ends here wins
    if best[-1] is None:
        return None
    words: list[str] = []
    end = len(glued)
    while end:
        start = best[end] or 0
        words.append(glued[start:end])
        end = start
    return " ".join(reversed(words))


def _unleet(token: str) -> str | None:
    """The known word behind digits and signs ("k1ll", "su*cide"), or None."""
    for one in "il":
        word = "".join(one if c in "1!|" else LEET.get(c, c) for c in token)
        if word in WORDS:
            return word
    if "*" in token or "#" in token:
        for strong, size in _STAR_WORDS:
            if size == len(token) and all(
                a == b or a in "*#" for a, b in zip(token, strong, strict=True)
            ):
                return strong if sum(c not in "*#" for c in token) * 2 >= size else None
    return None


def _word(match: re.Match[str]) -> str | None:
    """One run of letters, digits and signs, mended where that gives a known word."""
    token = match[0]
    if token in WORDS or len(token) > _LONGEST_TOKEN:
        return None
    if not token.isalpha():
        return _mixed(token)
    if _LONG_RUN.search(token):
        return _SQUEEZED.get(_squeeze(token)) or _mend_glued(_LONG_RUN.sub(r"\1", token))
    if len(token) >= _SHORTEST_GLUED:
        return _SQUEEZED_STRONG.get(_squeeze(token)) or _cut(token)
    return _SQUEEZED_STRONG.get(_squeeze(token))


def _mend_glued(token: str) -> str:
    return (_cut(token) if len(token) >= _SHORTEST_GLUED else None) or token


def _mixed(token: str) -> str | None:
    head = token.lstrip("#")
    body = head.rstrip("!|$@#")
    word = _unleet(body) or (_cut(body) if len(body) >= _SHORTEST_GLUED else None)
    if word is None:
        calm = _LONG_RUN.sub(r"\1", body)
        word = calm if calm != body else None
    if word is None:
        return None
    return token[: len(token) - len(head)] + word + head[len(body) :]


def _single_han(match: re.Match[str]) -> str:
    return _JOINS.sub("", "".join(c for c in match[0] if "\u3400" <= c <= "\u9fff"))


def _space(_: re.Match[str]) -> str:
    return " "


def _nothing(_: re.Match[str]) -> str:
    return ""


def _homophone(match: re.Match[str]) -> str | None:
    for name, value in match.groupdict().items():
        if value is not None:
            return HOMOPHONES[int(name[1:])][1]
    return None


_HOMOPHONE = re.compile("|".join(f"(?P<h{i}>{p})" for i, (p, _) in enumerate(HOMOPHONES)))


_HOMOPHONE_HINT = re.compile(
    r"zi ?[sc]|xiang|tiao|ge ?wan|qing ?s|yi ?s|(?<![a-z])zs"
    rf"|[{_HAN}] ?[a-z0-9]|[a-z]杀|[紫籽鲨刹煞砂莎纱啥惨亖似鼠婉碗惋隔戈喽搂尚掉吊火万青挑条子字沙]"
)


def _draft(text: str) -> _Draft:
    """Every character made plain by itself."""
    if text.isascii() and text.isprintable() and "'" not in text and "`" not in text:
        return _Draft(text.lower(), range(len(text)), range(1, len(text) + 1))
    chars = _characters
    pieces = [chars[c] for c in text]
    plain = "".join(pieces)
    if len(plain) == len(text) and all(pieces):
        return _Draft(plain, range(len(text)), range(1, len(text) + 1))
    starts: list[int] = []
    for index, piece in enumerate(pieces):
        starts += [index] * len(piece)
    return _Draft(plain, starts, [start + 1 for start in starts])


def normalize(text: str) -> Normalized:
    """The text made plain, with its map. Any string will do, lone surrogates included."""
    draft = _draft(text)
    draft.rewrite(_SPACES, _one_gap)
    draft.rewrite(_LETTERS_APART, _spaced_word)
    draft.rewrite(_JOINER, _space)
    draft.rewrite(_TOKEN, _word)
    if _HAS_HAN.search(draft.text):
        draft.rewrite(_HAN_RUN, lambda m: m[1])
        draft.rewrite(_HAN_SEPARATED, _single_han)
    if _HOMOPHONE_HINT.search(draft.text):
        draft.rewrite(_HOMOPHONE, _homophone)
    return Normalized(draft.text, draft.starts, draft.ends)


def tighten(normal: Normalized) -> Normalized | None:
    """The same with nothing left between Han characters ("自 杀了", "割。腕"), or None where
    there was nothing to close up. Clause breaks are lost, so match only what is plain by itself.
    """
    if not _HAN_APART.search(normal.text):
        return None
    draft = _Draft(normal.text, normal.starts, normal.ends)
    draft.rewrite(_HAN_APART, _nothing)
    draft.rewrite(_HOMOPHONE, _homophone)
    return Normalized(draft.text, draft.starts, draft.ends)
