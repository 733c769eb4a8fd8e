"""However an explicit message is spelled, its level does not fall."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rules.risk import RiskLevel
from tests.support.lexicon import screen

ENGLISH = (
    "I want to kill myself",
    "i wanna die",
    "I'm going to kill myself tonight",
    "i don't want to live anymore",
    "i cut myself last night",
    "i want to end my life",
    "I have a plan to kill myself",
    "thinking about suicide",
    "goodbye everyone, i love you all",
    "i just took a whole bottle of tylenol",
    "I'm standing on the bridge",
    "i wrote my suicide note",
    "how many pills does it take to die",
    "i want to hang myself",
    "i want to overdose tonight",
)
CHINESE = (
    "我想自杀",
    "我想死",
    "我不想活了",
    "今晚就去死",
    "我又割腕了",
    "遗书写好了",
    "想从楼上跳下去",
    "安眠药吃多少会死",
    "再见了这个世界",
    "我想结束自己的生命",
    "我有自杀的念头",
    "我们一起死吧",
    "想上吊",
    "想跳楼",
    "怎么死不痛苦",
    "药都买好了",
)
WIDE = str.maketrans({chr(i): chr(i + 0xFEE0) for i in range(0x21, 0x7F)})
CYRILLIC = str.maketrans("aeopcxy", "аеорсху")
SMALL = str.maketrans("abcdeghijklmnoprtuvwyz", "ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ")
TRADITIONAL = str.maketrans("杀写从楼药书见这结们后", "殺寫從樓藥書見這結們後")
STRONG = re.compile(r"\b(kill|die|suicide|myself|hang|overdose|cut)\b")


def strong(change):
    """Change only the telling words."""
    return lambda text: STRONG.sub(lambda match: change(match[0]), text)


def bold(text):
    return "".join(chr(0x1D41A + ord(c) - 97) if "a" <= c <= "z" else c for c in text.lower())


def inside_words(joiner):
    return lambda text: " ".join(
        joiner.join(word) if word.isalpha() else word for word in text.split()
    )


def spelled(pairs):
    def change(text):
        for old, new in pairs:
            text = text.replace(old, new)
        return text

    return change


BOTH = {
    "zero width": "\u200b".join,
    "word joiner": "\u2060".join,
    "soft hyphen": "\u00ad".join,
    "variation selector": "\ufe0f".join,
    "full width": lambda t: t.translate(WIDE),
    "upper": str.upper,
    "title": str.title,
    "struck out": lambda t: "".join(c + "\u0336" for c in t),
    "zalgo": lambda t: "".join(c + "\u0301\u0330" if c != " " else c for c in t),
    "right to left": lambda t: "\u202e" + t + "\u202c",
    "emoji after": lambda t: t + " 😔💔",
    "emoji before": lambda t: "🥀🥀 " + t,
    "exclaimed": lambda t: t + "!!!!!",
    "trailing off": lambda t: t + "......",
    "padded": lambda t: ". " * 200 + t,
    "hard spaces": lambda t: t.replace(" ", "\u00a0"),
    "parentheses": lambda t: f"({t})",
    "bold": lambda t: f"**{t}**",
    "spoiler": lambda t: f"||{t}||",
}
IN_ENGLISH = {
    "curly": lambda t: t.replace("'", "’"),
    "no apostrophe": lambda t: t.replace("'", ""),
    "wide spaces": lambda t: t.replace(" ", "   "),
    "lines": lambda t: t.replace(" ", "\n"),
    "tabs": lambda t: t.replace(" ", "\t"),
    "cyrillic": lambda t: t.translate(CYRILLIC),
    "mathematical": bold,
    "small capitals": lambda t: t.lower().translate(SMALL),
    "spaced out": lambda t: "  ".join(" ".join(w) for w in t.replace("'", "").split()),
    "dotted": inside_words("."),
    "underscores": inside_words("_"),
    "hyphens": strong("-".join),
    "spaced strong words": strong(" ".join),
    "leet digits": strong(lambda w: w.replace("i", "1").replace("e", "3").replace("a", "@")),
    "leet signs": strong(lambda w: w.replace("i", "!").replace("s", "$")),
    "starred": strong(lambda w: w.replace("i", "*", 1)),
    "stretched end": strong(lambda w: w + w[-1] * 3),
    "stretched vowels": strong(lambda w: re.sub("[aeiou]", lambda m: m[0] * 4, w)),
    "marked": strong(lambda w: f"*{w}*"),
    "deleted": strong(lambda w: f"~~{w}~~"),
    "dots between words": lambda t: t.replace(" ", "..."),
    "dashes between words": lambda t: t.replace(" ", "-"),
}
IN_CHINESE = {
    "spaces": " ".join,
    "dots": ".".join,
    "slashes": "/".join,
    "stars": "*".join,
    "commas": "，".join,
    "full stops": "。".join,
    "dashes": "-".join,
    "middle dots": "·".join,
    "lines": "\n".join,
    "emoji between": "😭".join,
    "traditional": lambda t: t.translate(TRADITIONAL),
    "last one repeated": lambda t: t + t[-1] * 4,
    "sighs": lambda t: t + "啊啊啊啊",
    "pinyin": spelled([("自杀", "zi sha"), ("割腕", "ge wan"), ("跳楼", "tiao lou")]),
    "half pinyin": spelled([("自杀", "自sha"), ("割腕", "割wan"), ("上吊", "上diao")]),
    "initials": spelled([("想自杀", "想zs"), ("想死", "想si")]),
    "homophones": spelled([("自杀", "紫砂"), ("想死", "想鼠"), ("遗书", "遗shu")]),
}
TURNED = {
    "turned around": lambda t: "\u202e" + t[::-1],
    "turned around, closed": lambda t: "hi \u202e" + t[::-1] + "\u202c",
}
WAYS = {"en": {**BOTH, **TURNED, **IN_ENGLISH}, "zh": {**BOTH, **TURNED, **IN_CHINESE}}
CASES = [(lang, way) for lang, ways in WAYS.items() for way in ways]
EXPLICIT = {"en": ENGLISH, "zh": CHINESE}


@pytest.mark.parametrize(("lang", "way"), CASES)
def test_a_disguise_lowers_no_level(lang, way):
    for text in EXPLICIT[lang]:
        plain, disguised = screen(text), screen(WAYS[lang][way](text))
        assert plain.level.at_least(RiskLevel.ELEVATED)
        assert disguised.level.at_least(plain.level), text


@pytest.mark.parametrize("word", ["kill", "hang"])
def test_a_gap_in_a_short_word_hides_nothing(word):
    for at in range(1, len(word)):
        assert screen(f"i want to {word[:at]} {word[at:]} myself").level == RiskLevel.ELEVATED
        assert screen(f"{word[:at]} {word[at:]} see you at lunch").level == RiskLevel.NONE


@given(
    st.sampled_from([(lang, text) for lang, texts in EXPLICIT.items() for text in texts]),
    st.lists(st.sampled_from(sorted(BOTH)), max_size=3),
)
def test_disguises_on_top_of_one_another_lower_no_level(case, ways):
    _, text = case
    disguised = text
    for way in ways:
        disguised = BOTH[way](disguised)
    assert screen(disguised).level.at_least(screen(text).level)
