"""What the lexicon alone says of whole messages, both languages, with minimal contrast pairs."""

from __future__ import annotations

import pytest

from flows.rules.risk import RiskLevel
from tests.flows.rules import risk_messages_en as en
from tests.flows.rules import risk_messages_zh as zh
from tests.support.lexicon import screen, verdict

GROUPS = {
    "NONE": "none",
    "LOW": "low",
    "ELEVATED": "elevated",
    "IMMINENT": "imminent",
    "ABOUT_OTHERS": "none+other",
    "HOSTILE": "none+abuse",
    "OWN_AND_OTHER": "elevated+other",
    "THREATS": "elevated+abuse",
}
TABLE = [
    pytest.param(text, expected, id=f"{expected}: {text}")
    for messages in (en, zh)
    for group, expected in GROUPS.items()
    for text in getattr(messages, group)
]


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_a_message_gets_its_level(text, expected):
    assert verdict(text) == expected


@pytest.mark.parametrize(
    ("harmless", "serious"),
    [
        ("this exam is killing me", "i want to kill myself"),
        ("i'd kill for a nap", "i'd kill myself if i could"),
        ("want to hang out tonight?", "want to hang myself tonight"),
        ("i cut my hair myself", "i cut myself again"),
        ("jumping in the pool", "jumping off the bridge"),
        ("how many pages to read", "how many pills to die"),
        ("my friend wants to die", "i want to die"),
        ("ending my lease tomorrow", "ending my life tomorrow"),
        ("bye everyone, see you tomorrow", "goodbye everyone, i love you all"),
        ("i took two ibuprofen", "i took forty ibuprofen"),
        ("笑死我了", "我想死"),
        ("想死你了", "想死了"),
        ("我朋友想自杀", "我想自杀"),
        ("跳楼价", "想跳楼"),
        ("割到手了", "割腕了"),
        ("吃了两片感冒药", "吃了两瓶安眠药"),
        ("手机死机了", "我死了算了"),
        ("告别大学", "告别这个世界"),
        ("这门课没意思，不想上了", "活着没意思，不想活了"),
        ("别找我借钱", "我走了，别找我"),
        ("i turned on the gas stove", "i turned on the gas"),
        ("i'm ending it with him now", "i'm ending it now"),
        ("i've had an overdose of homework", "i've had an overdose"),
        ("go kill yourself", "how to kill yourself"),
        ("i've never wanted to kill myself", "i've never wanted to kill myself more than now"),
        ("i said i won't kill myself", "i never said i won't kill myself"),
        ("我想死，开玩笑的", "我想死，没开玩笑"),
        ("没有一天不想家", "没有一天不想死"),
        ("我保证不会自杀", "我没法保证不会自杀"),
        ("我已经开了煤气做饭", "我已经开了煤气"),
        ("正在烧炭烤肉", "我正在烧炭"),
    ],
)
def test_a_word_apart_a_level_apart(harmless, serious):
    assert not screen(harmless).level.at_least(screen(serious).level)
    assert screen(serious).level in ("elevated", "imminent")


def test_the_tables_are_wide_enough():
    for messages in (en, zh):
        own = messages.LOW + messages.ELEVATED + messages.IMMINENT
        others = messages.NONE + messages.ABOUT_OTHERS + messages.HOSTILE
        assert len(own) >= 45
        assert len(others) >= 45


@pytest.mark.parametrize(
    "text", ["i wont to dy", "want to dy", "having sui thoughts again", "si thoughts"]
)
def test_the_spellings_of_those_who_dodge_filters_are_read(text):
    assert screen(text).level.at_least(RiskLevel.ELEVATED)
