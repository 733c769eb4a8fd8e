"""From a stranger to a student: every step, every way out, nothing stored before the consent."""

from __future__ import annotations

import copy

import pytest
import sqlalchemy as sa

from bot.worker import Finisher
from storage.errors import StoreDown
from storage.tables import Alert, Case, Message, Mood, Outbox, Person, Student
from storage.tables.people import Consent
from tests.support.phone import keys_in, languages_in, rows

WORRYING = "I want to kill myself"
HOPELESS = "everything is pointless lately"
TO_CONSENT = ("button-look", "button-begin", "o:en:region:a", "o:en:consent:a:FR")


async def walk(phone, *presses):
    for name in presses:
        await phone.press(name)


async def stored(service):
    return await rows(service, sa.select(Person.id))


async def the_student(service):
    (found,) = await rows(service, sa.select(Student))
    return found


async def test_the_first_screen_has_three_ways_and_says_what_it_is_not(ann):
    await ann.write("/start")
    assert ann.keys[:3] == ["first-hello", "duty-nobody", "first-not-emergency"]
    assert "crisis-emergency-one" in ann.keys
    assert ann.labels() == [
        "button-talk-now", "button-mood", "button-look", "button-numbers", "language-name",
    ]  # fmt: skip


async def test_it_says_truthfully_that_somebody_is_there(ann, lin, hire):
    await hire(lin)
    await ann.write("/start")
    assert "duty-now" in ann.keys


async def test_the_whole_way_in_with_progress_back_and_cancel(service, ann):
    await ann.write("/start")
    for step, name in enumerate(TO_CONSENT):
        await ann.press(name)
        # until the region is known it is taken to be the campus's, which has several time zones
        assert not step or f"step={step} total={5 if step == 3 else 6}" in ann.last.text
        assert "button-back" in ann.labels()
        assert languages_in(ann.last.text) == {"en"}
        if "look" not in ann.keys:
            assert "button-cancel" in ann.labels()
    assert ann.keys == ["consent-short"]
    await ann.press("button-consent-more")
    assert ann.keys == ["consent-long"] and "button-back" in ann.labels()
    assert await stored(service) == []

    await ann.press("button-agree")
    assert ann.keys == ["enrol-step", "enrol-name"] and "step=4 total=5" in ann.last.text
    await ann.write("Quiet Otter")
    assert ann.keys == ["enrol-step", "enrol-quiet"] and "step=5 total=5" in ann.last.text
    # what a skip leaves as it is
    assert "kept=22:00–08:00" in ann.last.text
    await ann.press("button-back")
    assert ann.keys == ["enrol-step", "enrol-name"]
    await ann.press("button-next")
    await ann.press("22:00-08:00")
    assert ann.keys[0] == "menu-title" and "Quiet Otter" in ann.last.text

    student = await the_student(service)
    assert (student.stage, student.age_band, student.region) == ("enrolled", "adult", "FR")
    (person,) = await rows(service, sa.select(Person))
    assert (person.time_zone, person.quiet_from, person.quiet_until) == (
        "Europe/Paris", 1320, 480,
    )  # fmt: skip
    given = await rows(service, sa.select(Consent.purpose))
    assert set(given) == {"service", "screening", "counselor_access", "mood"}


async def test_where_there_are_several_time_zones_the_way_in_asks(service, ann):
    await ann.write("/start")
    await walk(ann, *TO_CONSENT[:-1], "o:en:consent:a:US")
    assert ann.keys == ["consent-short"] and "step=3 total=6" in ann.last.text
    await walk(ann, "button-agree", "button-next")
    assert ann.keys == ["enrol-step", "enrol-zone"] and "step=5 total=6" in ann.last.text
    await ann.press("Berlin")
    assert ann.keys == ["enrol-step", "enrol-quiet"] and "step=6 total=6" in ann.last.text
    await ann.press("button-back")
    assert ann.keys == ["enrol-step", "enrol-zone"]
    await ann.press("button-skip")
    assert ann.keys == ["enrol-step", "enrol-quiet"]
    assert await rows(service, sa.select(Person.time_zone)) == ["Europe/Berlin"]


