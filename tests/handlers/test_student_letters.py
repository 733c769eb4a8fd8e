"""The letters that reach a student by themselves: what comes first in them."""

from __future__ import annotations

import pytest

from handlers.rendered import spaced
from handlers.student.outgoing import render
from tests.content.test_texts import SERVICES, STUDENT_ARGS
from tests.support.phone import KeyTexts, keys_in


class Keyed:
    """The real directory and clock; keys in place of sentences."""

    texts, clock, crisis = KeyTexts(), SERVICES.clock, SERVICES


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_numbers_follow_the_first_line_of_the_card(language):
    keys = keys_in(render("out-card", STUDENT_ARGS, language, Keyed()).text)
    assert keys[0] == "out-card" and keys[1].startswith("crisis-emergency")
    assert keys[-3:] == ["out-card-stay", "out-card-why", "told-nobody-on-call"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_more_than_one_line_stands_before_them(language):
    before = SERVICES.texts.get(language, "out-card")
    assert "\n" not in before and len(before) < 100


@pytest.mark.parametrize(
    ("name", "said"),
    [("Jordan", "<b>Jordan</b> 来了"), ("林老师", "<b>林老师</b>来了")],
)
def test_a_latin_name_stands_apart_from_the_chinese_around_it(name, said):
    letter = render("out-case-taken", STUDENT_ARGS | {"counselor": name}, "zh", SERVICES)
    assert letter.text.startswith(said)
    assert spaced("已经转给Jordan。和<b>Jo</b>聊") == "已经转给 Jordan。和 <b>Jo</b> 聊"
