"""Worrying words of somebody whose words are not kept yet: how they come to a counselor."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from storage.tables import Alert, Case, Message
from tests.support.phone import keys_in, rows

# what stands on the screens; the flows behind them are tested on both stores
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

WORRYING = "I want to kill myself"
IMMINENT = "I've got the pills here and I'm going to take them tonight"
# from the card to 'I need to talk now', by whatever buttons stand there
WAYS = [
    ("h:ask",),
    ("x:more", "h:ask"),
    ("button-back", "h:ask"),
    ("h:ask", "button-not-now", "h:ask"),
    ("button-back", "language-name", "language-name", "h:ask"),
    ("button-back", "button-numbers", "h:ask"),
    ("button-back", "button-look", "button-back", "h:ask"),
    ("button-back", "button-look", "button-begin", "button-cancel", "h:ask"),
    (
        "button-back",
        "button-look",
        "button-begin",
        "o:en:region:a",
        "»",
        "o:en:age",
        "button-cancel",
        "h:ask",
    ),
    ("button-back", "button-look", "button-begin", "o:en:young", "button-cancel", "h:ask"),
    ("button-back", "button-mood", "button-back", "h:ask"),
    ("button-back", "button-mood", "button-agree", "d:1", "button-back", "h:ask"),
]
TO_CONSENT = ("button-look", "button-begin", "o:en:region:a", "o:en:consent:a:FR")


async def the_case(service):
    (case,) = await rows(service, sa.select(Case))
    return case


class TestTheLevelTravelsInTheButtons:
    @pytest.mark.parametrize(("text", "triage"), [(WORRYING, 2), (IMMINENT, 3)])
    @pytest.mark.parametrize("way", WAYS)
    async def test_the_words_are_forgotten_but_not_how_bad_it_was(
        self, service, ann, clock, text, triage, way
    ):
        await ann.write(text)
        clock.advance(dt.timedelta(minutes=61))
        for name in way:
            await ann.press(name)
        await ann.press("button-help-yes")
        case = await the_case(service)
        assert (case.triage, case.origin) == (triage, "flagged")
        assert len(await rows(service, sa.select(Alert))) == (triage == 3)
        assert "help-agreed" in ann.all_keys() and "out-case-opened" in ann.all_keys()
        # no words came along, so no letter says that somebody can open them; a mark says why the
        # case has its level
        assert [row.part for row in await rows(service, sa.select(Message))] == ["media"]
        assert not {"told-on-call", "out-card", "out-flag-notice"} & set(ann.all_keys()[-8:])

    async def test_the_last_button_alone_is_enough(self, service, ann, clock):
        await ann.write(IMMINENT)
        await ann.press("h:ask")
        clock.advance(dt.timedelta(hours=5))
        await ann.press("h:yes")
        assert (await the_case(service)).triage == 3

    @pytest.mark.parametrize("data", ["h:ask:en", "h:yes:en"])
    async def test_a_button_of_an_earlier_version_asks(self, service, ann, clock, data):
        await ann.write(IMMINENT)
        clock.advance(dt.timedelta(minutes=61))
        await ann.press_data(ann.last, data)
        if data == "h:ask:en":
            await ann.press("h:yes")
        case = await the_case(service)
        assert (case.triage, case.origin) == (0, "asked")

    @pytest.mark.parametrize("level", ["!9", "!-1", "!03", "!3:3", "", "!x", "!²", "!1", "3", "!"])
    async def test_a_forged_level_is_none(self, service, ann, level):
        await ann.write("/start")
        await ann.press_data(ann.last, f"h:yes:en:{level}")
        case = await the_case(service)
        assert (case.triage, case.origin) == (0, "asked")
        assert service.handrail.health.parked == 0

    async def test_who_came_in_meanwhile_is_still_heard(self, service, ann, clock):
        await ann.write(IMMINENT)
        card = ann.last
        clock.advance(dt.timedelta(minutes=61))
        await service.handrail.services.enrolment.begin(
            ann.person, "en", "adult", "US", update_id=1
        )
        await ann.press_data(card, ann.data("button-talk-with-words", card))
        assert (await the_case(service)).triage == 3

    async def test_what_a_closed_case_dealt_with_pages_nobody_again(
        self, service, ann, lin, hire, clock
    ):
        await ann.write(IMMINENT)
        card, ask = ann.last, ann.data("button-talk-with-words")
        counselor = (await hire(lin)).id
        await ann.press("h:ask")
        await ann.press("h:yes")
        case, desk = await the_case(service), service.handrail.services.desk
        await desk.take(counselor, case.id)
        talk = service.handrail.services.talk
        await talk.words_shown(counselor, await talk.open_words(counselor, case.id))
        await desk.close(counselor, case.id, "supported")
        clock.advance(dt.timedelta(days=60))
        await ann.press_data(card, ask)
        newest = (await rows(service, sa.select(Case).order_by(Case.number)))[-1]
        assert (newest.status, newest.triage) == ("waiting", 0)


class TestWhatIsSaid:
    async def test_that_the_words_go_along(self, ann):
        await ann.write(WORRYING)
        assert "button-talk-with-words" in ann.labels()
        await ann.press("h:ask")
        assert ann.labels()[0] == "button-help-yes-words"
        await ann.press("h:yes")
        assert "help-agreed-words" in ann.all_keys()

    async def test_that_plain_words_do_not(self, service, ann):
        await ann.write("/counselor about my exams")
        assert ann.labels()[0] == "button-help-yes"
        await ann.press("h:yes")
        assert "help-agreed" in ann.all_keys()
        assert await rows(service, sa.select(Message)) == []


class TestAgreeingToEverything:
    async def test_takes_worrying_words_along_and_says_so_before(self, service, ann):
        await ann.write(WORRYING)
        await ann.write("/start")
        for name in TO_CONSENT:
            await ann.press(name)
        assert ann.keys == ["consent-short", "consent-words-along"]
        await ann.press("button-consent-more")
        assert ann.keys == ["consent-long", "consent-words-along"]
        assert await rows(service, sa.select(Case)) == []
        await ann.press("button-agree")
        assert "out-flag-notice" in ann.all_keys()
        # no step walks on over that; it is there for later
        assert not {"enrol-step", "enrol-name"} & set(ann.all_keys())
        assert "enrol-later" in ann.all_keys()
        await ann.press("button-go-on")
        assert ann.keys == ["enrol-step", "enrol-name", "form-in-case"]
        case = await the_case(service)
        assert case.triage == 2
        assert await rows(service, sa.select(Message.case_id)) == [case.id]

    async def test_opens_no_case_where_nothing_worrying_was_written(self, service, ann):
        await ann.write("what a day")
        await ann.write("/start")
        for name in (*TO_CONSENT, "button-agree"):
            assert "consent-words-along" not in ann.keys
            await ann.press(name)
        assert await rows(service, sa.select(Case)) == []
        assert await rows(service, sa.select(Message)) == []


TAKEN = ("I took all my pills", "我吃了很多安眠药", "/counselor I took all my pills")


class TestImminent:
    @pytest.mark.parametrize("text", TAKEN)
    async def test_the_emergency_number_comes_before_every_other_word(self, ann, text):
        await ann.write(text)
        if not text.startswith("/"):
            assert ann.keys[0].startswith("crisis-emergency")
            assert ann.keys[-1] == "stranger-imminent"
            assert ann.labels()[0] == "button-talk-with-words"
            await ann.press("h:ask")
        assert ann.keys[0].startswith("crisis-emergency") and ann.keys[-1] == "help-consent"
        assert ann.labels()[0] == "button-help-yes-words"

    async def test_so_it_does_once_the_words_are_forgotten(self, ann, clock):
        await ann.write(TAKEN[0])
        clock.advance(dt.timedelta(minutes=61))
        await ann.press("h:ask")
        assert ann.keys[0].startswith("crisis-emergency") and ann.keys[-1] == "help-consent"
        assert ann.labels()[0] == "button-help-yes"

    async def test_under_a_picture_too(self, ann):
        await ann.send("photo", caption=TAKEN[0])
        assert ann.keys[0].startswith("crisis-emergency") and "stranger-imminent" in ann.keys

    async def test_less_than_that_is_met_with_words_first(self, ann):
        await ann.write(WORRYING)
        assert ann.keys[0] == "stranger-flagged"
        await ann.press("h:ask")
        assert ann.keys == ["help-consent", "crisis-emergency-one"]
        assert ann.labels() == ["button-help-yes-words", "button-not-now", "button-numbers"]
        await ann.press("h:yes")
        notice = next(m for m in ann.messages if "out-flag-notice" in keys_in(m.text))
        assert len(keys_in(notice.text)) == 3 and notice.text.count("<code>") < 3
        assert ann.labels(notice) == ["button-numbers", "button-not-meant"]