async def test_who_asked_for_help_first_has_their_regions_zone_once_they_say_it(service, ann):
    await ann.write("/counselor")
    await ann.press("h:yes")
    assert await rows(service, sa.select(Person.time_zone)) == ["UTC"]
    await ann.write("/start")
    await walk(ann, *TO_CONSENT, "button-agree", "button-next")
    assert ann.keys == ["enrol-step", "enrol-quiet"]
    assert await rows(service, sa.select(Person.time_zone)) == ["Europe/Paris"]


@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("en", ["United States", "Australia", "Canada", "China", "France"]),
        ("zh", ["美国", "爱尔兰", "澳大利亚"]),
    ],
)
async def test_the_regions_stand_by_their_names_the_campuss_own_first(ann, language, first):
    await ann.write("/start")
    if language == "zh":
        await ann.press("language-name")
    await walk(ann, "button-look", "button-begin", f"o:{language}:region:a")
    assert ann.labels()[: len(first)] == first
    await walk(ann, "»", "»")
    assert ann.labels()[-4:-3] == [{"en": "Elsewhere", "zh": "其他地方"}[language]]


async def test_the_numbers_are_pinned_once_the_region_is_known(service, ann):
    await ann.write("/start")
    await walk(ann, *TO_CONSENT, "button-agree")
    (pinned,) = [m for m in ann.messages if m.pinned]
    assert keys_in(pinned.text)[-1] == "crisis-pinned-note" and pinned.silent
    assert service.handrail.services.crisis.directory.region("FR").ambulance in pinned.text


async def test_i_agree_pressed_twice_is_one_consent(service, ann):
    await ann.write("/start")
    await walk(ann, *TO_CONSENT)
    consent, data = ann.last, ann.data("button-agree")
    await ann.press("button-agree")
    await ann.press_data(consent, data)
    assert "refusal-outdated" in ann.answers()
    assert len(await rows(service, sa.select(Consent.purpose))) == 4


async def test_an_enrolled_students_age_does_not_change_by_an_old_button(service, enrolled):
    await enrolled.write("/start")
    await enrolled.press_data(enrolled.last, "o:en:yes:m:CN")
    student = await the_student(service)
    assert (student.age_band, student.region) == ("adult", "US")
    assert enrolled.keys[0] == "menu-title"


async def test_under_age_gets_the_numbers_and_is_not_stored(service, ann):
    await ann.write("/start")
    await walk(ann, "button-look", "button-begin", "o:en:young")
    assert ann.keys[:2] == ["too-young", "crisis-title"]
    assert await stored(service) == []
    await ann.press("button-cancel")
    assert ann.keys[0] == "first-hello"


async def test_under_age_nobody_whose_moods_are_kept_reads_that_nothing_is(ann):
    await ann.write("/mood")
    await ann.press("button-agree")
    await ann.write("/start")
    await walk(ann, "button-look", "button-begin", "o:en:young")
    assert ann.keys[:2] == ["too-young-known", "crisis-title"]


async def test_the_regions_have_pages(ann):
    await ann.write("/start")
    await walk(ann, "button-look", "button-begin", "o:en:region:m")
    first = ann.labels()
    await ann.press("»")
    assert ann.keys == ["region-question"] and set(ann.labels()) != set(first)
    await ann.press("«")
    assert ann.labels() == first


@pytest.mark.parametrize(
    "data", ["o:en:consent:a:XX", "o:en:consent:x:US", "o:xx:first", "o:en", "o:en:region:a:-1"]
)
async def test_forged_steps_lead_to_the_first_screen(service, ann, data):
    await ann.write("/start")
    await ann.press_data(ann.last, data)
    assert "first-hello" in ann.keys or ann.keys == ["region-question"]
    assert service.handrail.health.parked == 0


async def test_a_strangers_language_holds_on_every_screen(ann):
    await ann.write("/start")
    await ann.press("language-name")
    assert languages_in(ann.last.text) == {"zh"}
    for name in ("button-numbers", "button-more-numbers", "button-back", "button-talk-now"):
        await ann.press(name)
        assert languages_in(ann.last.text) == {"zh"}, name


