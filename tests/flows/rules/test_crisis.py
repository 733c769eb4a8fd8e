from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.crisis_catalog import FALLBACK, CampusContacts, load_directory
from content.crisis_hours import read_hours
from flows.rules.crisis import (
    Confirmation,
    choose_entries,
    confirms,
    entries_wanting_confirmation,
)

DIRECTORY = load_directory()
REGIONS = sorted(DIRECTORY.regions)
NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
QUARTER = dt.timedelta(days=92)


def choose(region, at=NOON, confirmed=(), **more):
    checks = {check.entry_id: check for check in confirmed}
    return choose_entries(DIRECTORY, region, at, confirmed=checks, campus=None, **more)


def check(entry_id, seen, at=NOON):
    return Confirmation(entry_id=entry_id, at=at, value_seen=seen)


def ids(view):
    return [shown.entry.id for shown in view.entries]


def hours(*weekly, zone="Europe/London", monthly=(), sure=True, note=None, always=False):
    return read_hours(
        {
            "round_the_clock": always,
            "weekly": [{"days": d, "from": a, "to": b} for d, a, b in weekly],
            "monthly": [{"day": d, "from": a, "to": b} for d, a, b in monthly],
            "sure": sure,
            "zone": zone,
            "note": note,
        }
    )


def local(text, zone="Europe/London"):
    return dt.datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone))


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-24T16:59", False),
        ("2026-11-24T17:00", True),
        ("2026-11-24T23:59", True),
        ("2026-11-25T00:00", False),
    ],
)
def test_hours_until_midnight(at, is_open):
    assert hours(("daily", "17:00", "24:00")).open_at(local(at)) is is_open


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-27T17:59", False),  # Friday
        ("2026-11-27T18:00", True),
        ("2026-11-28T01:59", True),  # Saturday, still Friday's
        ("2026-11-28T02:00", False),
        ("2026-11-28T18:00", False),
        ("2026-11-27T01:00", False),  # Friday morning: Thursday has no hours
    ],
)
def test_hours_past_midnight_belong_to_the_day_they_began(at, is_open):
    assert hours((["fri"], "18:00", "02:00")).open_at(local(at)) is is_open


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        # winter: 17:00 in London is 17:00 UTC; summer: 16:00 UTC
        ("2026-01-15T16:59:00+00:00", False),
        ("2026-01-15T17:00:00+00:00", True),
        ("2026-07-15T15:59:00+00:00", False),
        ("2026-07-15T16:00:00+00:00", True),
        # 25 October 2026, clocks go back at 01:00 UTC: 23:30 is 23:30 UTC that evening
        ("2026-10-25T23:30:00+00:00", True),
        # the evening before, still summer time
        ("2026-10-24T16:00:00+00:00", True),
        ("2026-10-25T16:30:00+00:00", False),
    ],
)
def test_daylight_saving_moves_the_hours(at, is_open):
    assert hours(("daily", "17:00", "24:00")).open_at(dt.datetime.fromisoformat(at)) is is_open


def test_a_night_over_the_change_of_clocks():
    night = hours(("daily", "20:00", "08:00"))
    assert night.open_at(dt.datetime(2026, 10, 25, 7, 59, tzinfo=dt.UTC)) is True
    assert night.open_at(dt.datetime(2026, 10, 25, 8, 0, tzinfo=dt.UTC)) is False


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-10T07:59", False),
        ("2026-11-10T08:00", True),
        ("2026-11-11T07:59", True),
        ("2026-11-11T08:00", False),
        ("2026-11-11T16:00", True),
    ],
)
def test_the_tenth_of_the_month(at, is_open):
    inochi = DIRECTORY.find("jp-inochinodenwa").hours
    assert inochi.open_at(local(at, "Asia/Tokyo")) is is_open


def test_half_known_hours():
    note = {"en": "on nights of term", "zh": "学期内"}
    nights = hours(("daily", "20:00", "08:00"), sure=False, note=note)
    assert nights.open_at(local("2026-11-24T22:00")) is None
    assert nights.open_at(local("2026-11-24T12:00")) is False
    assert DIRECTORY.find("cn-12356").hours.open_at(NOON) is None
    assert DIRECTORY.find("hk-rainlily").hours.open_at(NOON) is None


