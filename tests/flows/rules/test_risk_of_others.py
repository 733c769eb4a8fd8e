"""Somebody else dying now: the writer's own level stays, the other's is imminent."""

from __future__ import annotations

import pytest

from flows.rules.risk import RiskLevel
from tests.support.lexicon import screen

NOW = [
    "my friend just took an overdose and is not breathing",
    "My friend is on the roof right now please help",
    "someone is going to shoot up the campus tomorrow",
    "my roommate swallowed pills and won't wake up",
    "my roommate took a bunch of pills and isn't responding",
    "my girlfriend is standing on the bridge and she won't come down",
    "he cut his wrists and there's blood everywhere",
    "my friend just tried to kill herself",
    "she is unconscious, there are empty pill bottles",
    "my brother is not breathing",
    "my friend is going to kill herself tonight",
    "a guy in my class says he will bring a gun to school tomorrow",
    "my classmate is planning to stab people on campus",
    "he hung himself and i just found him",
    "she is about to jump",
    "我朋友刚吞了一瓶安眠药，没有呼吸了",
    "我朋友现在在天台上，快救救他",
    "有人明天要来学校砍人",
    "我室友吃了很多药，叫不醒",
    "有人说明天要炸学校",
    "他已经站在楼顶边了",
    "我室友割腕了，流了好多血",
    "我闺蜜说今晚就去死，怎么办",
    "室友晕倒了，没有呼吸",
    "同学说要带刀来学校捅人",
    "我朋友马上要跳楼了，快来人",
    "my friend has locked herself in the bathroom with a knife and says goodbye",
    "my friend locked himself in his room with a gun",
    "my sister is bleeding, she cut her wrists",
    "我朋友把自己锁在浴室里，手里拿着刀，跟我说再见",
    "她把自己反锁在房间里，手里有刀",
]
NOT_NOW = [
    "my friend is on the roof watching the stars",
    "my roommate won't wake up for class",
    "my friend took an overdose last year",
    "my friend is suicidal",
    "someone is going to shoot a movie on campus tomorrow",
    "someone shot up to the top of the leaderboard",
    "the photographer is going to shoot the campus tomorrow",
    "my fish is not breathing",
    "she passed out after the party and is fine now",
    "he's going to shoot some hoops at school",
    "the character is not breathing in this scene",
    "my roommate took his pills and went to sleep",
    "they're going to kill us all with these exams",
    "my friend took his meds and won't move to the new dorm",
    "my laptop won't wake up",
    "he won't wake up before noon lol",
    "the sniper in the game is on the roof right now",
    "室友早上叫不醒，又迟到了",
    "我朋友在天台看星星",
    "有人要来学校拍电影",
    "室友吃了感冒药睡着了",
    "我朋友去年自杀未遂",
    "学校门口有人砍价",
    "他游戏里没有呼吸值了",
    "有人要来学校炸鸡摊",
    "室友睡得像死猪叫不醒",
    "my roommate locked herself in the bathroom with her phone",
    "my friend locked himself out of the bathroom",
    "my sister is bleeding, she cut her finger while cooking",
    "the character locked herself in the bathroom with a knife",
    "我室友把自己锁在厕所里打电话",
    "我室友把自己关在厨房里，拿着刀切菜",
    "我妹妹切菜切到手流血了",
]
WORRIED = [
    "my friend sent me a goodbye letter",
    "she cut her wrists",
    "我朋友给我发了一封告别信",
]
NOT_WORRIED = [
    "my friend sent me a goodbye card when I moved",
    "my friend sent me a goodbye letter when she moved abroad",
    "she cut her wrists in the movie",
    "我朋友搬家前给我写了告别卡片",
]
KILLED_IF_LEAVING = [
    "he says he will kill me if I leave",
    "he'll kill me if I tell anyone",
    "my boyfriend told me if I leave he will kill me",
    "he said if I tell anyone, he'll kill me",
    "my boyfriend said he would kill me if I ever break up with him",
    "他说我要是离开他就杀了我",
]
NOT_KILLED = [
    "he says he will kill me if I leave the dishes",
    "she will kill me if I leave early",
    "if I leave early she will kill me",
    "my mom says she will kill me if I fail",
    "我妈说考不好就杀了我",
    "他说我要是剧透就杀了我",
]


@pytest.mark.parametrize("text", NOW)
def test_somebody_else_may_be_dying(text):
    found = screen(text)
    assert (found.level, found.other_level) == (RiskLevel.NONE, RiskLevel.IMMINENT)
    assert found.other
    assert found.abuse == 0


@pytest.mark.parametrize("text", NOT_NOW)
def test_sleepers_games_and_the_past_are_not_now(text):
    found = screen(text)
    assert found.level == RiskLevel.NONE
    assert not found.other_level.at_least(RiskLevel.IMMINENT)


@pytest.mark.parametrize("text", WORRIED)
def test_a_letter_of_goodbye_or_cut_wrists_are_a_worry_about_somebody_else(text):
    found = screen(text)
    assert (found.level, found.other) == (RiskLevel.NONE, True)
    assert found.other_level is RiskLevel.ELEVATED


@pytest.mark.parametrize("text", NOT_WORRIED)
def test_other_letters_and_films_are_none(text):
    found = screen(text)
    assert (found.level, found.other) == (RiskLevel.NONE, False)


@pytest.mark.parametrize("text", KILLED_IF_LEAVING)
def test_a_threat_against_the_writer_is_violence_and_no_risk_of_their_own(text):
    found = screen(text)
    assert [signal.kind for signal in found.signals] == ["violence_suffered"]
    assert (found.level, found.score) == (RiskLevel.ELEVATED, 0)


@pytest.mark.parametrize("text", NOT_KILLED)
def test_what_a_parent_or_a_flatmate_says_in_jest_is_none(text):
    assert screen(text).level is RiskLevel.NONE
