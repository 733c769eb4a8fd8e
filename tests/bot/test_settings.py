"""Settings: each mistake is named, no value is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsFault, Tuned

SECRET = "7999999999:very-secret-token-that-must-not-show"


def test_an_unknown_variable_is_named_and_its_value_is_not():
    with pytest.raises(SettingsFault) as fault:
        Settings.load({"HANDRAIL_STUDENT_TOKE": SECRET, "HANDRAIL__PAGING__EVRY_S": "5"})
    assert "HANDRAIL_STUDENT_TOKE (HANDRAIL_STUDENT_TOKEN?)" in str(fault.value)
    assert "HANDRAIL__PAGING__EVRY_S (HANDRAIL__PAGING__EVERY_S?)" in str(fault.value)
    assert "secret" not in str(fault.value)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[paging]\nevry_s = 5\n", "paging.evry_s: unknown setting (paging.every_s?)"),
        ("[pageing]\n", "pageing: unknown setting (paging?)"),
        ("[paging]\nzzz = 5\n", "paging.zzz: unknown setting"),
        ("paging = 5\n", "paging: "),
        ("[paging]\nevery_s = 1\n", "paging.every_s"),
        ("[campus]\ntime_zone = 'Mars/Base'\n", "campus.time_zone"),
        ("[paging\n", "cannot be read"),
    ],
)
def test_a_typo_in_the_file_is_named(tmp_path, text, named):
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(SettingsFault) as fault:
        Settings.load({"HANDRAIL_SETTINGS": str(path)})
    assert named in str(fault.value)


def test_the_environment_overrides_the_file():
    assert Settings.load({"HANDRAIL__PAGING__EVERY_S": "60"}).tuned.paging.every_s == 60


def test_secrets_do_not_show_in_the_repr():
    settings = Settings.load({"HANDRAIL_STUDENT_TOKEN": SECRET, "HANDRAIL_KEYS": SECRET})
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"HANDRAIL__PAGING__EVERY_S": "five"}, "HANDRAIL__PAGING__EVERY_S: "),
        ({"HANDRAIL__PAGING": "5"}, "HANDRAIL__PAGING"),
        ({"HANDRAIL__A__B__C": "5"}, "HANDRAIL__A__B__C"),
        ({"handrail_keys": SECRET}, "handrail_keys"),
        ({"HANDRAILKEYS": SECRET}, "HANDRAILKEYS"),
        ({"HANDRAIL_REDIS_URL": "redis://:secret@h"}, "HANDRAIL_REDIS_URL (nothing uses it yet"),
        ({"HANDRAIL_STAFF_CHAT": "-100"}, "HANDRAIL_STAFF_CHAT (nothing uses it yet"),
        ({"HANDRAIL__PAGING__EVERY_S": "{"}, "HANDRAIL__PAGING__EVERY_S: "),
        ({"HANDRAIL__CAMPUS__REGION": "XX"}, "campus.region"),
        ({"HANDRAIL_SETTINGS": "/nowhere/settings.toml"}, "/nowhere/settings.toml"),
        ({"HANDRAIL_SETTINGS": "/"}, "cannot be read"),
        ({"HANDRAIL_STUDENT_TOKEN": "secret"}, "HANDRAIL_STUDENT_TOKEN"),
        ({"HANDRAIL_STUDENT_TOKEN": SECRET, "HANDRAIL_STAFF_TOKEN": SECRET}, "the same bot"),
        ({"HANDRAIL_DATABASE_URL": "mysql://u:secret@h/d"}, "HANDRAIL_DATABASE_URL"),
        ({"HANDRAIL_DATABASE_URL": "secret"}, "HANDRAIL_DATABASE_URL"),
        ({"HANDRAIL_ALERT_WEBHOOK": "ftp://secret"}, "HANDRAIL_ALERT_WEBHOOK"),
        ({"HANDRAIL_WEBHOOK_SECRET": "secret with spaces"}, "HANDRAIL_WEBHOOK_SECRET"),
        (
            {
                "HANDRAIL__INTAKE__MODE": "webhook",
                "HANDRAIL__INTAKE__WEBHOOK_URL": "https://example.edu",
            },
            "HANDRAIL_WEBHOOK_SECRET",
        ),
        (
            {"HANDRAIL__INTAKE__MODE": "webhook", "HANDRAIL_WEBHOOK_SECRET": "x"},
            "intake.webhook_url",
        ),
    ],
)
def test_a_wrong_variable_is_named_and_its_value_is_not(environ, named):
    with pytest.raises(SettingsFault) as fault:
        Settings.load(environ)
    assert named in str(fault.value)
    assert "secret" not in str(fault.value)


def numbers():
    """Every number of the settings, with its schema."""
    schema = Tuned.model_json_schema()["$defs"]
    for section, field in Tuned.model_fields.items():
        for key, value in schema[field.annotation.__name__]["properties"].items():
            if value.get("type") in {"integer", "number"}:
                yield section, key, value


@pytest.mark.parametrize(("section", "key", "schema"), list(numbers()))
def test_every_number_is_bounded_both_ways(section, key, schema):
    """One that is out of all measure would park whatever it is reckoned with."""
    variable = f"HANDRAIL__{section}__{key}".upper()
    for bound, beyond in (("minimum", -1), ("maximum", 1)):
        with pytest.raises(SettingsFault) as fault:
            Settings.load({variable: str(schema[bound] + beyond)})
        assert variable in str(fault.value)
    if schema["type"] == "number":
        for odd in ("inf", "-inf", "nan"):
            with pytest.raises(SettingsFault):
                Settings.load({variable: odd})


def test_as_much_as_settings_allow_can_be_reckoned_with():
    longest = {"seconds": 3600, "minutes": 7 * 24 * 60, "hours": 30 * 24, "days": 10 * 366}
    units = {"s": "seconds", "min": "minutes", "h": "hours", "days": "days"}
    seen = set()
    for _, key, schema in numbers():
        unit = units.get(key.removesuffix("_imminent").rsplit("_", 1)[-1])
        if unit is not None and "_per_" not in key:
            seen.add(unit)
            assert schema["maximum"] <= longest[unit], key
    assert seen == set(longest)


@pytest.mark.parametrize(("youngest", "adult"), [("21", "16"), ("18", "18")])
def test_there_are_years_between_the_youngest_and_adults(youngest, adult):
    with pytest.raises(SettingsFault, match="minimum_age") as fault:
        Settings.load(
            {
                "HANDRAIL__ENROLMENT__MINIMUM_AGE": youngest,
                "HANDRAIL__ENROLMENT__ADULT_AGE": adult,
            }
        )
    assert "adult_age" in str(fault.value)


def test_a_section_that_is_none_is_named_with_a_variable_for_it(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("paging = 5\n")
    with pytest.raises(SettingsFault, match="paging"):
        Settings.load({"HANDRAIL_SETTINGS": str(path), "HANDRAIL__PAGING__EVERY_S": "60"})


def test_the_example_of_a_campus_is_taken():
    path = Path(__file__).parents[2] / "campuses" / "example.toml"
    assert Settings.load({"HANDRAIL_SETTINGS": str(path)}).tuned.campus.id == "example"


def test_an_empty_variable_is_as_good_as_none():
    settings = Settings.load({"HANDRAIL_STUDENT_TOKEN": "", "HANDRAIL_DATABASE_URL": ""})
    assert settings.student_token is None
    assert settings.database_url.startswith("sqlite://")


@pytest.mark.parametrize("name", ["INTAKE__LISTEN_HOST", "PAGING__EVERY_S", "ENROLMENT__OPEN"])
def test_an_empty_setting_is_as_good_as_none(name):
    """Set to nothing, a listening address would mean every address of the machine."""
    unset = Settings.load({}).tuned.model_dump()
    assert Settings.load({f"HANDRAIL__{name}": ""}).tuned.model_dump() == unset


def test_the_file_names_the_address_to_listen_on(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('[intake]\nlisten_host = ""\n')
    with pytest.raises(SettingsFault, match=r"intake\.listen_host"):
        Settings.load({"HANDRAIL_SETTINGS": str(path)})


def test_what_stands_around_us_in_the_environment_is_nobodys_setting(monkeypatch):
    """Names without our prefix mean nothing, though sections and keys are called the same."""
    for name in ("PAGING", "PAGING__EVERY_S", "KEYS", "DATABASE_URL", "SCREEN"):
        monkeypatch.setenv(name, "5")
    monkeypatch.setenv("HANDRAIL__PAGING__EVERY_S", "61")
    assert Settings.load({}).tuned.paging.every_s == 120
    assert Settings.load().tuned.paging.every_s == 61
    assert Settings.load().keys is None


def test_the_model_of_the_settings_reads_no_environment(monkeypatch):
    monkeypatch.setenv("HANDRAIL__PAGING__EVERY_S", "61")
    assert Tuned().paging.every_s == 120