@given(
    start=st.integers(0, 23),
    end=st.integers(0, 23),
    minutes=st.integers(0, 2 * 366 * 24 * 60),
)
def test_two_halves_of_a_day_are_never_both_open_nor_both_closed(start, end, minutes):
    if start == end:
        return
    at = NOON - dt.timedelta(minutes=minutes)
    one = hours(("daily", f"{start:02d}:00", f"{end:02d}:00"))
    other = hours(("daily", f"{end:02d}:00", f"{start:02d}:00"))
    assert one.open_at(at) is not other.open_at(at)


@pytest.mark.parametrize("region", REGIONS)
def test_doubtful_entries_never_show_unconfirmed_at_any_hour(region):
    hidden = {entry.id for entry in DIRECTORY.region(region).entries if not entry.shown}
    for hour in range(0, 24, 3):
        view = choose(region, NOON.replace(hour=hour), wishes={"youth", "lgbtq", "women"})
        assert not hidden & set(ids(view))
        assert all(contact.shown for shown in view.entries for contact in shown.contacts)


@pytest.mark.parametrize(
    "entry", [e for e in DIRECTORY.entries() if not e.shown], ids=lambda entry: entry.id
)
def test_a_doubtful_entry_shows_once_confirmed(entry):
    view = choose(entry.region, confirmed=[check(entry.id, entry.contacts[0].value)])
    shown = next(shown for shown in view.entries if shown.entry.id == entry.id)
    assert shown.checked_on == NOON.date()


def test_a_check_of_another_number_shows_nothing():
    wrong = check("cn-hope24", "400-000-0000")
    assert not confirms(DIRECTORY.find("cn-hope24"), wrong)
    assert "cn-hope24" not in ids(choose("CN", confirmed=[wrong]))
    other = next(s for s in choose("CN", confirmed=[check("cn-12356", "12345")]).entries)
    assert other.entry.id == "cn-12356" and other.checked_on is None


@pytest.mark.parametrize(
    ("entry_id", "seen", "counts"),
    [
        ("cn-12356", "12356", True),
        ("cn-12356", "12356, answered in Mandarin, 24 h", True),
        ("cn-12356", "1235", False),
        ("cn-12356", "123567", False),
        ("cn-12356", "dialed it, somebody answered", True),
        ("hk-samaritans", "28960000", True),
        ("hk-samaritans", "+852 2896 0000", True),
        ("hk-samaritans", "2896 0001", False),
        ("gb-calm", "+44 800 58 58 58", True),
        ("gb-shout", "SHOUT to 85258", True),
        ("int-findahelpline", "findahelpline.com", True),
    ],
)
def test_which_checks_count(entry_id, seen, counts):
    assert confirms(DIRECTORY.find(entry_id), check(entry_id, seen)) is counts


def test_a_doubted_number_needs_a_check_of_its_own():
    def values(*checks):
        view = choose("CN", confirmed=checks)
        found = next(s for s in view.entries if s.entry.id == "cn-bj-12356")
        return [contact.value for contact in found.contacts]

    assert values() == ["12356"]
    assert values(check("cn-bj-12356", "12356")) == ["12356"]
    both = ["12356", "010-88585821"]
    assert values(check("cn-bj-12356", "12356 and 010-88585821")) == both


def test_a_stale_check_hides_a_doubtful_entry_only_where_asked():
    old = check("cn-hope24", "400-161-9995", NOON - QUARTER - dt.timedelta(seconds=1))
    assert "cn-hope24" in ids(choose("CN", confirmed=[old]))
    assert "cn-hope24" not in ids(choose("CN", confirmed=[old], max_age=QUARTER))
    young = check("cn-hope24", "400-161-9995", NOON - QUARTER)
    assert "cn-hope24" in ids(choose("CN", confirmed=[young], max_age=QUARTER))


@pytest.mark.parametrize("region", [None, "", "XX"])
def test_an_unknown_region_gets_the_international_view(region):
    view = choose(region)
    assert view.region.code == FALLBACK and view.entries[0].is_general


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("hour", range(0, 24, 4))
def test_the_short_card_has_a_general_line_at_any_hour(region, hour):
    view = choose(region, NOON.replace(hour=hour))
    for most in (1, 2, 3, 4):
        few = view.first(most)
        assert 1 <= len(few) <= most
        assert any(shown.is_general for shown in few)
        assert all(shown.entry.area is None for shown in few)


