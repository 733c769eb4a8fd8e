"""What is left of a name once nothing invisible is in it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rules.names import clean_name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Ms.   Lin ", "Ms. Lin"),
        ("Ms.\n\tLin", "Ms. Lin"),
        ("林老师", "林老师"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("A\u202eB\u2066C\u2069", "ABC"),
        ("L\u200bi\ufeffn", "Lin"),
        ("Lin 🌱", "Lin 🌱"),
        ("Dr. 3", "Dr. 3"),
        ("\u3000林\u3000", "林"),
    ],
)
def test_kept(typed, name):
    assert clean_name(typed) == name


@pytest.mark.parametrize(
    "typed", ["", " \n", "\u200b", "\u202e\u202c", "\u3164", "\u2800\u2800", "-", "🌱", "\ud800"]
)
def test_nothing_to_read(typed):
    assert clean_name(typed) == ""


@given(st.text())
def test_cleaning_twice_changes_nothing_and_nothing_hidden_is_left(typed):
    name = clean_name(typed)
    assert clean_name(name) == name
    assert not any(unicodedata.category(c).startswith("C") for c in name)
