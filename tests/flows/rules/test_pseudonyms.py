from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rules.pseudonyms import make_pseudonym


@given(st.integers(min_value=0, max_value=2**64), st.sampled_from(["en", "zh"]))
def test_any_bits_give_the_same_name_again(seed, language):
    name = make_pseudonym(seed, language)
    assert name == make_pseudonym(seed, language)
    assert name.strip() == name != ""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_names_differ(language):
    names = {make_pseudonym(a | b << 8, language) for a in range(16) for b in range(16)}
    assert len(names) == 256
