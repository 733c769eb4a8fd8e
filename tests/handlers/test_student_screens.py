"""Menu, settings, privacy, mood and the numbers: from any state, and out of it again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from handlers.command_names import DATA, LATER, SHOWN
from handlers.student.commands import description
from storage.tables import Mood, Person, Student
from storage.tables.people import Consent
from tests.handlers.conftest import ANN
from tests.support.phone import keys_in, languages_in, rows, settled

# what stands on the screens; the flows behind them are tested on both stores
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

# what each command shows to whoever has not come in, and to a student
COMMANDS = {
    "menu": ("first-hello", "menu-title"),
    "mood": ("mood-consent", "mood-question"),
    "counselor": ("help-consent", "case-opened"),
    "crisis": ("crisis-title", "crisis-title"),
    "privacy": ("consent-long", "privacy-text"),
    "settings": ("first-hello", "settings-text"),
    "help": ("help-text", "help-text"),
    "cancel": ("first-hello", "menu-title"),
}


async def the(service, model):
    (found,) = await rows(service, sa.select(model))
    return found


class TestCommandsInAnyState:
    async def test_before_coming_in(self, ann):
        assert set(COMMANDS) == set(SHOWN)
        for name, (stranger, _) in COMMANDS.items():
            await ann.write(f"/{name}")
            assert ann.keys[0] == stranger, name
            assert {"button-back", "button-not-now", "button-look"} & set(ann.labels()), name

    async def test_in_the_middle_of_a_form(self, service, enrolled):
        for name, (_, shown) in COMMANDS.items():
            await enrolled.write("/settings")
            await enrolled.press("button-name")
            await enrolled.write(f"/{name}")
            assert enrolled.keys[0] == shown, name
            labels = set(enrolled.labels())
            assert {"button-back", "button-menu", "button-settings"} & labels, name
        assert (await service.handrail.services.enrolment.find(ANN)).stage == "enrolled"

    @pytest.mark.parametrize("name", [*LATER, *DATA, "hlep"])
    async def test_what_is_not_here_is_kindly_answered(self, enrolled, name):
        await enrolled.write(f"/{name}")
        kind = {"hlep": "unknown-command"} | dict.fromkeys(DATA, "own-data-not-yet")
        assert enrolled.keys == [kind.get(name, "not-here-yet")]
        assert enrolled.labels() == ["button-menu"]

    async def test_only_what_works_is_advertised(self, service):
        assert not set(SHOWN) & {*LATER, *DATA}
        for language in ("en", "zh"):
            assert len(description(service.handrail.services, language)) <= 512

    @pytest.mark.parametrize("word", ["crisis", "危机", "求助电话"])
    async def test_the_numbers_by_a_typed_word(self, enrolled, word):
        await enrolled.write(word)
        assert enrolled.keys[0] == "crisis-title"


class TestMenu:
    async def test_every_button_leads_somewhere_and_back(self, enrolled):
        await enrolled.write("/menu")
        for name, shown in (
            ("button-settings", "settings-text"),
            ("button-privacy", "privacy-text"),
            ("button-help", "help-text"),
        ):
            await enrolled.press(name)
            assert enrolled.keys[0] == shown
            await enrolled.press("button-back")
            assert enrolled.keys[0] == "menu-title"
        for name, shown in (
            ("button-mood-menu", "mood-question"),
            ("button-numbers", "crisis-title"),
            ("button-talk-now", "case-opened"),
        ):
            await enrolled.press(name)
            assert enrolled.keys[0] == shown
            await enrolled.press("button-menu")
            assert enrolled.keys[0] == "menu-title"

    async def test_a_button_of_a_dead_dialog_reopens_the_menu(self, service, enrolled):
        await enrolled.write("/settings")
        dead = enrolled.last
        await service.handrail.database.transact(
            lambda unit: unit.execute(sa.text("DELETE FROM screens"))
        )
        await enrolled.write("/menu")
        await enrolled.press_data(dead, dead.buttons[0][0].data)
        assert "refusal-outdated" in enrolled.answers()
        assert enrolled.keys[0] == "menu-title"

    async def test_after_a_crash_the_chat_is_told_where_things_stand(self, service, enrolled):
        from handlers.student import redraw

        services, bot = service.handrail.services, service.handrail.clients["student"]
        await enrolled.write("/menu")
        who = await services.enrolment.find(ANN)
        await redraw(bot, ANN, who, services)
        assert enrolled.keys == ["redraw-menu"]
        await services.help.ask(who.id, update_id=1)
        await redraw(bot, ANN, who, services)
        assert enrolled.keys == ["redraw-case"]
        await redraw(bot, ANN, None, services)
        assert enrolled.keys == ["redraw-menu"]


class TestSettings:
    @pytest.fixture
    async def settings(self, enrolled):
        await enrolled.write("/settings")
        return enrolled

    async def test_language(self, service, settings):
        await settings.press("button-language")
        assert settings.keys == ["language-question"]
        await settings.press("language-name")
        assert languages_in(settings.last.text) <= {"en", "zh"}
        assert (await the(service, Person)).language == "zh"
        assert settings.keys[0] == "settings-text"

    async def test_time_zone_is_called_as_people_call_it(self, service, settings):
        await settings.press("button-zone")
        await settings.press("Sydney")
        assert (await the(service, Person)).time_zone == "Australia/Sydney"
        assert "zone=Sydney" in settings.last.text

    async def test_quiet_hours_and_none(self, service, settings):
        await settings.press("button-quiet")
        await settings.press("23:00-07:00")
        person = await the(service, Person)
        assert (person.quiet_from, person.quiet_until) == (1380, 420)
        await settings.press("button-quiet")
        await settings.press("quiet-none")
        person = await the(service, Person)
        assert person.quiet_from == person.quiet_until and "quiet-none" in settings.keys

    async def test_a_new_region_brings_its_numbers_and_pins_them(self, service, settings):
        await settings.press("button-region")
        assert settings.keys == ["numbers-question"]
        await settings.press("France")
        assert (await the(service, Student)).region == "FR"
        pinned = [m for m in settings.messages if m.pinned]
        assert keys_in(pinned[-1].text)[-1] == "crisis-pinned-note"
        await settings.write("/crisis")
        assert (
            service.handrail.services.crisis.directory.region("FR").ambulance in settings.last.text
        )

    async def test_a_name_too_long_then_a_good_one(self, service, settings):
        await settings.press("button-name")
        await settings.write("x" * 25)
        assert "refusal-too-long" in settings.all_keys()
        await settings.write("Otter & <Sons>")
        assert settings.keys[0] == "settings-text" and "Otter & <Sons>" in settings.last.text
        await settings.press("button-back")
        assert "Otter & <Sons>" in settings.last.text and settings.keys[0] == "menu-title"

    @pytest.mark.parametrize(
        "name", ["button-language", "button-zone", "button-quiet", "button-region", "button-name"]
    )
    async def test_back_and_cancel_change_nothing(self, service, settings, name):
        before = await service.handrail.services.enrolment.find(ANN)
        await settings.press(name)
        await settings.press("button-back")
        assert settings.keys[0] == "settings-text"
        await settings.press(name)
        await settings.press("button-cancel")
        assert settings.keys[0] == "menu-title"
        assert await service.handrail.services.enrolment.find(ANN) == before

    async def test_who_is_enrolled_is_asked_for_no_code(self, settings):
        assert "button-code" not in settings.labels()

    async def test_a_mood_only_student_goes_back_to_the_first_screen(self, ann):
        await ann.write("/mood")
        await ann.press("button-agree")
        await ann.write("/settings")
        assert ann.keys[0] == "settings-text" and "button-code" not in ann.labels()
        await ann.press("button-back")
        assert ann.keys[0] == "first-hello"


class TestPrivacy:
    async def test_consents_and_who_read_what(self, service, enrolled, lin, hire):
        await enrolled.write("/privacy")
        assert enrolled.keys[:1] == ["privacy-text"] and "access-none" in enrolled.keys
        assert {"purpose-service", "purpose-screening", "purpose-counselor-access"} <= set(
            enrolled.keys
        )
        staff = await hire(lin, name="Lin <3")
        await enrolled.write("/counselor about exams")
        desk = service.handrail.services.desk
        case = (await desk.queue(staff.id))[0][0].case_id
        await service.handrail.services.talk.open_words(staff.id, case)
        await service.handrail.services.talk.notes(staff.id, case)
        await settled(service)
        await enrolled.write("/privacy")
        assert [k for k in enrolled.keys if k.startswith("access")] == [
            "access-notes", "access-words",
        ]  # fmt: skip
        assert "name=Lin <3" in enrolled.last.text

    async def test_what_was_agreed_can_be_read_again(self, enrolled):
        await enrolled.write("/privacy")
        await enrolled.press("button-consent")
        assert enrolled.keys == ["consent-long"]
        await enrolled.press("button-back")
        assert enrolled.keys[0] == "privacy-text"

    async def test_statistics_on_and_off_are_both_written_down(self, service, enrolled):
        await enrolled.write("/privacy")
        await enrolled.press("button-statistics-on")
        assert "purpose-statistics" in enrolled.keys
        await enrolled.press("button-statistics-off")
        assert enrolled.keys[0] == "take-back-statistics"
        await enrolled.press("button-take-back-yes")
        assert enrolled.keys[0] == "privacy-text"
        assert "purpose-statistics" not in enrolled.keys
        events = await rows(
            service,
            sa.select(Consent.action).where(Consent.purpose == "statistics").order_by(Consent.id),
        )
        assert events == ["given", "withdrawn"]

    async def test_the_mood_diary_ends_by_itself_and_may_begin_again(self, service, enrolled):
        await enrolled.write("/mood")
        await enrolled.press("🙂")
        await enrolled.write("/privacy")
        assert "purpose-mood" in enrolled.keys
        await enrolled.press("button-mood-off")
        assert enrolled.keys[0] == "take-back-mood"
        await enrolled.press("button-back")
        assert len(await rows(service, sa.select(Mood))) == 1
        await enrolled.press("button-mood-off")
        await enrolled.press("button-take-back-yes")
        assert "purpose-mood" not in enrolled.keys
        assert "button-mood-off" not in enrolled.labels()
        assert await rows(service, sa.select(Mood)) == []
        await enrolled.write("/mood")
        assert enrolled.keys[0] == "mood-consent"
        await enrolled.press("button-agree")
        await enrolled.press("🙂")
        assert len(await rows(service, sa.select(Mood))) == 1

    async def test_what_the_service_needs_cannot_go_alone_and_it_says_what_can(
        self, service, enrolled
    ):
        await enrolled.write("/privacy")
        await enrolled.press("button-take-back")
        assert enrolled.keys[0] == "take-back-needed"
        assert "button-take-back-yes" not in enrolled.labels()
        await enrolled.press("button-back")
        assert "purpose-screening" in enrolled.keys
        taken = sa.select(Consent.id).where(Consent.action == "withdrawn")
        assert await rows(service, taken) == []

    async def test_a_mood_only_student_can_take_that_back_too(self, service, ann):
        await ann.write("/mood")
        await ann.press("button-agree")
        await ann.press("🙂")
        await ann.write("/privacy")
        await ann.press("button-mood-off")
        await ann.press("button-take-back-yes")
        assert await rows(service, sa.select(Mood)) == []


class TestMood:
    async def test_low_taps_are_offered_help(self, service, enrolled):
        await enrolled.write("/mood")
        await enrolled.press("d:1")
        assert enrolled.keys == ["mood-offer-help", "mood-kept"]
        assert enrolled.labels() == ["button-talk-now", "button-numbers", "button-menu"]
        assert len(await rows(service, sa.select(Mood.id))) == 1

    async def test_a_tap_without_consent_is_asked_for_it(self, service, ann):
        await ann.write("/counselor")
        await ann.press("button-help-yes")
        await ann.press_data(ann.last, "d:3")
        assert "mood-consent" in ann.all_keys()
        assert await rows(service, sa.select(Mood.id)) == []

    async def test_a_strangers_tap_is_asked_for_consent(self, service, ann):
        await ann.write("/start")
        await ann.press_data(ann.last, "d:3")
        assert ann.keys == ["mood-consent"]
        assert await rows(service, sa.select(Person.id)) == []


@pytest.mark.parametrize("region", ["US", "CN", "GB", "INT"])
async def test_the_card_follows_the_region(service, ann, region):
    await service.handrail.services.enrolment.begin(ANN, "zh", "adult", region, update_id=1)
    await ann.write("/crisis")
    assert languages_in(ann.last.text) == {"zh"}
    assert service.handrail.services.crisis.directory.region(region).ambulance in ann.last.text
    few = len(ann.last.text)
    await ann.press("button-more-numbers")
    assert ann.keys[0] == "crisis-title" and len(ann.last.text) >= few
    assert "button-more-numbers" not in ann.labels()


async def test_a_region_nobody_chose_is_not_said_to_be_somewhere_else(ann):
    """Whose numbers the cards show then is said."""
    await ann.write("/mood")
    await ann.press("button-agree")
    await ann.write("/settings")
    assert "settings-text" in ann.keys and "region-not-chosen" in ann.keys
