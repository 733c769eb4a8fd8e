"""What people read: both languages complete, every key used, nothing telling on a lock screen."""

from __future__ import annotations

import ast
import datetime as dt
import re
import unicodedata
from pathlib import Path

import pytest

from content.crisis_catalog import load_directory
from content.desk_catalog import CannedFault, CannedReplies
from content.texts import FOLDER, LANGUAGES, MissingText, Texts
from content.texts_check import text_faults
from flows.errors import Refusal
from flows.rules.crisis import choose_entries
from handlers.staff import outgoing as to_staff
from handlers.student import outgoing as to_students
from tests.support.clock import TestClock

ROOT = FOLDER.parents[1]
TEXTS = Texts()
both_languages = pytest.mark.parametrize("language", LANGUAGES)

_KEY = re.compile(r"^([a-z][a-z0-9-]*) =", re.M)
_PLAIN = re.compile(r"<[^>]+>")


def keys(language):
    return {
        key
        for path in (FOLDER / language).glob("*.ftl")
        for key in _KEY.findall(path.read_text(encoding="utf-8"))
    }


KEYS = keys("en")
FAMILIES = {key.split("-")[0] for key in KEYS}


SOMETHING = "[a-z0-9-]*"


def strings_in_code():
    """Every string of the code, whole ones and those with something put in (as patterns)."""
    whole, patterns = set(), set()
    for folder in ("handlers", "bot", "flows", "content"):
        for path in (ROOT / folder).rglob("*.py"):
            if "simulator" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    patterns.add(pattern_of(node))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    whole.add(node.value)
                elif isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant):
                    patterns.add(f"{re.escape(str(node.left.value))}{SOMETHING}")
    return whole, {p for p in patterns if re.match(r"[a-z]+(\\?-)", p)}


def pattern_of(node):
    return "".join(
        re.escape(part.value) if isinstance(part, ast.Constant) else SOMETHING
        for part in node.values
    )


WHOLE, PATTERNS = strings_in_code()
# what can stand in a put-together key: a string of the code, or a number
PUT_IN = {text.replace("_", "-") for text in WHOLE if re.fullmatch(r"[a-z0-9_-]+", text)} | set(
    "0123456789"
)
VALUES = f"(?:{'|'.join(sorted(map(re.escape, PUT_IN)))})?"


class TestBothLanguages:
    def test_have_the_same_keys_and_placeholders(self):
        assert text_faults() == []
        assert keys("en") == keys("zh")

    @pytest.mark.parametrize(
        ("language", "old", "new", "fault"),
        [
            ("zh", "button-back = 返回\n", "", "button-back is missing in zh"),
            ("zh", "{ $youngest }", "{ $oldest }", "age-minor has other placeholders than in en"),
            (
                "en",
                "button-back = Back\n",
                "button-back = Back\nbutton-back = B\n",
                "stands twice",
            ),
            ("en", "button-back = Back\n", "button-back: Back\n", "not valid Fluent"),
        ],
    )
    def test_a_fault_is_found_with_its_line(self, tmp_path, language, old, new, fault):
        for each in LANGUAGES:
            (tmp_path / each).mkdir()
            source = (FOLDER / each / "student.ftl").read_text(encoding="utf-8")
            if each == language:
                assert old in source
                source = source.replace(old, new)
            (tmp_path / each / "student.ftl").write_text(source, encoding="utf-8")
        assert any(
            fault in found and re.match(r"content/texts/\w\w/student\.ftl:\d+: ", found)
            for found in text_faults(tmp_path)
        )

    @both_languages
    def test_a_missing_value_is_a_fault_and_not_a_hole(self, language):
        with pytest.raises(MissingText):
            TEXTS.get(language, "case-with")
        with pytest.raises(MissingText):
            TEXTS.get(language, "no-such-key")

    def test_chinese_is_chinese_and_english_is_not(self):
        own_name = {"language-name", "staff-language-name"}
        for key in KEYS - own_name:
            english = raw("en", key)
            assert not re.search(r"[\u4e00-\u9fff]", english), key
        assert {key for key in KEYS if raw("zh", key) == raw("en", key)} <= {
            # nothing in them but values
            "crisis-contact-app", "crisis-contact-email", "crisis-contact-whatsapp",
            "staff-note-mark", "staff-part-text", "staff-time", "staff-words-title",
            "staff-card-title", "staff-words-to-student",
        }  # fmt: skip


