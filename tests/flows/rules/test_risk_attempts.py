"""An attempt a moment ago is an act under way; a question about one's own death no abuse."""

from __future__ import annotations

import pytest

from tests.support.lexicon import screen, verdict

JUST_NOW = [
    ("imminent", "I just tried to kill myself"),
    ("imminent", "I tried to kill myself an hour ago"),
    ("imminent", "i tried to kill myself last night"),
    ("imminent", "tried to end my life this morning"),
    ("imminent", "i attempted suicide 3 hours ago"),
    ("imminent", "i tried to hang myself today and the rope broke"),
    ("imminent", "today i tried to overdose"),
    ("imminent", "an hour ago i tried to kill myself"),
    ("imminent", "我刚刚自杀未遂"),
    ("imminent", "我昨晚自杀没成功"),
    ("imminent", "刚割腕没死成"),
    ("imminent", "我刚刚自杀了"),
    ("imminent", "我刚刚跳河被救了"),
    ("imminent", "我今天试着自杀，没死掉"),
    ("imminent", "两小时前我上吊失败了"),
    ("imminent", "我半小时前想自杀没死成"),
    ("imminent", "I cut too deep"),
    ("imminent", "I cut deep and it won't stop"),
    ("imminent", "i think i cut way too deep this time"),
    ("imminent", "我割得太深了"),
    ("elevated", "i tried to kill myself last year"),
    ("elevated", "I tried to kill myself two years ago"),
    ("elevated", "我以前自杀未遂过，最近又开始想了"),
    ("elevated", "去年割腕没死成，现在又想"),
    ("elevated", "i didn't try to kill myself last night"),
    ("none", "i just tried to kill the boss"),
    ("none", "just tried to end the call but it froze"),
    ("none", "i tried to jump on the bus this morning"),
    ("none", "i cut too deep into the pumpkin"),
    ("none", "i cut too deep while carving wood for class"),
    ("none", "the budget cuts too deep"),
    ("none", "her words cut too deep"),
    ("elevated", "in the game i just tried to kill myself with a grenade"),
    ("none", "切菜切得太深"),
    ("none", "木头割得太深了"),
    ("elevated", "刚刚在游戏里自杀失败了"),
]
QUESTIONS = [
    ("elevated", "should I just die"),
    ("elevated", "why dont I just die"),
    ("elevated", "why don't i just die"),
    ("elevated", "should I just kys"),
    ("elevated", "should I die"),
    ("elevated", "should I just end it"),
    ("elevated", "maybe i should kys"),
    ("elevated", "i want to kys"),
    ("elevated", "我该不该死"),
    ("elevated", "我是不是该去死"),
    ("elevated", "我要不要去死"),
    ("elevated", "我该不该去死"),
    ("elevated", "我死了是不是更好，要不要去死"),
    ("elevated", "我可以去死吗"),
    ("elevated", "我怎么不去死"),
    ("elevated", "我要不要自杀"),
    ("none", "should i die my hair"),
    ("none", "should i end it with him"),
    ("none", "should I just end it with a quote or a summary"),
    ("none", "should i die in minecraft to get my stuff back"),
    ("none", "why dont i just go home"),
    ("none", "should i die on this hill"),
    ("none", "should i just end the call"),
    ("none", "我是不是该死磕这道题"),
    ("none", "游戏里我该不该死一次"),
    ("low", "should i just die lol"),
    ("none+other+abuse", "you should just die"),
    ("none+abuse", "why dont you just die"),
    ("none+abuse", "kys"),
    ("none+abuse", "i think you should kys"),
    ("none+abuse", "just die already, nobody likes you"),
    ("none+abuse", "你去死吧"),
    ("none+abuse", "你怎么不去死"),
]


@pytest.mark.parametrize(("expected", "text"), JUST_NOW)
def test_an_attempt_just_now_pages(expected, text):
    assert verdict(text) == expected


@pytest.mark.parametrize(
    "text", ["I just tried to kill myself", "我刚刚自杀未遂", "i tried to hang myself tonight"]
)
def test_it_is_an_act_under_way(text):
    assert "act_under_way" in {signal.kind for signal in screen(text).signals}


@pytest.mark.parametrize(("expected", "text"), QUESTIONS)
def test_a_question_about_oneself_attacks_nobody(expected, text):
    assert verdict(text) == expected
