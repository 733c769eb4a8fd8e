from __future__ import annotations

import ast
import datetime as dt
import html
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.simulator.entities import parse_html
from bot.static_card import render_static_card
from content.crisis_catalog import CampusContacts, load_directory
from content.texts import LANGUAGES, Texts
from flows.rules.crisis import Confirmation, choose_entries
from handlers import crisis_card
from handlers.crisis_card import pinned_numbers, render_card, short_numbers

DIRECTORY = load_directory()
REGIONS = sorted(DIRECTORY.regions)
TEXTS = Texts()
NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
CAMPUS = CampusContacts.from_settings(
    center=("Counseling <center>", "心理中心 & 咨询室", "010-6275-0001"),
    security=("Security desk", "保卫处", "61234"),
    center_hours=("Mon-Fri 9-17", "周一到周五 9–17"),
)
both_languages = pytest.mark.parametrize("language", LANGUAGES)
every_region = pytest.mark.parametrize("region", REGIONS)
at_any_hour = pytest.mark.parametrize("hour", [0, 5, 9, 14, 20])


def view_of(region, at=NOON, confirmed=(), campus=CAMPUS):
    checks = {check.entry_id: check for check in confirmed}
    return choose_entries(DIRECTORY, region, at, confirmed=checks, campus=campus)


def everything_confirmed(region):
    return [
        Confirmation(entry.id, NOON, " / ".join(c.value for c in entry.contacts))
        for entry in DIRECTORY.region(region).entries
    ]


def keys(language, key, /, **args):
    """Keys instead of sentences, so that tests see which words were chosen."""
    return " ".join([f"[{key}]", *(str(value) for value in args.values())])


def visible(text):
    """What a person reads; raises where Telegram would refuse the HTML."""
    return parse_html(text)[0]


def general_values(view):
    return [html.escape(c.value) for s in view.entries if s.is_general for c in s.contacts]


@every_region
@both_languages
@at_any_hour
def test_every_card_begins_with_the_emergency_number_and_has_a_general_line(
    region, language, hour
):
    view = view_of(region, NOON.replace(hour=hour))
    card = render_card(view, language, TEXTS.get)
    first = card.split("\n", 1)[0]
    assert view.region.ambulance in first and view.region.police in first
    assert any(value in card for value in general_values(view))
    assert len(card) <= 2000 and visible(card)
    assert html.escape(CAMPUS.desks[0].name[language]) in card
    assert card.index("010-6275-0001") < min(
        card.index(value) for value in general_values(view) if value in card
    )


@every_region
@both_languages
def test_the_whole_list_fits_and_shows_every_line(region, language):
    for confirmed in ((), everything_confirmed(region)):
        view = view_of(region, confirmed=confirmed)
        card = render_card(view, language, TEXTS.get, everything=True)
        assert len(card) <= 3800 and visible(card)
        if not confirmed:
            assert card.count("</i>") == len(view.entries) + 1  # the campus's hours
    assert view.region.fire in render_card(view_of(region), language, TEXTS.get, everything=True)


@every_region
@at_any_hour
def test_the_static_card_fits_in_one_message_with_both_languages(region, hour):
    card = render_static_card(DIRECTORY, region, NOON.replace(hour=hour), CAMPUS, TEXTS)
    view = view_of(region, NOON.replace(hour=hour))
    assert len(card) <= 4096 and visible(card)
    assert view.region.ambulance in card.split("\n", 1)[0]
    halves = card.split("\n\n— — —\n\n")
    assert len(halves) == 2
    for language, half in zip(LANGUAGES, halves, strict=True):
        assert any(value in half for value in general_values(view))
        assert TEXTS.get(language, "crisis-store-down") in half


def test_a_campus_with_endless_names_still_fits():
    endless = CampusContacts.from_settings(
        center=("c" * 1500, "中" * 1500, "1"), security=("s" * 1500, "保" * 1500, "2")
    )
    card = render_static_card(DIRECTORY, "US", NOON, endless, TEXTS)
    assert len(card) <= 4096 and "911" in card and "988" in card


def test_a_long_campus_name_costs_the_last_line_not_the_campus():
    wordy = CampusContacts.from_settings(
        center=("c" * 1300, "中" * 1300, "010-6275-0001"), security=("", "", "")
    )
    card = render_static_card(DIRECTORY, "US", NOON, wordy, TEXTS)
    assert len(card) <= 4096 and "010-6275-0001" in card and "741741" in card
    assert "678678" not in card


@pytest.mark.parametrize("region", [None, "XX"])
def test_an_unknown_region_gets_the_international_card(region):
    card = render_static_card(DIRECTORY, region, NOON, None, TEXTS)
    assert "112" in card and "findahelpline.com" in card


