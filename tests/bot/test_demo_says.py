"""What the demo says of itself is what it does."""

from __future__ import annotations

import re

import pytest

from bot.demo import _settings
from content.texts import LANGUAGES, Texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_hours_are_those_of_whoever_is_on_call(tmp_path, language):
    campus = _settings(tmp_path, "http://127.0.0.1:9").tuned.campus
    hours = getattr(campus, f"duty_hours_{language}")
    # beside "nobody is on duty" neither an hour of the clock nor "always" can stand
    assert hours and not re.search(r"\d|always|一直", hours)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_sent_to_an_admin_for_a_role(language):
    refused = Texts().get(language, "refusal-not-allowed")
    assert "admin" not in refused.lower() and "管理员" not in refused
