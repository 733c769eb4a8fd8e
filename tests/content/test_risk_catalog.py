"""The lexicon files: what is shipped holds, and a fault is named with its file and entry."""

from __future__ import annotations

import shutil

import pytest

from content.risk_catalog import DEFAULT_LEVELS, SCOPE_LISTS, LexiconError, load_lexicon
from flows.rules.risk import RiskLevel, SignalKind
from tests.support.lexicon import FOLDER

ENTRY = """
[[entry]]
id = "en.test.one"
kind = "mention"
phrases = ["purple elephant"]
example = ["a purple elephant"]
"""


@pytest.fixture
def folder(tmp_path):
    for lang in ("en", "zh"):
        shutil.copy(FOLDER / f"lexicon.{lang}.toml", tmp_path)
    return tmp_path


def add(folder, text, lang="en"):
    path = folder / f"lexicon.{lang}.toml"
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def replace(folder, old, new):
    path = folder / "lexicon.en.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_what_is_shipped_holds_with_its_examples():
    lexicon = load_lexicon(FOLDER)
    assert lexicon.version.startswith("en-")
    assert "+zh-" in lexicon.version
    assert {entry.lang for entry in lexicon.entries} == {"en", "zh"}
    assert set(lexicon.scope) == set(SCOPE_LISTS)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_language_speaks_of_every_kind(lang):
    kinds = {entry.kind for entry in load_lexicon(FOLDER).entries if entry.lang == lang}
    assert kinds >= set(DEFAULT_LEVELS) - {"mention"}


def test_kinds_and_levels_are_those_of_the_rules():
    assert set(DEFAULT_LEVELS) == set(SignalKind) - {SignalKind.MODEL}
    assert set(DEFAULT_LEVELS.values()) <= set(RiskLevel)


def test_an_entry_can_be_added(folder):
    add(folder, ENTRY)
    (entry,) = [e for e in load_lexicon(folder).entries if e.id == "en.test.one"]
    assert (entry.level, entry.lang, entry.soft) == ("low", "en", False)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('kind = "mention"', 'kind = "mood"', "unknown kind"),
        ('kind = "mention"', 'kind = "mention"\nlevel = "none"', "unknown level"),
        ('kind = "mention"', 'kind = "mention"\ncolor = 1', "unknown key"),
        ("en.test.one", "one", "lower-case words"),
        ("en.test.one", "en.act.took", "used twice"),
        ('["purple elephant"]', '"purple elephant"', "list of texts"),
        ('["purple elephant"]', "[]", "at least one phrase"),
        ('["purple elephant"]', '["(purple"]', "without"),
        ('["purple elephant"]', '["{nothing}"]', "no list"),
        ('["a purple elephant"]', '["a gray one"]', "does not hit"),
        (
            '["a purple elephant"]',
            '["a purple elephant"]\nnot_example = ["purple elephant"]',
            "hits",
        ),
    ],
)
def test_a_fault_names_file_and_entry(folder, old, new, fault):
    add(folder, ENTRY.replace(old, new))
    with pytest.raises(LexiconError, match=fault) as error:
        load_lexicon(folder)
    assert str(error.value).startswith("lexicon.en.toml: ")


def test_a_running_service_starts_with_an_example_that_does_not_hold(folder):
    add(folder, ENTRY.replace('["a purple elephant"]', '["a gray one"]'))
    assert load_lexicon(folder, examples=False).entries


def test_an_idiom_leaves_none_or_low(folder):
    add(
        folder,
        '\n[[idiom]]\nid = "en.i.x"\nlevel = "elevated"\nphrases = ["a"]\nexample = ["a"]\n',
    )
    with pytest.raises(LexiconError, match="none or low"):
        load_lexicon(folder)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('lang = "en"', 'lang = "zh"', "lang is not"),
        ('version = "', 'verzion = "', "version is missing"),
        ("[scope]", "[scope]\nmood = []", "unknown key"),
        ("media = ", "medea = ", "unknown key"),
        ("[lists]", "[lists", "lexicon.en.toml"),
    ],
)
def test_a_fault_of_the_file_is_named(folder, old, new, fault):
    replace(folder, old, new)
    with pytest.raises(LexiconError, match=fault):
        load_lexicon(folder)


def test_a_missing_or_broken_file_is_named(folder):
    (folder / "lexicon.zh.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(LexiconError, match=r"lexicon\.zh\.toml"):
        load_lexicon(folder)
    (folder / "lexicon.zh.toml").unlink()
    with pytest.raises(LexiconError, match="cannot be read"):
        load_lexicon(folder)
