"""The promises about how the code is put together, each held by a test."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = ("bot", "content", "flows", "handlers", "migrations", "storage")
# it plays Telegram: a server of its own, on the machine's clock
SIMULATOR = "bot/simulator/"

# torch pulls gigabytes; PyMuPDF and EbookLib are under the AGPL; the others pull an old aiogram or
# python-telegram-bot without a word
NEVER_LOCKED = re.compile(
    r"torch.*|nvidia-.*|optimum|sentence-transformers|pymupdf|ebooklib|arq|taskiq-redis"
)
WALL_CLOCK = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
}


@functools.cache
def parsed() -> dict[str, ast.Module]:
    """Every source file that runs, by its path below the root."""
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for folder in CODE
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def importing(*packages: str) -> set[str]:
    """Files that import one of the packages, or something below it."""
    return {
        path
        for path, tree in parsed().items()
        if any(name.split(".")[0] in packages for name in imported(tree))
    }


def named(tree: ast.Module) -> Iterator[str]:
    """Every name and dotted name used, with the usual abbreviations written out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            yield ast.unparse(node).removeprefix("dt.")
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def waits(node: ast.AST) -> bool:
    """Whether it waits for something; a port that only declares a method does not."""
    if isinstance(node, ast.AsyncFunctionDef):
        return any(
            not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
            for part in node.body
        )
    return isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith)


class TestDirections:
    def test_import_contracts_hold(self):
        command = Path(sys.executable).with_name("lint-imports")
        done = subprocess.run(
            [command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "0 broken" in done.stdout

    def test_only_storage_and_migrations_speak_sql(self):
        speakers = {path.split("/")[0] for path in importing("sqlalchemy")}
        assert speakers == {"storage", "migrations"}

    def test_only_one_module_may_import_a_model_run_time(self):
        found = importing("onnxruntime", "transformers", "torch", "tokenizers")
        assert found <= {"bot/risk_model.py"}

    def test_nobody_imports_bot(self):
        assert {p for p in importing("bot") if not p.startswith("bot/")} == set()

    def test_the_static_card_needs_no_store(self):
        code = (
            "import sys, bot.emergency, bot.static_card\n"
            "print({name.split('.')[0] for name in sys.modules}"
            " & {'storage', 'sqlalchemy', 'aiogram_dialog'})"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "set()"

    def test_rules_are_pure_and_synchronous(self):
        allowed = {
            "__future__", "bisect", "collections", "content", "dataclasses", "datetime", "enum",
            "flows", "functools", "hashlib", "itertools", "math", "re", "statistics", "typing",
            "unicodedata", "uuid", "zoneinfo",
        }  # fmt: skip
        for path, tree in parsed().items():
            if not path.startswith("flows/rules/"):
                continue
            assert {name.split(".")[0] for name in imported(tree)} <= allowed, path
            for name in imported(tree):
                if name.startswith("flows"):
                    assert name == "flows.policy" or name.startswith("flows.rules"), path
            assert not any(waits(node) for node in ast.walk(tree)), path
            assert not {"open", "print", "input"} & set(named(tree)), path


class TestTime:
    def test_the_wall_clock_has_its_places(self):
        found = {
            path
            for path, tree in parsed().items()
            if not path.startswith(SIMULATOR) and WALL_CLOCK & set(named(tree))
        }
        # the Clock itself, and UUIDv7 keys (they order rows, they decide nothing)
        assert found == {"flows/clock.py", "storage/base.py"}

    def test_no_column_takes_its_time_from_the_database(self):
        for path, tree in parsed().items():
            if path.startswith("storage/tables/"):
                assert not {"server_default", "onupdate"} & {
                    keyword.arg for node in ast.walk(tree) if isinstance(node, ast.Call)
                    for keyword in node.keywords
                }, path  # fmt: skip


class TestTasks:
    def test_background_tasks_have_one_owner(self):
        starts = ("create_task", "ensure_future")
        found = {
            path
            for path, tree in parsed().items()
            if not path.startswith(SIMULATOR)
            and any(name.split(".")[-1] in starts for name in named(tree))
        }
        assert found == {"bot/tasks.py"}


class TestLibraries:
    def test_no_screen_keeps_words_and_no_updates_pass_by_intake(self):
        banned = {"TextInput", "BgManager", "ConversationHandler", "PicklePersistence"}
        for path, tree in parsed().items():
            used = {name.split(".")[-1] for name in named(tree)}
            assert not banned & used, path

    @pytest.mark.parametrize(
        ("package", "series"),
        [("aiogram", "3.31"), ("aiogram-dialog", "2.6"), ("python-telegram-bot", "22.8")],
    )
    def test_the_bot_libraries_are_the_ones_we_know(self, package, series):
        assert re.fullmatch(rf"{re.escape(series)}(\.\d+)?", locked()[package])
        assert metadata.version(package) == locked()[package]
        assert (
            f"{package}{'[job-queue]' if 'telegram' in package else ''}=={locked()[package]}"
            in (project()["project"]["dependencies"])
        )

    @pytest.mark.parametrize(
        ("package", "series"),
        [("sqlalchemy", "2.1"), ("asyncpg", "0.32"), ("alembic", "1.20"), ("apscheduler", "3.11")],
    )
    def test_the_store_is_on_the_series_we_measured(self, package, series):
        assert locked()[package].startswith(series + ".")


class TestLock:
    def test_every_package_is_pinned_and_hashed(self):
        text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
        for entry in re.split(r"\n(?=\S)", text.strip()):
            assert re.match(r"[a-z0-9.-]+==\S+", entry), entry.splitlines()[0]
            assert "--hash=sha256:" in entry, entry.splitlines()[0]

    def test_no_address_stands_in_it(self):
        text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
        assert not re.search(r"://|--(extra-)?index-url|--find-links|-f |git\+|@ ", text)

    def test_it_holds_nothing_that_must_never_run_here(self):
        assert [name for name in locked() if NEVER_LOCKED.fullmatch(name)] == []
        assert all(
            NEVER_LOCKED.fullmatch(name) for name in ("torch", "torchvision", "nvidia-nccl")
        )

    def test_it_has_all_that_the_project_asks_for(self):
        asked = project()["project"]
        for line in [
            *asked["dependencies"],
            *(x for extra in asked["optional-dependencies"].values() for x in extra),
        ]:
            name = re.match(r"[A-Za-z0-9._-]+", line)[0]
            assert re.sub(r"[-_.]+", "-", name).lower() in locked(), name


@functools.cache
def locked() -> dict[str, str]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"(?m)^([a-z0-9.-]+)==(\S+)", text))


@functools.cache
def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
