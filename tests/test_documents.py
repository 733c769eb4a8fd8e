"""What the documents promise is there: links, commands, settings, words, scripts."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from bot.__main__ import app
from bot.settings import NOT_YET, Settings, Tuned, variables

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], key=lambda path: path.as_posix()
)
SCRIPTS = sorted((ROOT / "scripts").iterdir())
# DESIGN, section 1
FIXED_TERMS = re.split(
    r",\s+",
    """student, helper, counselor, editor, adviser, admin, desk, contact, peer session,
    match request, case, referral, triage level, risk level, signal, alert, acknowledge, escalate,
    hand over, disposition, shift, on call, appointment, follow-up, safety plan, instrument, item,
    response, score, severity band, norm, article, course, lesson, story, campaign, consent,
    retention, erase""",
)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def all_words() -> str:
    places = [*DOCUMENTS, *(ROOT / "deploy").iterdir(), *(ROOT / "campuses").iterdir()]
    return "\n".join(map(read, places))


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_every_link_leads_somewhere(document):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", read(document)):
        if "://" not in target:
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_every_script_and_file_named_is_there(document):
    named = re.findall(
        r"`((?:scripts|deploy|campuses|docs|flows|storage|bot|content)/[\w./-]+)", read(document)
    )
    for name in named:
        assert (ROOT / name).exists(), name


def test_every_command_named_is_there():
    commands = get_command(app).commands
    named = set(re.findall(r"python -m bot ([a-z-]+)(?: ([a-z-]+))?", all_words()))
    assert {"demo", "run", "doctor", "backup"} <= {name for name, _ in named}
    for name, below in named:
        assert name in commands, name
        if below and hasattr(commands[name], "commands"):
            assert below in commands[name].commands, f"{name} {below}"


def test_every_variable_named_is_known():
    places = {
        name for name in re.findall(r"HANDRAIL_[A-Z_]+[A-Z]", all_words()) if "__" not in name
    }
    assert places <= variables() | NOT_YET | {"HANDRAIL_TEST_POSTGRES_URL"}
    for name in re.findall(r"HANDRAIL__([A-Z]+)__([A-Z_]+)", all_words()):
        section, key = map(str.lower, name)
        if (section, key) != ("section", "key"):
            assert key in Tuned.model_fields[section].annotation.model_fields, name


@pytest.mark.parametrize("term", FIXED_TERMS)
def test_every_fixed_term_has_both_languages_a_code_name_and_a_meaning(term):
    rows = [
        [cell.strip() for cell in line.strip("| ").split("|")]
        for line in read(ROOT / "GLOSSARY.md").splitlines()
        if line.startswith("|")
    ]
    (row,) = [row for row in rows if row[0].removesuffix(" ○") == term]
    assert len(row) == 4
    assert re.search(r"[\u4e00-\u9fff]", row[1])
    assert re.fullmatch(r"`[\w.]+`(, `[\w.]+`)*", row[2])
    assert row[3]


def test_words_without_the_mark_have_code():
    code = "\n".join(
        read(path)
        for folder in ("bot", "content", "flows", "handlers", "storage")
        for path in (ROOT / folder).rglob("*.py")
    )
    for line in read(ROOT / "GLOSSARY.md").splitlines():
        found = re.match(r"\| ([^|]+) \| [^|]+ \| `(\w+)` \|", line)
        if found and not found[1].endswith("○"):
            assert re.search(rf"\b\w*{found[2]}\w*\b", code), found[1]


def test_the_example_campus_is_valid_and_says_only_what_it_changes():
    path = ROOT / "campuses" / "example.toml"
    settings = Settings.load({"HANDRAIL_SETTINGS": str(path)})
    assert settings.tuned.campus.center_phone
    assert settings.tuned.campus.security_phone
    assert settings.tuned.campus.id != Tuned().campus.id
    assert set(tomllib.loads(read(path))) <= set(Tuned.model_fields)


def test_settings_toml_names_every_setting():
    written = tomllib.loads(read(ROOT / "settings.toml"))
    assert {name: set(values) for name, values in written.items()} == {
        name: set(field.annotation.model_fields) for name, field in Tuned.model_fields.items()
    }


class TestScripts:
    @pytest.mark.parametrize("script", SCRIPTS, ids=relative)
    def test_plain_sh_that_can_be_run(self, script):
        assert read(script).startswith("#!/bin/sh\n")
        assert script.stat().st_mode & stat.S_IXUSR
        shell = shutil.which("dash") or "/bin/sh"
        assert subprocess.run([shell, "-n", script], check=False).returncode == 0
        assert not re.search(r"\[\[|\blocal\b|\bsource\b|<<<|\(\(|pipefail", read(script))

    def test_all_that_design_names_are_there(self):
        names = {path.name for path in SCRIPTS}
        assert {"install", "demo", "run", "check", "test", "bench"} <= names
        assert os.access(ROOT / ".ci" / "run", os.X_OK)

    @staticmethod
    def install(tmp_path, *commands, missing="", **environment):
        """Run scripts/install in a folder of its own, on a machine with only these commands."""
        (tmp_path / "scripts").mkdir()
        shutil.copy(ROOT / "scripts" / "install", tmp_path / "scripts")
        (tmp_path / "requirements.lock").write_text("")
        (tmp_path / "bin").mkdir()
        for name in ("sh", "dirname", "cksum", "cat", "rm", "mkdir", *commands):
            (tmp_path / "bin" / name).symlink_to(shutil.which(name))
        return subprocess.run(
            ["/bin/sh", tmp_path / "scripts" / "install"],
            env={"PATH": str(tmp_path / "bin"), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def test_without_python_it_says_what_to_install(self, tmp_path):
        done = self.install(tmp_path)
        assert done.returncode != 0
        assert "Python 3.11" in done.stderr
        assert "apt-get install" in done.stderr
        assert not (tmp_path / ".venv").exists()

    def test_without_venv_it_says_what_to_install(self, tmp_path):
        (tmp_path / "python3").write_text('#!/bin/sh\n[ "$1" = -c ] && exit 0\nexit 1\n')
        (tmp_path / "python3").chmod(0o755)
        done = self.install(tmp_path, PYTHON=str(tmp_path / "python3"))
        assert done.returncode != 0
        assert "python3-venv" in done.stderr
        assert not (tmp_path / ".venv").exists()

    def test_what_is_installed_is_not_installed_again(self, tmp_path):
        (tmp_path / ".venv" / "bin").mkdir(parents=True)
        (tmp_path / ".venv" / "bin" / "python").symlink_to("/bin/true")
        lock = subprocess.run(["cksum"], input=b"", capture_output=True, check=True).stdout
        (tmp_path / ".venv" / "installed").write_bytes(lock)
        done = self.install(tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