async def test_the_language_of_a_mood_only_student_is_kept(service, ann):
    await ann.write("/mood")
    await ann.press("button-agree")
    await ann.write("/start")
    await ann.press("language-name")
    await ann.write("/mood")
    assert languages_in(ann.last.text) == {"zh"}
    assert await rows(service, sa.select(Person.language)) == ["zh"]


class TestWordsBeforeConsent:
    async def test_worrying_ones_get_numbers_and_one_tap_to_a_counselor(self, service, ann):
        await ann.write(WORRYING)
        assert ann.keys[:2] == ["stranger-flagged", "crisis-title"]
        assert "button-talk-with-words" in ann.labels()
        assert await stored(service) == []

        await ann.press("button-talk-with-words")
        assert ann.keys[0] == "help-consent" and ann.labels()[0] == "button-help-yes-words"
        assert await stored(service) == []
        await ann.press("button-help-yes-words")
        assert "help-agreed-words" in ann.all_keys() and "out-flag-notice" in ann.all_keys()
        (case,) = await rows(service, sa.select(Case))
        assert case.origin == "flagged" and case.triage == 2
        assert await rows(service, sa.select(Message.case_id)) == [case.id]

    async def test_others_are_not_kept_and_that_is_said(self, service, ann):
        await ann.write("what a day")
        assert ann.keys[:2] == ["not-kept-yet", "first-hello"]
        assert await stored(service) == []

    @pytest.mark.parametrize("text", [HOPELESS, "最近什么都没意思", f"/hlep {HOPELESS}"])
    async def test_hopeless_ones_are_met_with_warmth_before_the_first_screen(
        self, service, ann, text
    ):
        await ann.write(text)
        assert ann.keys[:2] == ["stranger-low", "first-hello"]
        assert {"button-talk-now", "button-numbers"} <= set(ann.labels())
        assert await stored(service) == []

    async def test_so_are_those_under_a_picture(self, service, ann):
        await ann.send("photo", caption=HOPELESS)
        assert ann.keys[:2] == ["stranger-low", "first-hello"]
        assert await stored(service) == []

    async def test_so_are_those_of_a_mood_only_student(self, service, ann):
        await ann.write("/mood")
        await ann.press("button-agree")
        await ann.write(HOPELESS)
        assert ann.keys[:2] == ["stranger-low", "first-hello"]
        assert await rows(service, sa.select(Message.id)) == []

    async def test_a_friend_in_danger(self, ann):
        await ann.write("my friend says she wants to kill herself")
        assert ann.keys[0] in {"friend-help", "stranger-flagged"}
        assert {"button-talk-now", "button-talk-with-words"} & set(ann.labels())

    async def test_behind_start_and_behind_an_unknown_command(self, service, ann):
        await ann.write(f"/start {WORRYING}")
        assert ann.keys[0] == "stranger-flagged"
        await ann.write(f"/hlep {WORRYING}")
        assert ann.all_keys().count("stranger-flagged") == 2
        assert await stored(service) == []

    async def test_on_the_way_in(self, service, ann):
        await ann.write("/start")
        await walk(ann, *TO_CONSENT)
        await ann.write(WORRYING)
        assert ann.keys[0] == "stranger-flagged"
        assert await stored(service) == []

    async def test_a_picture_with_worrying_words_under_it(self, ann):
        await ann.send("photo", caption=WORRYING)
        assert ann.keys[0] == "stranger-flagged"


