from __future__ import annotations

import json
import re
import shutil

import pytest

from content.crisis_catalog import (
    FALLBACK,
    FOLDER,
    CampusContacts,
    CrisisFault,
    load_directory,
)

REGIONS = {
    *("CN", "HK", "MO", "TW", "US", "GB", "IE", "CA", "AU", "NZ", "SG", "MY", "IN", "JP", "KR"),
    *("DE", "CH", "FR", "ES", "IT", "NL", "INT"),
}
DIRECTORY = load_directory()
ENTRIES = list(DIRECTORY.entries())
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def folder(tmp_path):
    """A copy of the product's files that a test may spoil."""
    return shutil.copytree(FOLDER, tmp_path / "crisis")


def spoil(folder, region, change):
    path = folder / f"{region}.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    change(raw)
    path.write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")


def entry_of(raw, entry_id):
    return next(entry for entry in raw["entries"] if entry["id"] == entry_id)


def test_every_region_and_the_fall_back_are_there():
    assert set(DIRECTORY.regions) == REGIONS


@pytest.mark.parametrize("code", sorted(REGIONS))
def test_a_region_shows_emergency_numbers_and_a_general_line(code):
    region = DIRECTORY.region(code)
    assert region.police.isdigit() and region.ambulance.isdigit() and region.fire.isdigit()
    assert region.emergency_sources
    assert any(entry.shown and entry.is_general for entry in region.entries)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_an_entry_cites_its_numbers_and_speaks_both_languages(entry):
    assert all(contact.sources for contact in entry.contacts)
    assert entry.checked is None
    for words in (entry.note, entry.hours.note, entry.languages, entry.cost, entry.doubt):
        if words is not None:
            assert HAN.search(words["zh"]) and not HAN.search(words["en"])
    if entry.shown:
        assert entry.status == "current" and entry.confidence != "memory only"
    else:
        assert entry.doubt


@pytest.mark.parametrize(
    ("entry_id", "hidden"),
    [
        ("cn-hope24", "400-161-9995"),
        ("cn-12338", "12338"),
        ("cn-sc-96111", "96111"),
        ("in-kiran", "1800-599-0019"),
        ("gb-galop", "0800 999 5428"),
    ],
)
def test_what_is_doubted_is_kept_but_hidden(entry_id, hidden):
    entry = DIRECTORY.find(entry_id)
    assert not entry.shown and hidden in {contact.value for contact in entry.contacts}


@pytest.mark.parametrize(
    ("entry_id", "value", "shown"),
    [
        ("cn-bj-12356", "12356", True),
        ("cn-bj-12356", "010-88585821", False),
        ("cn-bj-010-82951332", "010-82951332", True),
        ("cn-bj-010-82951332", "800-810-1117", False),
    ],
)
def test_a_doubted_number_hides_without_its_service(entry_id, value, shown):
    entry = DIRECTORY.find(entry_id)
    assert entry.shown
    assert [c.shown for c in entry.contacts if c.value == value] == [shown]


def test_evidence_is_that_of_the_number():
    # a page of July 2025 tells of 988, but no dated page that we saw carries its digits
    assert DIRECTORY.find("us-988").evidence_date is None


@pytest.mark.parametrize(
    ("code", "police", "ambulance", "fire"),
    [
        ("CN", "110", "120", "119"),
        ("HK", "999", "999", "999"),
        ("TW", "110", "119", "119"),
        ("US", "911", "911", "911"),
        ("GB", "999", "999", "999"),
        ("SG", "999", "995", "995"),
        ("KR", "112", "119", "119"),
    ],
)
def test_emergency_numbers(code, police, ambulance, fire):
    region = DIRECTORY.region(code)
    assert (region.police, region.ambulance, region.fire) == (police, ambulance, fire)


@pytest.mark.parametrize("code", [None, "", "XX", "INT", "int"])
def test_an_unknown_region_gets_the_fall_back(code):
    assert DIRECTORY.region(code).code == FALLBACK


def test_an_untouched_copy_loads(folder):
    assert set(load_directory(folder).regions) == REGIONS