@pytest.mark.parametrize("region", REGIONS)
def test_open_lines_stand_before_closed_ones_of_their_group(region):
    order = {True: 0, None: 1, False: 2}
    for hour in range(24):
        view = choose(region, NOON.replace(hour=hour))
        places = [(shown.group, order[shown.open_now]) for shown in view.entries]
        assert places == sorted(places)


def test_hours_decide_which_general_line_comes_first():
    evening, morning = choose("GB", NOON.replace(hour=20)), choose("GB", NOON.replace(hour=9))

    def place(view):
        return ids(view).index("gb-calm")

    assert place(evening) <= place(morning)
    assert next(s for s in evening.entries if s.entry.id == "gb-calm").open_now is True
    assert next(s for s in morning.entries if s.entry.id == "gb-calm").open_now is False
    # Japan: the line that is closed at noon UTC (21:00 there) gives way to what can be reached
    closed = choose("JP", NOON)
    assert ids(closed)[0] == "jp-mamorou"
    assert ids(choose("JP", NOON.replace(hour=8)))[0] == "jp-inochinodenwa"


def test_china_shows_12356_before_any_city():
    every = [check(entry.id, entry.contacts[0].value) for entry in DIRECTORY.region("CN").entries]
    for confirmed in ((), every):
        view = choose("CN", confirmed=confirmed)
        cities = [n for n, shown in enumerate(view.entries) if shown.entry.area is not None]
        assert cities and ids(view).index("cn-12356") < min(cities)
    assert ids(choose("CN"))[0] == "cn-12356"


def test_wishes_come_first_and_a_general_line_stays():
    view = choose("GB", wishes={"sexual_assault"})
    assert ids(view)[0] == "gb-rapecrisis"
    assert any(shown.is_general for shown in view.first(1))
    assert "gb-rapecrisis" in [shown.entry.id for shown in view.first(3)]


def test_standing_lines_are_the_same_at_any_hour():
    for region in REGIONS:
        seen = {
            tuple(s.entry.id for s in choose(region, NOON.replace(hour=h)).standing_lines())
            for h in range(24)
        }
        assert len(seen) == 1 and seen != {()}


def test_the_campus_is_passed_on():
    campus = CampusContacts.from_settings(
        center=("Center", "中心", "010-1234"), security=("Security", "保卫处", "010-5678")
    )
    view = choose_entries(DIRECTORY, "CN", NOON, confirmed={}, campus=campus)
    assert [desk.phone for desk in view.campus.desks] == ["010-1234", "010-5678"]


def test_everything_wants_a_check_until_it_has_one():
    wanting = entries_wanting_confirmation(DIRECTORY, {}, NOON, QUARTER)
    assert [want.entry for want in wanting] == list(DIRECTORY.entries())
    hidden = [want for want in wanting if not want.entry.shown]
    assert all("hidden" in want.why and want.entry.doubt["en"] in str(want) for want in hidden)


@pytest.mark.parametrize(
    ("seen", "age", "why"),
    [
        ("988", QUARTER, None),
        ("988", QUARTER + dt.timedelta(seconds=1), "last checked"),
        ("1-800-273-8255", dt.timedelta(), "differs"),
    ],
)
def test_which_checks_want_renewing(seen, age, why):
    found = {
        want.entry.id: want.why
        for want in entries_wanting_confirmation(
            DIRECTORY, {"us-988": check("us-988", seen, NOON - age)}, NOON, QUARTER
        )
    }
    if why is None:
        assert "us-988" not in found
    else:
        assert why in found["us-988"]


def test_a_date_in_the_file_counts_as_a_check():
    region = DIRECTORY.region("NL")
    dated = dataclasses.replace(region.entries[0], checked=NOON.date() - QUARTER)
    directory = dataclasses.replace(
        DIRECTORY,
        regions={**DIRECTORY.regions, "NL": dataclasses.replace(region, entries=(dated,))},
    )
    view = choose_entries(directory, "NL", NOON, confirmed={}, campus=None)
    assert view.entries[0].checked_on == dated.checked
    wanting = [w.entry.id for w in entries_wanting_confirmation(directory, {}, NOON, QUARTER)]
    assert dated.id not in wanting
    later = NOON + dt.timedelta(days=1)
    wanting = [w.entry.id for w in entries_wanting_confirmation(directory, {}, later, QUARTER)]
    assert dated.id in wanting


def test_ids_are_unique_across_regions():
    seen = [entry.id for entry in DIRECTORY.entries()]
    assert not [key for key, group in itertools.groupby(sorted(seen)) if len(list(group)) > 1]