class TestHelpFirst:
    async def test_yes_pressed_twice_is_one_request(self, service, ann):
        await ann.write("/counselor")
        consent, data = ann.last, ann.data("button-help-yes")
        await ann.press("button-help-yes")
        await ann.press_data(consent, data)
        assert ann.keys[0] == "case-waiting"
        assert len(await rows(service, sa.select(Case))) == 1
        assert len(await rows(service, sa.select(Consent))) == 1
        assert (await rows(service, sa.select(Outbox.text_key))).count("out-case-opened") == 1

    @pytest.mark.parametrize("mood_first", [False, True])
    async def test_the_campus_numbers_are_pinned(self, service, ann, mood_first):
        if mood_first:
            await ann.write("/mood")
            await ann.press("button-agree")
        await ann.write("/counselor")
        assert not any(m.pinned for m in ann.messages)
        await ann.press("h:yes")
        (pinned,) = [m for m in ann.messages if m.pinned]
        assert keys_in(pinned.text)[-1] == "crisis-pinned-note" and pinned.silent
        assert service.handrail.services.crisis.directory.region("US").ambulance in pinned.text

    async def test_not_now_asks_nothing_more(self, service, ann):
        await ann.write("/counselor")
        await ann.press("button-not-now")
        assert ann.keys[0] == "first-hello" and await stored(service) == []

    async def test_the_rest_of_the_way_in_can_follow_later(self, service, ann):
        await ann.write("/counselor")
        await ann.press("button-help-yes")
        await ann.write("/start")
        assert "case-waiting" in ann.keys
        await walk(ann, *TO_CONSENT, "button-agree")
        assert "enrol-name" in ann.keys
        student = await the_student(service)
        assert student.stage == "enrolled" and student.age_band == "adult"


async def test_mood_needs_no_campus_no_region_and_no_words(service, ann):
    await ann.write("/start")
    await ann.press("button-mood")
    assert ann.keys == ["mood-consent"] and await stored(service) == []
    await ann.press("button-agree")
    await ann.press("d:4")
    assert ann.keys == ["mood-kept"]
    student = await the_student(service)
    assert (student.stage, student.region) == ("mood_only", None)
    assert await rows(service, sa.select(Consent.purpose)) == ["mood"]
    await ann.write("what a day")
    assert ann.keys[0] == "not-kept-yet"
    assert await rows(service, sa.select(Message.id)) == []


async def test_a_mood_only_student_who_asks_for_a_counselor_is_heard(service, ann):
    await ann.write("/mood")
    await ann.press("button-agree")
    await ann.press("d:4")
    await ann.write("/counselor")
    await ann.press("h:yes")
    await ann.write("I took 30 pills just now, goodbye")
    (student,) = await rows(service, sa.select(Student))
    assert student.stage == "help_first"
    (message,) = await rows(service, sa.select(Message))
    (case,) = await rows(service, sa.select(Case))
    assert (message.case_id, case.triage) == (case.id, 3)
    assert len(await rows(service, sa.select(Alert))) == 1


BEFORE = ("menu", "help", "cancel", "mood", "tests", "start", "settings", "privacy", "peer")


@pytest.mark.parametrize(
    "text",
    [*(f"/{name} I want to kill myself" for name in BEFORE), "/kill myself", "/suicide"],
)
async def test_worrying_words_behind_a_slash_bring_the_numbers(ann, text):
    await ann.write(text)
    assert ann.keys[0] == "stranger-flagged"


def fails_once(monkeypatch, owner, name):
    """The store is away at that one moment."""
    real, calls = getattr(owner, name), []

    async def once(*args, **how):
        calls.append(args)
        if len(calls) == 1:
            raise StoreDown
        return await real(*args, **how)

    monkeypatch.setattr(owner, name, once)
    return calls


async def test_words_before_consent_outlive_a_commit_that_failed(service, ann, monkeypatch):
    await ann.write("I took 30 pills just now, goodbye")
    await ann.press("h:ask")
    enrolment = service.handrail.services.enrolment
    database = enrolment._database
    monkeypatch.setattr(enrolment, "_database", copy.copy(database))
    calls = fails_once(monkeypatch, enrolment._database, "transact")
    await ann.press("h:yes")
    assert len(calls) >= 2
    (case,) = await rows(service, sa.select(Case))
    assert case.triage == 3 and len(await rows(service, sa.select(Message))) == 1
    assert len(await rows(service, sa.select(Alert))) == 1


async def test_a_flow_is_not_run_again_when_only_its_end_failed(service, ann, monkeypatch):
    await ann.write("/mood")
    await ann.press("button-agree")
    calls = fails_once(monkeypatch, Finisher, "done")
    await ann.press("d:4")
    assert len(calls) >= 2
    assert len(await rows(service, sa.select(Mood))) == 1