def raw(language, key):
    """A text as its file has it."""
    for path in (FOLDER / language).glob("*.ftl"):
        source = path.read_text(encoding="utf-8")
        found = re.search(rf"^{key} =(.*?)(?=^\S|\Z)", source, re.M | re.S)
        if found:
            return found[1].strip()
    raise KeyError(key)


class TestKeysAndCode:
    def test_every_key_is_used(self):
        unused = {
            key
            for key in KEYS - WHOLE
            if not any(
                re.fullmatch(pattern.replace(SOMETHING, VALUES), key) for pattern in PATTERNS
            )
        }
        # the table of messages has this part; nothing writes one today
        assert unused == {"staff-part-button"}

    def test_every_key_in_the_code_is_there(self):
        """What reads like a key of one of our families, in handlers, is one."""
        like_keys = {
            text
            for text in WHOLE
            if re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", text) and text.split("-")[0] in FAMILIES
        }
        not_keys = like_keys - KEYS
        # a counselor's own words: a letter without a sentence of ours
        assert not_keys - {refusal.value for refusal in Refusal} == {"out-from-counselor"}

    def test_every_put_together_key_leads_somewhere(self):
        families = [p for p in PATTERNS if re.match(r"[a-z]+", p)[0] in FAMILIES]
        assert families
        lost = [p for p in families if not any(re.fullmatch(p, key) for key in KEYS)]
        assert lost == []

    def test_every_refusal_has_its_sentence(self):
        assert {f"refusal-{refusal.value}" for refusal in Refusal} <= KEYS