@pytest.mark.parametrize(
    ("entry_id", "change", "said"),
    [
        ("us-988", lambda e: e["name"].update(zh=" "), "name is missing in zh"),
        ("us-988", lambda e: e["note"] or e.update(note={"en": "x", "zh": "y"}), "note"),
        ("us-988", lambda e: e["contacts"][0].update(sources=[]), "cites no source"),
        ("us-988", lambda e: e["contacts"][0].update(sources=[99]), "out of range"),
        ("us-988", lambda e: e["contacts"][0].update(dial="989"), "another number"),
        ("us-988", lambda e: e["contacts"][0].update(kind="fax"), "no kind of contact"),
        ("us-988", lambda e: e["evidence"].update(date="2025-13-01"), "month"),
        ("us-988", lambda e: e["evidence"].update(date="last year"), "no date"),
        ("us-988", lambda e: e["evidence"].update(date="2025-01"), "is recent"),
        ("us-988", lambda e: e["sources"][0].update(date="2025-02-30"), "day"),
        ("us-988", lambda e: e["sources"][0].update(address="ftp://x"), "no address"),
        ("us-988", lambda e: e.update(checked="soon"), "soon"),
        ("us-988", lambda e: e.update(audience=["everyone"]), "everyone"),
        ("us-988", lambda e: e.update(id="gb-988"), "us-"),
        ("us-988", lambda e: e.pop("status"), "status"),
        ("us-988", lambda e: e.update(shown="yes"), "neither true nor false"),
        ("us-988", lambda e: e["hours"].update(round_the_clock=False), "no hours"),
        ("gb-calm", lambda e: e["hours"].update(zone="Europe/Londno"), "no time zone"),
        ("gb-calm", lambda e: e["hours"].update(zone=None), "without a time zone"),
        ("gb-calm", lambda e: e["hours"]["weekly"][0].update(to="24:01"), "24:01"),
        ("gb-galop", lambda e: e.update(shown=True), "must not be shown"),
        ("gb-switchboard", lambda e: e.update(shown=True, status="current"), "memory only"),
        ("gb-galop", lambda e: e.update(doubt=None), "without saying why"),
    ],
)
def test_a_fault_names_file_and_entry(folder, entry_id, change, said):
    region = entry_id[:2].upper()
    spoil(folder, region, lambda raw: change(entry_of(raw, entry_id)))
    with pytest.raises(CrisisFault) as caught:
        load_directory(folder)
    line = next(line for line in str(caught.value).splitlines() if said in line)
    assert line.startswith(f"content/crisis/{region}.json: ")
    assert re.search(r"[a-z]{2}-\w+: ", line)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw["emergency"].pop("ambulance"), "ambulance"),
        (lambda raw: raw["emergency"]["police"].update(sources=[]), "cites no source"),
        (lambda raw: raw["emergency"]["police"].update(value=""), "is no number"),
        (lambda raw: raw.update(entries=[]), "no general line"),
        (lambda raw: raw["entries"].append(raw["entries"][0]), "stands twice"),
        (lambda raw: raw.update(region="XX"), "says that it is XX"),
    ],
)
def test_a_fault_of_a_region_names_the_file(folder, change, said):
    spoil(folder, "NL", change)
    with pytest.raises(CrisisFault, match=said) as caught:
        load_directory(folder)
    assert "content/crisis/NL.json" in str(caught.value)


def test_all_faults_are_told_at_once(folder):
    spoil(folder, "NL", lambda raw: raw["emergency"].pop("fire"))
    spoil(folder, "US", lambda raw: raw["entries"][0].pop("hours"))
    with pytest.raises(CrisisFault) as caught:
        load_directory(folder)
    assert {"NL.json", "US.json"} <= set(re.findall(r"[A-Z]+\.json", str(caught.value)))


def test_a_file_that_is_no_json_is_named(folder):
    (folder / "CH.json").write_text("{", encoding="utf-8")
    with pytest.raises(CrisisFault, match=r"content/crisis/CH\.json"):
        load_directory(folder)


def test_without_the_fall_back_nothing_loads(folder):
    (folder / "INT.json").unlink()
    with pytest.raises(CrisisFault, match="international fall-back"):
        load_directory(folder)


def test_a_campus_without_phones_has_no_desks():
    names = ("Counseling center", "心理中心", "")
    assert CampusContacts.from_settings(center=names, security=names) is None


def test_a_campus_desk_with_one_language_uses_it_for_both():
    campus = CampusContacts.from_settings(
        center=("", "心理中心", "010-1234"),
        security=("Security", "", "010-5678"),
        center_hours=("Mon-Fri 9-17", "周一到周五 9–17"),
    )
    center, security = campus.desks
    assert center.name["en"] == center.name["zh"] == "心理中心"
    assert center.hours["zh"] == "周一到周五 9–17" and security.hours is None
