"""What the words around a phrase make of it: both sides of each rule, both languages."""

from __future__ import annotations

import pytest

from tests.support.lexicon import screen, verdict

ENGLISH = [
    ("low", "i don't want to kill myself"),
    ("elevated", "i want to kill myself"),
    ("low", "i'm not going to hurt myself"),
    ("elevated", "i'm going to hurt myself"),
    ("low", "no plans to kill myself, promise"),
    ("elevated", "it's not that i don't want to kill myself"),
    ("elevated", "i can't not think about killing myself"),
    ("elevated", "i don't know why i want to die"),
    ("low", "i have never thought about suicide"),
    ("elevated", "i've thought about suicide"),
    ("none+other", "my sister wants to die"),
    ("elevated", "i want to die like my sister did"),
    ("none+other", "he tried to kill himself"),
    ("elevated", "i tried to kill myself"),
    ("none+other", "someone in my dorm is suicidal"),
    ("none+other", "my friend cuts herself"),
    ("elevated", "i cut myself. my friend doesn't know"),
    ("elevated", "my friend says i should get help because i want to die"),
    ("elevated", "she hates me, i want to die"),
    ("low", 'in the movie she says "i want to die" and then the credits roll'),
    ("elevated", 'he said "go home" and i want to die'),
    ("low", "writing my essay on suicide in hamlet"),
    ("elevated", "i can't write my essay because i want to die"),
    ("low", "the lyrics go i want to die lol"),
    ("low", "years ago i was suicidal, i'm good now"),
    ("elevated", "years ago i was suicidal and now it's back again"),
    ("low", "in high school i wanted to kill myself"),
    ("elevated", "i'm in high school and i want to kill myself"),
    ("elevated", "i tried to kill myself two years ago"),
    ("low", "lol i want to die"),
    ("elevated", "i want to die"),
    ("low", "this workout makes me want to die"),
    ("elevated", "are you saying it's wrong that i want to kill myself?"),
    ("none", "do you want to hang out?"),
    ("elevated", "do you ever want to kill yourself? because i do want to kill myself"),
    ("none", "this bug is killing me"),
    ("none", "the traffic is killing me"),
    ("none", "killing time before class"),
    ("none", "i bombed my midterm"),
    ("elevated", "killing myself is the only way"),
    ("none", "dead tired"),
    ("none", "no one wins if we all die in this game of chess"),
    ("none", "nobody is holding a gun to your head"),
    ("low", "i'm dead inside and i see no way out"),
    ("elevated", "how do people kill themselves painlessly"),
    ("elevated", "how do people kill themselves"),
    ("elevated", "what is the most painless way people kill themselves"),
    ("elevated", "what do people take to end their own lives"),
    ("elevated", "i wonder how people kill themselves"),
    ("none+other", "why do people kill themselves"),
    ("none+other", "how did he kill himself"),
    ("none+other", "how do i stop people from killing themselves"),
    ("none+other", "how can people help someone who might kill themselves"),
    ("imminent", "let's kill ourselves together"),
    ("imminent", "me and her are gonna die together"),
    ("imminent", "my wrist won't stop bleeding"),
    ("none", "my nose won't stop bleeding"),
    ("none", "my nose is bleeding so much"),
]
CHINESE = [
    ("low", "我不想自杀"),
    ("elevated", "我想自杀"),
    ("low", "我从来没想过自杀"),
    ("elevated", "我不是不想死"),
    ("elevated", "为什么不去死"),
    ("low", "我不会伤害自己"),
    ("elevated", "我会伤害自己"),
    ("elevated", "我不知道为什么想死"),
    ("elevated", "我不能不想死"),
    ("none+other", "我妹妹想自杀"),
    ("elevated", "我跟我妹妹说我想自杀"),
    ("elevated", "我跟他说想自杀"),
    ("elevated", "心事从不敢对别人说，想跳楼"),
    ("none+other", "他对我说想自杀"),
    ("none+other", "他说他不想活了"),
    ("elevated", "他走了，我不想活了"),
    ("none+other", "高中孩子说自己不想活了"),
    ("none+other", "有个同学总说想死"),
    ("elevated", "同学都不理我，我想死"),
    ("elevated", "总觉得不如别人，想自杀"),
    ("elevated", "妈妈不理解我，想自杀"),
    ("elevated", "我很想他，想去死"),
    ("low", "电影里主角说“我想死”"),
    ("elevated", "看完电影我更想死了"),
    ("none", "论文写的是自杀率"),
    ("elevated", "论文写不出来，我想自杀"),
    ("low", "歌词里有一句“我想死”"),
    ("low", "以前想过自杀，现在好多了"),
    ("elevated", "以前想过自杀，现在又想了"),
    ("low", "小时候想过自杀"),
    ("elevated", "从小就想自杀"),
    ("elevated", "我读高中，想自杀"),
    ("elevated", "去年割过腕，最近又想割"),
    ("low", "跑步跑到想死"),
    ("elevated", "跑步的时候突然想死"),
    ("low", "哈哈哈想死"),
    ("elevated", "想死"),
    ("none", "想死你了"),
    ("elevated", "我想死，没人懂"),
    ("elevated", "我想死我讨厌自己"),
    ("none", "爱死你了"),
    ("none", "手机死机了"),
    ("none", "你吃饭了吗"),
    ("none", "他杀青了"),
    ("none", "周末去吃烧炭烤肉"),
    ("none", "明天一起烧炭烤肉"),
    ("none", "准备烧炭来烤串"),
    ("none", "怎么烧炭烤肉"),
    ("none", "烧炭烤肉要多久"),
    ("elevated", "我想去烧炭"),
    ("imminent", "准备烧炭"),
    ("elevated", "想烧炭，最后吃一顿烤肉"),
    ("none", "我去开煤气户头"),
    ("none", "想去开煤气账户"),
    ("none", "开煤气户要多久"),
    ("elevated", "我想去开煤气"),
]


@pytest.mark.parametrize(("expected", "text"), ENGLISH + CHINESE)
def test_the_words_around_a_phrase(expected, text):
    assert verdict(text) == expected


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("i don't want to kill myself", "negated"),
        ("我不想自杀", "negated"),
        ("he wants to die", "other"),
        ("我妹妹想自杀", "other"),
        ('in the movie she says "i want to die"', "quoted"),
        ("电影里主角说“我想死”", "quoted"),
        ("i used to want to die, i'm better now", "past"),
        ("小时候想过自杀", "past"),
        ("lol i want to die", "hyperbole"),
        ("so bored i could die", "idiom"),
        ("作业写到想死", "idiom"),
        ("we talked about suicide in class", "quoted"),
        ("there was a suicide near the station last night", "mention"),
    ],
)
def test_the_rule_that_spoke_is_named(text, note):
    notes = {signal.reason.partition(":")[2] for signal in screen(text).signals}
    assert note in notes


def test_a_denial_of_death_still_leaves_low():
    """A person who denies has been thinking of it."""
    assert screen("i'm not suicidal").level == "low"
    assert screen("我没有想死").level == "low"


def test_the_worst_statement_counts_however_often_it_is_denied_before():
    denied = "i don't want to kill myself. " * 60
    assert screen(denied).level == "low"
    assert screen(denied + "i want to kill myself").level == "elevated"
    denied = "我不想自杀。" * 200
    assert screen(denied).level == "low"
    assert screen(denied + "我想自杀").level == "elevated"