def width(text):
    """Columns: a Han character is as wide as two letters."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@both_languages
def test_buttons_are_short_enough_for_a_phone(language):
    labels = {key: raw(language, key) for key in KEYS if "button-" in key}
    assert len(labels) > 50
    # about what one row of a phone shows before Telegram cuts it
    long = {key: label for key, label in labels.items() if width(label) > 34}
    assert long == {}


@both_languages
def test_what_telegram_limits_is_short_enough(language):
    commands = {key: raw(language, key) for key in KEYS if "command-" in key}
    assert all(1 <= len(text) <= 256 for text in commands.values())
    assert len(raw(language, "bot-name")) <= 64
    assert len(raw(language, "bot-short-description")) <= 120
    notes = [key for key in KEYS if key.startswith("refusal-") or "labelled" in key]
    assert all(len(raw(language, key)) <= 200 for key in notes)


@both_languages
def test_the_consent_before_a_counselor_is_two_sentences(language):
    """The second is the question that the buttons answer."""
    asked = raw(language, "help-consent")
    assert len(re.findall(r"[.?](?:\s|$)|[。？]", asked)) == 2
    assert asked[-1] in "?？"


@both_languages
def test_the_layered_consent_states_its_five_facts(language):
    assert raw(language, "consent-short").count("·") == 5
    assert raw(language, "consent-long").count("<b>") >= 5


class _Services:
    """What a letter is rendered from: texts, a clock and the crisis directory; all real."""

    def __init__(self):
        self.texts, self.clock, self.crisis = TEXTS, TestClock(), self
        self.directory = load_directory()

    def view(self, region):
        now = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
        return choose_entries(self.directory, region or "INT", now, confirmed={}, campus=None)


SERVICES = _Services()
TELLING = re.compile(
    r"suicid|crisis|counsel|therap|psych|mental|risk|danger|emergenc|imminent|elevated|\bdie\b"
    r"|death|kill|hurt|harm|pills?\b|your life|help line|hotline"
    r"|自杀|自伤|自残|轻生|危机|危险|风险|咨询|心理|治疗|精神|抑郁|生命|急救|报警|求助|去世|死|伤害|标记",
    re.I,
)
STUDENT_ARGS = {
    "case": "0" * 32, "words": 7, "follow_up": "0" * 32, "region": "CN", "counselor": None,
    "text": "…",
}  # fmt: skip


# a plea to call an emergency number now waits for no discretion
DISCREET = [reply.id for reply in CannedReplies().all("en") if reply.id != "call-now"]


def first_sixty(rendered):
    return _PLAIN.sub("", rendered.text)[:60]


@both_languages
@pytest.mark.parametrize("key", sorted(to_students._RENDERERS))
@pytest.mark.parametrize("state", [{"taken": True}, {"on_call": True}, {}])
def test_nothing_telling_begins_a_students_letter(language, key, state):
    # a counselor's own answer is theirs, under the name they chose
    args = STUDENT_ARGS | state | {"counselor": "Lin"}
    begins = first_sixty(to_students.render(key, args, language, SERVICES))
    assert TELLING.findall(begins) == []


@both_languages
@pytest.mark.parametrize("reply_id", DISCREET)
def test_nothing_telling_begins_a_canned_reply(language, reply_id):
    reply = CannedReplies().get(language, reply_id)
    args = STUDENT_ARGS | {"counselor": "Li", "text": reply.text}
    begins = first_sixty(to_students.render("out-from-counselor", args, language, SERVICES))
    assert TELLING.findall(begins) == []


@both_languages
@pytest.mark.parametrize("key", [*sorted(to_staff._VERBS), *sorted(to_staff._CASELESS)])
@pytest.mark.parametrize("triage", [0, 1, 2, 3])
def test_nothing_telling_begins_a_letter_to_staff(language, key, triage):
    args = {"case": "0" * 32, "alert": "1" * 32, "number": 12, "triage": triage, "round": 2}
    now = SERVICES.clock.now().isoformat()
    args |= {"n": triage + 1, "since": now, "until": now, "sent": now}
    begins = first_sixty(to_staff.render(key, args, language, SERVICES))
    assert TELLING.findall(begins) == []


@both_languages
@pytest.mark.parametrize("key", ["bot-name", "bot-short-description"])
def test_the_bots_name_is_discreet(language, key):
    assert TELLING.findall(raw(language, key)) == []


class TestCannedReplies:
    def test_are_the_same_in_both_languages(self):
        replies = CannedReplies()
        assert [r.id for r in replies.all("en")] == [r.id for r in replies.all("zh")]
        assert all(width(r.title) <= 34 for lang in LANGUAGES for r in replies.all(lang))
        assert replies.get("en", "no-such-reply") is None

    def test_a_reply_that_one_language_lacks_is_refused(self, tmp_path):
        source = Path(FOLDER.parent / "desk")
        for language in LANGUAGES:
            text = (source / f"canned.{language}.toml").read_text(encoding="utf-8")
            if language == "zh":
                text = text[: text.rindex("[[reply]]")]
            (tmp_path / f"canned.{language}.toml").write_text(text, encoding="utf-8")
        with pytest.raises(CannedFault):
            CannedReplies(tmp_path)

    @pytest.mark.parametrize(
        "row",
        [
            'id = "Bad Id"\ntitle = "t"\ntext = "x"',
            'id = "a"\ntitle = ""\ntext = "x"',
            # its button would hold more than the 64 bytes that Telegram takes
            f'id = "{"a" * 16}"\ntitle = "t"\ntext = "x"',
        ],
    )
    def test_a_bad_row_is_refused(self, tmp_path, row):
        for language in LANGUAGES:
            (tmp_path / f"canned.{language}.toml").write_text(f"[[reply]]\n{row}\n")
        with pytest.raises(CannedFault):
            CannedReplies(tmp_path)
