"""Who lost somebody, or hears somebody wish to die, and means to go the same way: own risk."""

from __future__ import annotations

import pytest

from tests.support.lexicon import screen, verdict

FOLLOWING = [
    ("elevated+other", "my best friend killed himself. i'm going to join him"),
    ("imminent+other", "after my brother killed himself I can't live, I will join him tonight"),
    ("elevated+other", "She wants to die and so do I"),
    ("elevated+other", "my friend killed herself and I'm next"),
    ("elevated+other", "my friend wants to kill herself. me too"),
    ("elevated+other", "my roommate is suicidal and honestly so am i"),
    ("elevated", "my mom died last month. i want to be with her"),
    ("elevated+other", "my brother killed himself last year and i'm going to follow him"),
    ("imminent+other", "my best friend killed himself. tonight i'm going to join him"),
    ("elevated+other", "我朋友自杀了，我想去陪她"),
    ("elevated", "我男朋友去世了，我想去找他"),
    ("imminent", "我男朋友去世了，我今晚就去找他"),
    ("elevated+other", "我室友跳楼了，我也想"),
    ("elevated+other", "她想死，我也想"),
    ("elevated+other", "我们班有人跳楼了，我也想跳"),
    ("elevated+other", "我朋友想自杀，我也是"),
    ("elevated+other", "我闺蜜自杀了，下一个就是我"),
    ("elevated+other", "我朋友自杀走了，我要跟他一起走"),
]
LOOK_ALIKE = [
    ("none", "my friends are going to the movies, i'm going to join them"),
    ("none", "she wants pizza and so do I"),
    ("none", "my friend presents first and i'm next"),
    ("none+other", "my friend killed herself and i'm next to her mom at the funeral"),
    ("none+other", "my friend is suicidal. i'm going to be with her tonight"),
    ("none+other", "my friend wants to kill herself. her mom is worried and so am i"),
    ("none+other", "my friend wants to kill herself and she asked me too"),
    ("none+other", "my friend killed himself. i will be with his family this week"),
    ("none", "my friend died in the second round and i'm next"),
    ("none", "my roommate died laughing and so did i, me too"),
    ("none+other", "in the movie she wants to die and so do i"),
    ("none", "my phone died, me too"),
    ("none+other", "she wants to die her hair and so do i"),
    ("none", "我猫死了，想去陪它"),
    ("none", "my grandpa died and my grandma is alone, so i will be with her tonight"),
    ("none", "my grandma died. i'm going to join them at the airport"),
    ("none", "romeo died in act 5, my group is next and i'm next"),
    ("none+other", "我朋友想自杀，我去陪她"),
    ("none+other", "我朋友自杀未遂住院了，我想去陪她"),
    ("none+other", "我朋友想自杀，他妈妈很担心，我也是"),
    ("none", "爷爷去世了，奶奶一个人，我去陪她"),
    ("none", "爷爷去世了，我去找他的老照片"),
    ("none", "他想吃火锅，我也想"),
    ("none", "室友去图书馆了，我去找他"),
    ("none", "游戏里他死了，下一个就是我"),
    ("none+other", "我朋友想自杀，我也想帮她"),
    ("none+other", "my sister killed herself. i have to be with her kids"),
    ("low+other", "my friend killed himself. i'm not going to join him"),
]


@pytest.mark.parametrize(("expected", "text"), FOLLOWING)
def test_going_after_somebody_is_the_writers_own_risk(expected, text):
    assert verdict(text) == expected


@pytest.mark.parametrize(("expected", "text"), LOOK_ALIKE)
def test_company_grief_and_games_are_not(expected, text):
    assert verdict(text) == expected


@pytest.mark.parametrize("text", ["i'm going to join him tonight", "so do i", "我也想", "me too"])
def test_the_same_words_alone_say_nothing(text):
    assert screen(text).level == "none"
