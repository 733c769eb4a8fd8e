"""What carries clinical weight is signed by a person on a real day, or is named as unsigned."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from content.signatures import FOLDER, MAX_AGE, read_signatures

TODAY = dt.date(2026, 11, 27)
ROOT = FOLDER.parent
FILES = {
    "texts/en/crisis.ftl": "### reviewed_by: {by}\n### reviewed_on: {on}\n\nkey = A text\n",
    "risk/lexicon.en.toml": (
        '# reviewed_by / reviewed_on: who and when\nreviewed_by = "{by}"\nreviewed_on = "{on}"\n'
    ),
    "crisis/US.json": '{{\n "reviewed_by": "{by}",\n "reviewed_on": "{on}"\n}}\n',
}


@pytest.fixture(params=sorted(FILES))
def signed(request, tmp_path):
    """Read one file of each format with this name and day."""

    def read(by, on):
        path = tmp_path / request.param
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FILES[request.param].format(by=by, on=on), "utf-8")
        return read_signatures(TODAY, tmp_path)

    read.file = request.param
    return read


@pytest.mark.parametrize(
    ("by", "on", "unsigned", "faulty", "old"),
    [
        ("", "", True, False, False),
        ("", "2026-11-01", True, False, False),
        ("Dr. A. Example, psychiatrist", "2026-11-27", False, False, False),
        ("Dr. Example", str(TODAY - MAX_AGE), False, False, False),
        ("Dr. Example", str(TODAY - MAX_AGE - dt.timedelta(days=1)), False, False, True),
        ("Dr. Example", "", False, True, False),
        ("Dr. Example", "2026-11-28", False, True, False),
        ("Dr. Example", "2026-02-30", False, True, False),
        ("Dr. Example", "20261101", False, True, False),
        ("Dr. Example", "last week", False, True, False),
    ],
)
def test_a_signature_is_a_name_and_a_day_not_long_ago(signed, by, on, unsigned, faulty, old):
    found = signed(by, on)
    assert found.unsigned == ([signed.file] if unsigned else [])
    assert found.old == ([signed.file] if old else [])
    assert [fault.split(":")[0] for fault in found.faults] == [f"content/{signed.file}"] * faulty


def test_the_line_of_a_faulty_day_is_named(tmp_path):
    (tmp_path / "a.ftl").write_text("### reviewed_by: Dr. E\n### reviewed_on: soon\n", "utf-8")
    assert read_signatures(TODAY, tmp_path).faults[0].startswith("content/a.ftl:2: ")


def test_a_file_that_asks_for_no_signature_is_unsigned_too(tmp_path):
    (tmp_path / "new.toml").write_text('version = "1"\n', "utf-8")
    (tmp_path / "common.ftl").write_text("language-name = English\n", "utf-8")
    (tmp_path / "code.py").write_text("", "utf-8")
    assert read_signatures(TODAY, tmp_path).unsigned == ["new.toml"]


@pytest.fixture
def tree(tmp_path):
    """Handrail with content of its own, to be changed."""
    for name in ("bot", "flows", "handlers", "storage"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "content", tmp_path / "content")
    return tmp_path


def bot(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {k: v for k, v in os.environ.items() if not k.startswith("HANDRAIL")}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=tree, capture_output=True, text=True, check=False,
        env=environ | {"HANDRAIL_DATABASE_URL": f"sqlite:///{tree / 'none.db'}"},
    )  # fmt: skip


def sign_all(tree: Path, on: str) -> None:
    """Put a name and this day into every field that asks for them."""
    for path in (tree / "content").rglob("*"):
        if path.suffix in {".ftl", ".json", ".toml"}:
            text = path.read_text("utf-8")
            for field, value in (("reviewed_by", "Dr. Example"), ("reviewed_on", on)):
                text = re.sub(rf"(?m)^### {field}:.*$", f"### {field}: {value}", text)
                text = re.sub(rf'(?m)^( ?"?{field}"?(?::| =) )""', rf'\1"{value}"', text)
            path.write_text(text, "utf-8")


def test_the_check_names_what_is_unsigned_and_passes(tree):
    ended = bot(tree, "content", "check")
    assert ended.returncode == 0
    for file in ("risk/lexicon.zh.toml", "texts/en/crisis.ftl", "crisis/CN.json"):
        assert f"content/{file}" in ended.stderr
    assert "common.ftl" not in ended.stderr


def test_the_check_fails_for_a_day_that_is_none(tree):
    path = tree / "content" / "crisis" / "NL.json"
    region = json.loads(path.read_text("utf-8"))
    region |= {"reviewed_by": "Dr. Example", "reviewed_on": "9999-01-01"}
    path.write_text(json.dumps(region, ensure_ascii=False, indent=1), "utf-8")
    ended = bot(tree, "content", "check")
    assert ended.returncode == 1
    assert "content/crisis/NL.json:" in ended.stderr


@pytest.mark.parametrize(
    ("on", "says"),
    [
        ("today", "ok   signatures:"),
        ("2020-01-01", "FAIL signatures: signed more than 365 days ago"),
        ("2020-13-01", "FAIL signatures: signed on no past day"),
    ],
)
def test_the_doctor_wants_every_signature_and_none_of_long_ago(tree, on, says):
    sign_all(tree, str(dt.datetime.now(dt.UTC).date()) if on == "today" else on)
    assert [line for line in bot(tree, "doctor").stdout.splitlines() if line.startswith(says)]
