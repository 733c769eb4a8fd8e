"""Spellings made plain, and the way back to the text as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rules.normalize import closed_up, normalize, tighten, turned
from flows.rules.normalize_tables import TRADITIONAL
from flows.rules.spelling import cut_apart, unleet


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("", ""),
        ("I WANT To", "i want to"),
        ("don't don’t don`t don＇t donʼt", "dont dont dont dont dont"),
        ("“so” „so‟ 「想」", '"so" "so" "想"'),
        ("ｋｉｌｌ　ｍｙｓｅｌｆ！", "kill myself!"),
        ("ki\u200bll my\u2060self\ufeff", "kill myself"),
        ("ki\u00adll \u202emyself\u202c", "kill myself"),
        ("k\u0336i\u0336l\u0336l\u0336", "kill"),
        ("kíll mÿsélf", "kill myself"),
        ("𝓴𝓲𝓵𝓵 𝐦𝐲𝐬𝐞𝐥𝐟 🅺🅸🅻🅻 ᴋɪʟʟ", "kill myself kill kill"),
        ("kіll mуsеlf", "kill myself"),
        ("want\u00a0to\tdie", "want to die"),
        ("want   to \n\n die", "want to\ndie"),
        ("self-harm self–harm self_harm", "self harm self harm self harm"),
        ("*kill* ~~kill~~ ||kill|| (kill) [kill]", "kill kill kill kill kill"),
        ("k i l l", "kill"),
        ("k.i.l.l m.y.s.e.l.f", "kill myself"),
        ("k i l l  m y s e l f", "kill myself"),
        ("k-i-l-l k_i_l_l k*i*l*l", "kill kill kill"),
        ("a b", "a b"),
        ("1 2 3 4", "1 2 3 4"),
        ("k1ll k!ll mys3lf su1c1de d1e $uicide", "kill kill myself suicide die suicide"),
        ("su*cide k*ll s##cide", "suicide kill suicide"),
        ("****", "****"),
        ("2morrow at 8 for 100$", "2morrow at 8 for 100$"),
        ("kiiiill dieeee soooo", "kill die so"),
        ("kil my self", "kill my self"),
        ("killmyself wanttodie", "kill myself want to die"),
        ("congratulations something", "congratulations something"),
        ("hhhhhh", "hhhhhh"),
        ("哈哈哈哈哈 死死死死", "哈哈 死"),
        ("自殺 寫遺書 樓頂 吃藥", "自杀 写遗书 楼顶 吃药"),
        ("紫砂了", "自杀了"),
        ("zi杀", "自杀"),
        ("自sha", "自杀"),
        ("zisha", "自杀"),
        ("紫砂壶很贵", "紫砂壶很贵"),
        ("我想zs 想zs了", "我想自杀 想自杀了"),
        ("zs老师说 azs", "zs老师说 azs"),
        ("割wan ge wan 隔腕 割婉", "割腕 割腕 割腕 割腕"),
        ("tiao lou 跳lou 挑楼", "跳楼 跳楼 跳楼"),
        ("想亖 好想鼠 想4了", "想死 好想死 想死了"),
        ("老鼠 想4点走", "老鼠 想4点走"),
        ("wo xiang si", "我想死"),
        ("遗shu qing sheng", "遗书 轻生"),
        ("自 杀", "自杀"),
        ("我 想 自/杀", "我想自杀"),
        ("😀我❤️你👨‍👩‍👧", "😀我❤你👨👩👧"),
        ("\ud800 lone surrogate", " lone surrogate"),
        ("\x00\x07kill", "kill"),
        ("مرحبا שלום", "مرحبا שלום"),
    ],
)
def test_spellings_are_made_plain(written, plain):
    assert normalize(written).text.strip() == plain.strip()


@pytest.mark.parametrize(
    ("written", "word", "source"),
    [
        ("I want to k i l l myself", "kill", "k i l l"),
        ("I want to k\u200bi\u200bl\u200bl", "kill", "k\u200bi\u200bl\u200bl"),
        ("don’t", "dont", "don’t"),
        ("really k1ll it", "kill", "k1ll"),
        ("我想紫砂了", "自杀", "紫砂"),
        ("我😭想zi杀了", "自杀", "zi杀"),
        ("我 想 自 杀", "自杀", None),
        ("𝓴𝓲𝓵𝓵", "kill", "𝓴𝓲𝓵𝓵"),
        ("ok (killmyself)", "kill myself", "killmyself"),
    ],
)
def test_a_span_leads_back_to_what_was_written(written, word, source):
    normal = normalize(written)
    at = normal.text.index(word)
    start, end = normal.span(at, at + len(word))
    assert written[start:end] == (source or written)


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("自，杀", "自杀"),
        ("自😭杀", "自杀"),
        ("kill... myself", "kill myself"),
        ("kill 😭 myself", "kill myself"),
        ("想 zs了", None),
        ("plain words", None),
        ("自杀", None),
    ],
)
def test_closing_up(text, closed):
    assert closed_up(text) == closed


def test_closing_up_keeps_the_way_back():
    normal = normalize("我想自，杀了")
    tight = tighten(normal)
    assert tight.text == closed_up(normal.text) == "我想自杀了"
    assert tight.span(2, 4) == (2, 5)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("plain", None),
        ("\u202cplain", None),
        ("a \u202ecb", "a bc\u202e"),
        ("\u202eba\u202c c", "ab\u202e\u202c c"),
        ("\u202eba\n\u202edc", "ab\u202e\ncd\u202e"),
    ],
)
def test_turned_text_is_read_as_it_is_seen(written, seen):
    found = turned(written)
    assert (found and found[0]) == seen
    if found is not None:
        assert sorted(found[1]) == list(range(len(written)))


def test_known_words_only_are_put_back():
    assert unleet("5tud3nt") is None
    assert unleet("d13") == "die"
    assert cut_apart("endmylife") == "end my life"
    assert cut_apart("university") is None


def test_traditional_characters_map_to_single_simplified_ones():
    assert TRADITIONAL["殺"] == "杀"
    assert all(len(old) == len(new) == 1 and old != new for old, new in TRADITIONAL.items())


hostile = st.text(
    alphabet=st.sampled_from("kil1! .-_*myself自杀想了zs，。\u200b\u0336😭\n'’Ａ\ud800")
)


@given(st.one_of(st.text(), hostile))
def test_any_text_has_a_map_within_it(text):
    normal = normalize(text)
    assert len(normal.text) == len(normal.starts) == len(normal.ends)
    assert all(0 <= a < b <= len(text) for a, b in zip(normal.starts, normal.ends, strict=True))
    assert list(normal.starts) == sorted(normal.starts)
    tight = tighten(normal)
    assert len(tight.text) == len(tight.starts) == len(tight.ends)
    assert closed_up(normal.text) in (None, tight.text)


@given(hostile)
def test_normal_text_stays_free_of_what_hides_words(text):
    assert not set(normalize(text).text) & set("\u200b\u0336’'Ａ")