@every_region
@both_languages
def test_short_numbers_fit_the_description_and_hold_at_any_hour(region, language):
    texts = {
        short_numbers(view_of(region, NOON.replace(hour=hour)), language, TEXTS.get)
        for hour in range(24)
    }
    assert len(texts) == 1
    text = texts.pop()
    view = view_of(region)
    assert len(text) <= 250 and not re.search(r"[<>&]", text)
    assert view.region.ambulance in text and view.region.police in text
    assert any(html.unescape(value) in text for value in general_values(view))


def test_short_numbers_drop_words_before_numbers():
    def wordy(language, key, /, **args):
        text = keys(language, key, **args)
        return text if key.endswith("-bare") else text + "x" * 250

    text = short_numbers(view_of("CN"), "en", wordy)
    assert text == "[crisis-short-two-bare] 120 110 12356"


@every_region
@both_languages
def test_pinned_numbers_name_no_date_and_fit(region, language):
    text = pinned_numbers(view_of(region), language, TEXTS.get)
    assert len(text) <= 1000 and visible(text)
    assert "010-6275-0001" in text and view_of(region).region.ambulance in text
    assert not re.search(r"\d{4}-\d\d-\d\d", text)


@both_languages
def test_unchecked_until_confirmed(language):
    before = render_card(view_of("NL"), language, keys)
    assert "[crisis-unchecked] 2025-10-03" in before
    checked = [Confirmation("nl-113", NOON, "113")]
    after = render_card(view_of("NL", confirmed=checked), language, keys)
    assert "[crisis-checked] 2026-11-24" in after and "[crisis-unchecked]" not in after
    assert "[crisis-unchecked-undated]" in render_card(view_of("US"), language, keys)


@pytest.mark.parametrize(
    ("hour", "state"), [(20, "[crisis-open-now]"), (9, "[crisis-closed-now]")]
)
def test_open_and_closed_are_said_where_known(hour, state):
    card = render_card(view_of("GB", NOON.replace(hour=hour)), "en", keys, everything=True)
    calm = card[card.index("CALM") :].split("\n\n")[0]
    assert state in calm and "[crisis-hours-daily] 17:00–24:00" in calm


def test_half_known_hours_say_neither_open_nor_closed():
    card = render_card(view_of("CN"), "zh", keys)
    line = card[card.index("12356") :].split("\n\n")[0]
    assert "18" in line and "open-now" not in line and "closed-now" not in line


def test_weekdays_are_named():
    confirmed = [Confirmation("jp-inochisos", NOON, "0120-061-338")]
    card = render_card(view_of("JP", confirmed=confirmed), "en", keys, everything=True)
    assert "[crisis-mon], [crisis-thu], [crisis-fri] 00:00–24:00" in card


@both_languages
def test_doubtful_numbers_stay_off_every_rendering(language):
    for region in REGIONS:
        view = view_of(region, campus=None)
        told = "".join(
            (
                render_card(view, language, TEXTS.get, everything=True),
                short_numbers(view, language, TEXTS.get),
                pinned_numbers(view, language, TEXTS.get),
                render_static_card(DIRECTORY, region, NOON, None, TEXTS),
            )
        )
        entries = DIRECTORY.region(region).entries
        fine = {c.value for e in entries if e.shown for c in e.contacts if c.shown}
        doubted = {c.value for e in entries for c in e.contacts if not (e.shown and c.shown)}
        emergency = {view.region.police, view.region.ambulance, view.region.fire}
        for value in doubted - fine - emergency:
            assert not re.search(rf"(?<!\w){re.escape(html.escape(value))}(?!\w)", told), value


def test_our_translation_is_followed_by_the_service_s_own_name():
    assert "撒玛利亚会（Samaritans）" in render_card(view_of("GB"), "zh", TEXTS.get)
    assert "<b>Samaritans</b>" in render_card(view_of("GB"), "en", TEXTS.get)


def test_the_static_card_needs_neither_store_nor_dialogs():
    code = (
        "import sys; import bot.static_card; "
        "print([m for m in ('sqlalchemy','aiogram','aiogram_dialog','telegram','storage') "
        "if m in sys.modules])"
    )
    done = subprocess.run(  # a fresh interpreter: this one has imported everything
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_card_uses_only_keys_that_both_languages_have():
    source = Path(crisis_card.__file__).read_text(encoding="utf-8")
    found = {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"crisis-[a-z-]*[a-z]", node.value)
    }
    assert len(found) >= 8
    for language in LANGUAGES:
        assert all(TEXTS.has(language, key) for key in found)
