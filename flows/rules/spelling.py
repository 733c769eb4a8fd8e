"""Words behind odd spellings: stretched, glued together, with digits and signs for letters.

Works on text that is lower case and plain character by character; a spelling is changed only
where that gives a word of ``normalize_tables.WORDS``.
"""

from __future__ import annotations

import re

from flows.rules.normalize_tables import LEET, STRONG_WORDS, WORDS

TOKEN = re.compile(r"[a-z0-9@$!*|#]{2,}")
"""What ``mend_word`` takes."""

_APART_ANYWHERE = ("suicide", "suicidal", "overdose", "unalive", "killing", "hanging")
_APART_BESIDE_A_PERSON = ("kill", "hang")


def _gapped(words: tuple[str, ...]) -> str:
    return "|".join(" ?".join(word) for word in words)


SPLIT_WORD = re.compile(
    rf"(?<![a-z0-9])(?:{_gapped(_APART_ANYWHERE)}"
    rf"|(?:{_gapped(_APART_BESIDE_A_PERSON)})(?= (?:my|m yself|mys|me|him|her|them|your|ur)))(?![a-z0-9])"
)
"""What ``put_together`` takes: a telling word with spaces in it; short ones only before whom it
is about, since "k ill be there" is an ordinary answer."""

_LONG_RUN = re.compile(r"([a-z])\1{2,}")
_LONGEST_TOKEN = 60
_SHORTEST_GLUED = 7
_APART_WORDS = _APART_ANYWHERE + _APART_BESIDE_A_PERSON
_STAR_WORDS = [(w, len(w)) for w in STRONG_WORDS]


def _squeeze(word: str) -> str:
    return "".join(c for i, c in enumerate(word) if i == 0 or c != word[i - 1])


_SQUEEZED = {_squeeze(w): w for w in sorted(WORDS, key=len, reverse=True)}
_SQUEEZED_STRONG = {_squeeze(w): w for w in STRONG_WORDS}
_LONGEST_WORD = max(map(len, WORDS))
_ODD_TOKEN = re.compile(r"[0-9@$!*|#][a-z]|[a-z][0-9@$*|#]|([a-z])\1\1")
_LETTERS = re.compile(r"[a-z]{3,60}")
_DOUBLE = re.compile(r"([a-z])\1")
_EDGES = {word[0] + word[-1] for word in STRONG_WORDS}
_TAILS = {word[-2:] for word in WORDS}


def cut_apart(glued: str) -> str | None:
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


def put_together(match: re.Match[str]) -> str | None:
    """A telling word without the spaces in it ("k ill", "sui cide")."""
    return match[0].replace(" ", "") if " " in match[0] else None


def wants_putting_together(text: str) -> bool:
    """Whether a telling word shows once the spaces are gone; most texts are done with this."""
    closed = text.replace(" ", "")
    return any(closed.count(word) > text.count(word) for word in _APART_WORDS)


def unleet(token: str) -> str | None:
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


def mend_word(match: re.Match[str]) -> str | None:
    """One run of letters, digits and signs, mended where that gives a known word."""
    token = match[0]
    if token in WORDS or len(token) > _LONGEST_TOKEN:
        return None
    return _respelled(token) if token.isalpha() else _mixed(token)


def _respelled(token: str) -> str | None:
    """The known word or words behind stretched or glued letters ("killl", "killmyself"); a run
    of one letter is shortened whether that gives a word or not."""
    if token.count(token[0]) == len(token):  # "hhhh" is a laugh
        return None
    if _LONG_RUN.search(token):
        return _SQUEEZED.get(_squeeze(token)) or _mend_glued(_LONG_RUN.sub(r"\1", token))
    plain = _squeeze(token) if _DOUBLE.search(token) else token
    strong = _SQUEEZED_STRONG.get(plain)
    if strong is None and len(token) >= _SHORTEST_GLUED and _ends_in_word(token):
        return cut_apart(token)
    return strong


def wants_mending(text: str) -> bool:
    """Whether any token could be mended; most texts are done with this look."""
    if _ODD_TOKEN.search(text):
        return True
    for word in set(_LETTERS.findall(text)) - WORDS:
        if word[0] + word[-1] in _EDGES and _squeeze(word) in _SQUEEZED_STRONG:
            return True
        if len(word) >= _SHORTEST_GLUED and word[-2:] in _TAILS and _respelled(word):
            return True
    return False


def _ends_in_word(token: str) -> bool:
    return any(token[-size:] in WORDS for size in range(2, _LONGEST_WORD + 1))


def _mend_glued(token: str) -> str:
    return (cut_apart(token) if len(token) >= _SHORTEST_GLUED else None) or token


def _mixed(token: str) -> str | None:
    head = token.lstrip("#")
    body = head.rstrip("!|$@#")
    word = unleet(body) or (cut_apart(body) if len(body) >= _SHORTEST_GLUED else None)
    if word is None:
        calm = _LONG_RUN.sub(r"\1", body)
        word = calm if calm != body else None
    if word is None:
        return None
    return token[: len(token) - len(head)] + word + head[len(body) :]
