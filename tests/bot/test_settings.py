"""Settings, keys and commands: each mistake is named, no value is shown."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from bot.settings import Settings, SettingsFault

SECRET = "7999999999:very-secret-token-that-must-not-show"


def test_an_unknown_variable_is_named_and_its_value_is_not():
    with pytest.raises(SettingsFault) as fault:
        Settings.load({"HANDRAIL_STUDENT_TOKE": SECRET, "HANDRAIL__PAGING__EVRY_S": "5"})
    assert "HANDRAIL_STUDENT_TOKE" in str(fault.value)
    assert "HANDRAIL__PAGING__EVRY_S" in str(fault.value)
    assert "secret" not in str(fault.value)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[paging]\nevry_s = 5\n", "paging.evry_s: unknown setting"),
        ("[pageing]\n", "pageing: unknown setting"),
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


def run(*arguments, stdin="", **environ):
    import os

    clean = {k: v for k, v in os.environ.items() if not k.startswith("HANDRAIL")}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=stdin, capture_output=True, text=True, env=clean | environ, check=False, timeout=90,
    )  # fmt: skip


def test_without_keys_the_run_says_how_to_make_one(tmp_path):
    url = f"sqlite:///{tmp_path / 'x.db'}"
    assert run("migrate", HANDRAIL_DATABASE_URL=url).returncode == 0
    ended = run(
        "run",
        HANDRAIL_DATABASE_URL=url,
        HANDRAIL_STUDENT_TOKEN=SECRET,
        HANDRAIL_STAFF_TOKEN=SECRET,
    )
    assert ended.returncode == 2
    assert "make-key" in ended.stderr
    assert "secret" not in ended.stderr
    key = run("make-key").stdout.strip()
    bad = run("invite", "--role", "counselor", HANDRAIL_DATABASE_URL=url, HANDRAIL_KEYS="k:bad")
    assert bad.returncode == 2
    assert "32 bytes" in bad.stderr
    good = run("invite", "--role", "counselor", HANDRAIL_DATABASE_URL=url, HANDRAIL_KEYS=key)
    assert good.returncode == 0, good.stderr
    assert len(good.stdout.strip()) == 11


def test_an_unmigrated_database_is_explained(tmp_path):
    ended = run(
        "rotate-keys",
        HANDRAIL_DATABASE_URL=f"sqlite:///{tmp_path / 'x.db'}",
        HANDRAIL_KEYS=run("make-key").stdout.strip(),
    )
    assert ended.returncode == 2
    assert "python -m bot migrate" in ended.stderr


def test_screen_answers_every_line_in_order():
    lines = [
        '{"text": "I want to kill myself"}',
        "not json",
        '{"text": 5}',
        '{"text": "这道题笑死我了", "lang": "zh"}',
        '{"text": "yes", "context": ["do you think of ending your life?"]}',
        '{"text": "x", "lang": "fr"}',
    ]
    ended = run("screen", stdin="\n".join(lines))
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert answers[0]["level"] == "elevated"
    assert ["error" in a for a in answers] == [False, True, True, False, False, True]
    assert set(answers[0]) == {"level", "score", "lang", "other", "abuse", "signals"}
    assert answers[3]["level"] == "none"
