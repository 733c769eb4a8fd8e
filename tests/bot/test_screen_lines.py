"""`python -m bot screen`: the contract of DESIGN section 4, through the real command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.screen_lines import answer
from tests.support.lexicon import shipped

ROOT = Path(__file__).resolve().parents[2]
SIGNAL = {"kind", "tier", "level", "reason", "start", "end", "version"}


def run_screen(given: bytes) -> list[dict]:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "screen"],
        input=given,
        capture_output=True,
        check=True,
        cwd=ROOT,
        timeout=60,
    )
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def line(**asked) -> bytes:
    return json.dumps(asked, ensure_ascii=False).encode() + b"\n"


def test_lines_are_answered_in_order_and_a_bad_one_stops_nothing():
    bad = [b"no json\n", b"\n", b"[]\n", b"\xff\xfe\n", b"[" * 200_000 + b"\n", b'{"text": 5}\n']
    given = b"".join(
        [
            line(text="see you at lunch"),
            *bad,
            line(text="我想自杀"),
            line(text="i want to die", lang="fr"),
            line(text="tonight", lang="en", context=["are you thinking of killing yourself?"]),
            line(text="my friend wants to die")[:-1],
        ]
    )
    answers = run_screen(given)
    assert [a.get("level", "error") for a in answers] == [
        "none",
        *["error"] * len(bad),
        "elevated",
        "error",
        "imminent",
        "none",
    ]
    assert answers[-1]["other"] is True


def test_an_answer_has_the_fields_of_the_contract():
    (found,) = run_screen(line(text="我想死 kill myself", lang="zh"))
    assert set(found) == {"level", "score", "lang", "other", "abuse", "signals"}
    assert 0 < found["score"] <= 1
    assert found["lang"] == "zh"
    assert all(set(signal) == SIGNAL for signal in found["signals"])


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ('{"text": "hi", "lang": "fr"}', "lang"),
        ('{"text": "hi", "lang": ["en"]}', "lang"),
        ('{"text": "hi", "lang": {}}', "lang"),
        ('{"text": "hi", "lang": ""}', "lang"),
        ('{"text": "hi", "context": "before"}', "context"),
        ('{"text": "hi", "context": [1]}', "context"),
        ('{"text": null}', "text"),
        ("{}", "text"),
        ("null", "text"),
        ("", "JSON"),
        ("{", "JSON"),
    ],
)
def test_what_is_wrong_is_named(asked, fault):
    found = answer(asked, shipped())
    assert set(found) == {"error"}
    assert fault in found["error"]


@pytest.mark.parametrize(
    "asked",
    [
        '{"text": "hi"}',
        '{"text": "hi", "lang": null, "context": null}',
        '{"text": "hi", "context": []}',
        '{"text": "hi", "more": 1}',
        '{"text": ""}',
        '{"text": "\\ud800"}',
    ],
)
def test_what_may_be_left_out(asked):
    assert answer(asked, shipped())["level"] == "none"


def test_an_error_repeats_no_words():
    assert "secret" not in json.dumps(answer('{"text": "x", "lang": "secret"}', shipped()))
    assert "secret" not in json.dumps(answer("secret", shipped()))
