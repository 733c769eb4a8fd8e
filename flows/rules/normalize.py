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

from flows.rules.normalize_tables import HOMOPHONES, LOOK_ALIKES, TRADITIONAL
from flows.rules.spelling import (
    SPLIT_WORD,
    TOKEN,
    cut_apart,
    mend_word,
    put_together,
    unleet,
    wants_mending,
    wants_putting_together,
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
    r"(?<![a-z0-9])[a-z0-9@$!]"
    r"(?:(?:[ \n]{1,4}|[._*~/|+,·•-]|[ \n][._*~/|+,·•-][ \n])[a-z0-9@$!]){2,120}(?![a-z0-9])"
)
_WIDE_GAP = re.compile(r"[ \n]{2,}")
_GAP = re.compile(r"(?<=[a-z0-9@$!])[ \n]+(?=[a-z0-9@$!])")
_LAUGHS = "哈嘿嘻呵"
_HAN_RUN = re.compile(rf"([{_HAN}])\1{{2,}}")
_EMOJI = "\u2600-\u27bf\u2b50\u2b55\U0001f300-\U0001faff"
_APART = re.compile(
    rf"(?<=[{_HAN}])[ \n\-_.*~/|+·•…=#@&^'\",，。、\\()\[\]{{}}<>{_EMOJI}]{{1,4}}(?=[{_HAN}])"
    rf"|(?<=[a-z])[\-_.*~/|+·•…=#&^\",;:()\[\]{{}}<>{_EMOJI} ]{{2,4}}(?=[a-z])"
)
_DECORATION = re.compile(
    r"(?<![a-z0-9*_~|^/])[*_~|^/(\[{<]{1,3}(?=[a-z])|(?<=[a-z])[*_~|^/)\]}>]{1,3}(?![a-z0-9*_~|^/])"
)
_HAN_SEPARATED = re.compile(
    rf"(?<![{_HAN}])(?:[{_HAN}](?P<s>[ \n\-_.*~/|+·•…=#@&^\",，。、\\]{{1,3}}))+[{_HAN}]"
)
_HAS_HAN = re.compile(rf"[{_HAN}]")
_JOINS = re.compile(r"[ \n\-_.*~/|+·•…=#@&^\"\\]{1,3}")


_OVERRIDE = "\u202e"
_TURNED_RUN = re.compile("\u202e[^\u202c\u202e\n]*|[^\u202e]+")


def _one_gap(match: re.Match[str]) -> str:
    return "\n" if "\n" in match[0] else " "


def _spaced_word(match: re.Match[str]) -> str | None:
    """Single letters put together; words end at the wider gap where there are two kinds."""
    run = match[0]
    if not any(c.isalpha() for c in run):
        return None
    words = [run]
    if _WIDE_GAP.search(run):
        words = _WIDE_GAP.split(run)
    elif any(not c.isalnum() and c not in " \n@$!" for c in run):
        words = _GAP.split(run)
    return " ".join(map(_joined, words))


def _joined(letters: str) -> str:
    glued = "".join(c for c in letters if c.isalnum() or c in "@$!")
    word = unleet(glued) or glued
    return cut_apart(word) or word


def _shortened(match: re.Match[str]) -> str:
    return match[1] * 2 if match[1] in _LAUGHS else match[1]


def _single_han(match: re.Match[str]) -> str:
    return _JOINS.sub("", "".join(c for c in match[0] if "\u3400" <= c <= "\u9fff"))


def _closing(match: re.Match[str]) -> str:
    return " " if match.string[match.start() - 1] < "\x7f" else ""


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


# Quick looks first, each beginning with a set of characters, which is what makes them quick:
# the expression of all homophones is slow, and few texts hold one.
_PINYIN_HINT = re.compile(
    "[zxtgqyb](?:(?<=z)(?:i ?[sc杀残]|[杀残])|(?<=x)iang|(?<=t)(?:iao|楼)|(?<=g)(?:e ?wan|e ?腕|腕)"
    "|(?<=q)ing ?s|(?<=y)i(?: s|书|si)|(?<=b)u ?(?:xiang|想))"
)
_MIXED_HINT = re.compile(rf"[{_HAN}] ?[a-z4]")
_HAN_HINT = re.compile(
    "[自子紫籽字割戈隔跳挑条想要好去真很青安上尚](?:(?<=[自子紫籽])[鲨刹杀沙砂莎煞纱啥残惨]|(?<=字)残"
    "|(?<=割)[万婉碗惋]|(?<=[戈隔])腕|(?<=[跳挑])[喽搂]|(?<=[挑条])楼|(?<=[想要好去真很])[亖似鼠]"
    "|(?<=想)火|(?<=青)生|(?<=安)乐[寺四]|(?<=[上尚])[掉吊])"
)


def _may_hold_homophone(text: str) -> bool:
    if _PINYIN_HINT.search(text):
        return True
    if text.isascii():
        return False
    return bool(_MIXED_HINT.search(text) or _HAN_HINT.search(text))


def _draft(text: str) -> _Draft:
    """Every character made plain by itself."""
    ascii_only = text.isascii() and text.isprintable()
    if ascii_only and "'" not in text and "`" not in text:
        return _Draft(text.lower(), range(len(text)), range(1, len(text) + 1))
    if ascii_only:
        kept = [index for index, char in enumerate(text) if char not in "'`"]
        plain = text.lower().replace("'", "").replace("`", "")
        return _Draft(plain, kept, [index + 1 for index in kept])
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
    draft.rewrite(_LETTERS_APART, _spaced_word)
    draft.rewrite(_SPACES, _one_gap)
    draft.rewrite(_DECORATION, _nothing)
    draft.rewrite(_JOINER, _space)
    if wants_putting_together(draft.text):
        draft.rewrite(SPLIT_WORD, put_together)
    if wants_mending(draft.text):
        draft.rewrite(TOKEN, mend_word)
    if _HAS_HAN.search(draft.text):
        draft.rewrite(_HAN_RUN, _shortened)
        draft.rewrite(_HAN_SEPARATED, _single_han)
    if _may_hold_homophone(draft.text):
        draft.rewrite(_HOMOPHONE, _homophone)
    return Normalized(draft.text, draft.starts, draft.ends)


def turned(text: str) -> tuple[str, list[int]] | None:
    """The text as it is seen where an override turns a run of it around ("\u202eeid"), and where
    each character came from; None where nothing is turned."""
    if _OVERRIDE not in text:
        return None
    order: list[int] = []
    for match in _TURNED_RUN.finditer(text):
        run = range(*match.span())
        order += reversed(run) if match[0][0] == _OVERRIDE else run
    return "".join(text[index] for index in order), order


def closed_up(text: str) -> str | None:
    """A normalized text with nothing left between Han characters ("自 杀了", "割。腕") and only
    spaces between Latin words ("kill... myself"), or None where there was nothing to close up.
    Clause breaks are lost, so match only what is plain by itself, and ask ``tighten`` where it
    came from."""
    closed = _APART.sub(_closing, text)
    if len(closed) == len(text):
        return None
    if _may_hold_homophone(closed):
        return _HOMOPHONE.sub(lambda m: _homophone(m) or m[0], closed)
    return closed


def tighten(normal: Normalized) -> Normalized:
    """What ``closed_up`` makes of the text, with its map."""
    draft = _Draft(normal.text, normal.starts, normal.ends)
    draft.rewrite(_APART, _closing)
    draft.rewrite(_HOMOPHONE, _homophone)
    return Normalized(draft.text, draft.starts, draft.ends)
