"""A form that waits for words, and words that a person is to read: the person comes first."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage.tables import Case, Message, Student
from tests.handlers.conftest import ANN
from tests.support.phone import rows, settled

# what stands on the screens; the flows behind them are tested on both stores
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CODE = "ABCDE-23456"
WORRYING = "I want to kill myself"
TO_CONSENT = ("button-look", "button-begin", "o:en:region:a", "o:en:consent:a:FR", "button-agree")


async def unattached(service):
    """How many messages lie in no case."""
    return len(await rows(service, sa.select(Message.id).where(Message.case_id.is_(None))))


async def named(service):
    return (await service.handrail.services.enrolment.find(ANN)).pseudonym


async def naming_on_the_way_in(phone):
    await phone.write("/start")
    for name in TO_CONSENT:
        await phone.press(name)
    assert "enrol-name" in phone.keys


async def naming_in_settings(phone):
    await phone.write("/settings")
    await phone.press("button-name")
    assert phone.keys[0] == "name-question"


async def asked_for_code(phone, *, later):
    await phone.write("/start")
    for name in TO_CONSENT:
        await phone.press(name)
    if later:
        await phone.press("button-cancel")
        await phone.write("/settings")
        await phone.press("button-code")


async def in_the_case(service):
    """How many messages reached the counselor."""
    return len(await rows(service, sa.select(Message.id).where(Message.case_id.is_not(None))))


@pytest.fixture
async def talking(service, ann, lin, hire):
    """Ann came for help first, and a counselor has taken her case."""
    self_id = (await hire(lin)).id
    await ann.write("/counselor")
    await ann.press("button-help-yes")
    (case,) = await rows(service, sa.select(Case))
    await service.handrail.services.desk.take(self_id, case.id)
    await settled(service)
    return ann, self_id, case.id


@pytest.mark.parametrize("opened", [naming_on_the_way_in, naming_in_settings])
async def test_words_of_an_open_case_reach_the_counselor_past_a_form(service, talking, opened):
    ann, _, _ = talking
    await opened(ann)
    assert "form-in-case" in ann.keys
    before = await named(service)
    await ann.write("are you there?")
    assert ann.keys == ["said-with"]
    assert await unattached(service) == 0 and await named(service) == before


async def test_a_form_that_told_it_takes_no_words_takes_none_later_either(service, talking):
    ann, counselor, case = talking
    await naming_in_settings(ann)
    before = await named(service)
    await service.handrail.services.desk.close(counselor, case, "supported")
    await settled(service)
    await ann.write("thank you for that")
    assert ann.keys == ["words-heard"] and await named(service) == before


@pytest.mark.parametrize(
    "typed", ["my name is Sam Wu", "I can't sleep.", "我今天特别难过，不知道怎么办", "我叫小林"]
)
async def test_a_sentence_is_asked_about_before_it_is_a_name(service, enrolled, typed):
    await naming_in_settings(enrolled)
    before = await named(service)
    await enrolled.write(typed)
    assert enrolled.keys == ["name-is-this-it"] and await named(service) == before
    assert enrolled.labels() == ["button-name-yes", "button-send-words", "button-menu"]
    await enrolled.press("button-send-words")
    assert enrolled.keys[0] == "case-opened" and await named(service) == before


async def test_who_means_it_is_called_so(service, enrolled):
    await naming_in_settings(enrolled)
    await enrolled.write("The girl by the window")
    await enrolled.press("button-name-yes")
    assert "settings-text" in enrolled.keys and "The girl by the window" in enrolled.last.text


@pytest.mark.parametrize("typed", ["Sam", "Quiet Maple Tree", "安静的枫叶", "小林同学"])
async def test_a_short_name_is_taken_at_once(service, enrolled, typed):
    await naming_in_settings(enrolled)
    await enrolled.write(typed)
    assert "settings-text" in enrolled.keys and typed in enrolled.last.text


async def test_words_after_flagged_ones_are_no_name(service, enrolled):
    await naming_in_settings(enrolled)
    before = await named(service)
    await enrolled.write(WORRYING)
    await enrolled.write("I don't know what to do")
    assert enrolled.keys[0] == "said-waiting"
    assert await unattached(service) == 0 and await named(service) == before


async def test_a_form_words_went_past_is_over(service, enrolled, lin, hire):
    await naming_in_settings(enrolled)
    dead = enrolled.last
    counselor = (await hire(lin)).id
    await enrolled.write(WORRYING)
    (case,) = await rows(service, sa.select(Case))
    desk = service.handrail.services.desk
    await desk.take(counselor, case.id)
    talk = service.handrail.services.talk
    await talk.words_shown(counselor, await talk.open_words(counselor, case.id))
    await desk.close(counselor, case.id, "supported")
    await settled(service)
    before = await named(service)
    await enrolled.write("thank you")
    assert enrolled.keys == ["words-heard"] and await named(service) == before
    await enrolled.press_data(dead, dead.buttons[0][0].data)
    assert "refusal-outdated" in enrolled.answers() and enrolled.keys[0] == "menu-title"


@pytest.mark.parametrize("worrying", [WORRYING, f"/mood {WORRYING}"])
async def test_where_no_words_are_kept_the_form_ends_as_well(service, ann, worrying):
    await ann.write("/mood")
    await ann.press("button-agree")
    await naming_in_settings(ann)
    before = await named(service)
    await ann.write(worrying)
    await ann.write("yes please, help me")
    assert ann.keys[0] == "not-kept-yet" and await named(service) == before


class TestACampusThatAsksForACode:
    @pytest.fixture
    def open_enrolment(self):
        return False

    @pytest.mark.parametrize("later", [False, True])
    async def test_its_form_lets_words_of_a_case_pass(self, service, talking, later):
        ann, _, _ = talking
        await asked_for_code(ann, later=later)
        assert {"enrol-code", "code-question"} & set(ann.keys) and "form-in-case" in ann.keys
        await ann.write("are you there?")
        assert ann.keys == ["said-with"] and await unattached(service) == 0

    @pytest.mark.parametrize("later", [False, True])
    async def test_a_code_and_nothing_else_goes_to_its_form(self, service, talking, later):
        ann, _, _ = talking
        await service.handrail.services.enrolment.add_campus_codes([CODE])
        await asked_for_code(ann, later=later)
        # one that nobody handed out, and the right one
        await ann.write("ABCDE-FGHJK")
        assert "refusal-unknown-code" in ann.all_keys()
        await ann.write(f" {CODE.lower()} ")
        assert await rows(service, sa.select(Student.stage)) == ["enrolled"]
        assert "said-with" not in ann.all_keys()
        # neither of them was passed on, and a code outside its form is words
        assert await in_the_case(service) == 0
        await ann.write("/menu")
        await ann.write(CODE)
        assert ann.keys == ["said-with"] and await in_the_case(service) == 1

    @pytest.mark.parametrize("words", ["UNDERSTAND", "every three", f"my code is {CODE}", "ABCDE"])
    async def test_words_that_look_a_little_like_one_do_not(self, service, talking, words):
        ann, _, _ = talking
        await asked_for_code(ann, later=False)
        await ann.write(words)
        assert ann.keys == ["said-with"] and await in_the_case(service) == 1
