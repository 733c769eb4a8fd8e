"""From a stranger to a student, without a name."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa

from flows.errors import FlowError, OutdatedAction, Refusal
from flows.receive import Incoming
from flows.rules.parts import Part
from flows.rules.risk import RiskLevel
from storage.tables import Address, Alert, CampusCode, Case, Consent, Message, Person, Student
from tests.flows.campus import ALEX, MEI, Campus


async def refused(step):
    with pytest.raises(FlowError) as fault:
        await step
    return fault.value.reason


@pytest.fixture
def closed(database, clock):
    """A campus that wants a code."""
    return Campus(database, clock, open_enrolment=False)


class TestConsent:
    async def test_nobody_is_known_before_it(self, path):
        assert await path.enrolment.find(MEI) is None
        await path.writes(None, "IMMINENT words")
        await path.writes(None, "soup")
        assert [await path.count(t) for t in (Person, Address, Message, Case)] == [0, 0, 0, 0]

    async def test_beginning_agrees_to_four_purposes_in_this_wording(self, path):
        view = await path.enrolment.begin(MEI, "zh", "adult", "CN", update_id=1)
        assert set(view.consents) == {"service", "screening", "counselor_access", "mood"}
        assert (view.stage, view.language, view.region) == ("enrolled", "zh", "CN")
        assert view.pseudonym
        again = await path.enrolment.begin(MEI, "zh", "adult", None, update_id=1)
        assert (again.id, again.region) == (view.id, "CN")
        assert await path.count(Consent) == 4
        assert await path.enrolment.find(MEI) == again

    async def test_beginning_again_changes_neither_age_nor_region(self, path):
        await path.enrolment.begin(MEI, "zh", "adult", "CN", update_id=1)
        again = await path.enrolment.begin(MEI, "en", "minor", "US", update_id=1)
        assert (again.age_band, again.region, again.language) == ("adult", "CN", "zh")

    async def test_a_campus_code_that_is_still_missing_makes_no_difference(self, closed):
        await closed.enrolment.begin(MEI, "zh", "minor", "CN", update_id=1)
        again = await closed.enrolment.begin(MEI, "zh", "adult", "US", update_id=1)
        assert (again.stage, again.age_band, again.region) == ("enrolling", "minor", "CN")

    async def test_who_was_never_asked_says_it_now(self, path):
        first = await path.enrolment.begin_mood_only(MEI, "en")
        await path.enrolment.ask_for_help_first(ALEX, "en", 5)
        await path.enrolment.change(first.id, region="FR")
        mood = await path.enrolment.begin(MEI, "en", "minor", "US", update_id=1)
        helped = await path.enrolment.begin(ALEX, "en", "adult", "CN", update_id=1)
        assert (mood.age_band, mood.region) == ("minor", "US")
        assert (helped.age_band, helped.region) == ("adult", "CN")

    async def test_another_wording_is_agreed_to_anew_and_the_old_one_stays(self, path):
        student = await path.student()
        policy = path.policy.model_copy(
            update={
                "enrolment": path.policy.enrolment.model_copy(
                    update={"consent_version": "2027-01"}
                )
            }
        )
        path.enrolment._policy = policy
        await path.enrolment.begin(MEI, "zh", "adult", "CN", update_id=1)
        kept = await path.rows(
            sa.select(Consent.version)
            .where(Consent.person_id == student, Consent.purpose == "screening")
            .order_by(Consent.id)
        )
        assert kept == [path.policy.enrolment.consent_version, "2027-01"]

    @pytest.mark.parametrize("band", ["unknown", "child", ""])
    async def test_an_age_band_it_does_not_know_stores_nothing(self, path, band):
        assert (
            await refused(path.enrolment.begin(MEI, "en", band, None, update_id=1))
            is Refusal.BAD_VALUE
        )
        assert await path.count(Person) == 0


class TestHelpFirst:
    async def test_one_consent_and_the_words_from_memory_go_into_the_case(self, path):
        await path.writes(None, "ELEVATED one")
        await path.writes(None, "IMMINENT two")
        view = await path.enrolment.ask_for_help_first(MEI, "en", 5)
        assert (view.stage, view.consents, view.age_band) == (
            "help_first",
            ("help_first",),
            "unknown",
        )
        assert (await path.case()).triage == RiskLevel.IMMINENT.rank
        lin = await path.counselor()
        words = (await path.reads(lin, (await path.case()).id)).words
        assert [w.body for w in words] == ["ELEVATED one", "IMMINENT two"]
        assert await path.told("out-card") == [view.id]

    async def test_many_words_of_one_meet_none_of_anothers(self, path):
        """The numbers that earlier words are stored under must not collide."""
        parts = (Part("text", "ELEVATED a"), Part("reply", "ELEVATED b"))
        for person in (MEI, ALEX):
            for n in range(6):
                await path.receive.receive(Incoming("student", n, person, None, parts))
        await path.enrolment.ask_for_help_first(MEI, "en", 5)
        await path.enrolment.ask_for_help_first(ALEX, "en", 6)
        assert await path.count(Case) == 2
        assert await path.count(Message) == 20

    async def test_words_of_more_than_an_hour_ago_are_forgotten(self, path):
        await path.writes(None, "IMMINENT words")
        path.clock.advance(dt.timedelta(minutes=61))
        await path.enrolment.ask_for_help_first(MEI, "en", 5)
        assert (await path.case()).triage == 0
        assert await path.count(Message) == 0

    async def test_words_of_a_clock_set_back_since_stay_an_hour_and_no_longer(self, path):
        path.clock.advance(dt.timedelta(days=1))
        await path.writes(None, "IMMINENT words")
        await path.writes(None, "IMMINENT words", telegram_id=ALEX)
        path.clock.advance(-dt.timedelta(days=1))
        await path.enrolment.ask_for_help_first(MEI, "en", 5)
        assert (await path.case()).triage == 3
        path.clock.advance(dt.timedelta(minutes=61))
        assert path.receive.unenrolled(ALEX) is None

    async def test_without_words_the_case_is_one_that_was_asked_for(self, path):
        lin = await path.counselor()
        view = await path.enrolment.ask_for_help_first(MEI, "en", 5)
        case = await path.case()
        assert (case.origin, case.triage, case.student_id) == ("asked", 0, view.id)
        assert await path.told("staff-out-new-case") == [lin]
        assert await path.told("out-case-opened") == [view.id]

    @pytest.mark.parametrize(
        ("level", "triage", "origin"),
        [
            (RiskLevel.NONE, 0, "asked"), (RiskLevel.LOW, 0, "asked"),
            (RiskLevel.ELEVATED, 2, "flagged"), (RiskLevel.IMMINENT, 3, "flagged"),
        ],
    )  # fmt: skip
    async def test_a_level_outlives_its_words(self, path, level, triage, origin):
        await path.enrolment.ask_for_help_first(MEI, "en", 5, level)
        case = await path.case()
        assert (case.triage, case.origin) == (triage, origin)
        assert await path.count(Alert) == (triage == 3)
        assert [await path.told(key) for key in ("out-card", "out-flag-notice")] == [[], []]

    async def test_the_graver_of_button_and_words_counts(self, path):
        await path.writes(None, "ELEVATED words")
        await path.enrolment.ask_for_help_first(MEI, "en", 5, RiskLevel.IMMINENT)
        assert ((await path.case()).triage, await path.count(Message)) == (3, 1)

    async def test_enrolling_afterwards_keeps_the_person_and_the_case(self, path):
        first = await path.enrolment.ask_for_help_first(MEI, "en", 5)
        later = await path.enrolment.begin(MEI, "en", "adult", "US", update_id=1)
        assert (later.id, later.stage) == (first.id, "enrolled")
        assert (await path.case()).student_id == later.id


class TestBeginningAfterWorryingWords:
    async def test_they_become_a_case_in_the_same_commit(self, path):
        await path.writes(None, "ELEVATED one")
        await path.writes(None, "soup")
        await path.writes(None, "IMMINENT two")
        view = await path.enrolment.begin(MEI, "en", "adult", "US", update_id=7)
        case = await path.case()
        assert (case.triage, case.origin, case.student_id) == (3, "flagged", view.id)
        assert await path.told("out-card") == [view.id]
        lin = await path.counselor()
        words = (await path.talk.open_words(lin, case.id)).words
        assert [w.body for w in words] == ["ELEVATED one", "IMMINENT two"]
        await path.enrolment.begin(MEI, "en", "adult", "US", update_id=8)
        assert await path.count(Message) == 2

    async def test_of_more_than_an_hour_ago_they_are_forgotten(self, path):
        await path.writes(None, "IMMINENT words")
        path.clock.advance(dt.timedelta(minutes=61))
        await path.enrolment.begin(MEI, "en", "adult", "US", update_id=7)
        assert [await path.count(t) for t in (Case, Message)] == [0, 0]


class TestMoodOnly:
    async def test_needs_no_campus_no_region_and_opens_no_case(self, path):
        view = await path.enrolment.begin_mood_only(MEI, "en")
        assert (view.stage, view.region, view.consents) == ("mood_only", None, ("mood",))
        assert (await path.moods.tap(view.id, 4)).recent[-1][1] == 4
        assert await refused(path.help.ask(view.id, update_id=1)) is Refusal.NO_CONSENT
        assert await path.count(Case) == 0
        await path.enrolment.begin_mood_only(MEI, "en")
        assert await path.count(Consent) == 1


class TestCampusCodes:
    async def test_a_code_lets_one_student_in_and_is_not_joined_to_them(self, closed):
        view = await closed.enrolment.begin(MEI, "en", "adult", None, update_id=1)
        assert (view.stage, view.belongs) == ("enrolling", False)
        await closed.enrolment.add_campus_codes(["ABCDE-FGHJK"])
        assert (await closed.enrolment.belong(view.id, "abcde fghjk")).belongs
        (row,) = await closed.rows(sa.select(CampusCode))
        assert len(row.code_hash) == 32
        # the day only, and no column for who it was
        assert row.used_at == closed.clock.now().replace(hour=0, minute=0)
        assert not {c.name for c in CampusCode.__table__.c} & {
            "used_by",
            "student_id",
            "person_id",
        }

    async def test_a_counselor_sees_that_none_was_shown(self, closed):
        lin = await closed.counselor()
        mei = (await closed.enrolment.begin(MEI, "en", "adult", None, update_id=1)).id
        case = (await closed.help.ask(mei, update_id=1)).case_id
        assert (await closed.desk.card(lin, case)).no_code
        await closed.enrolment.add_campus_codes(["ABCDE-FGHJK"])
        await closed.enrolment.belong(mei, "ABCDE-FGHJK")
        assert not (await closed.desk.card(lin, case)).no_code

    async def test_unknown_used_and_expired_ones_say_so(self, closed):
        mei = (await closed.enrolment.begin(MEI, "en", "adult", None, update_id=1)).id
        alex = (await closed.enrolment.begin(ALEX, "en", "adult", None, update_id=1)).id
        await closed.enrolment.add_campus_codes(["AAAAA-AAAAA", "BBBBB-BBBBB"])
        unknown = closed.enrolment.belong(mei, "CCCCC-CCCCC")
        assert await refused(unknown) is Refusal.UNKNOWN_CODE
        await closed.enrolment.belong(mei, "AAAAA-AAAAA")
        used = closed.enrolment.belong(alex, "AAAAA-AAAAA")
        assert await refused(used) is Refusal.USED_CODE
        closed.clock.advance(dt.timedelta(days=60))
        expired = closed.enrolment.belong(alex, "BBBBB-BBBBB")
        assert await refused(expired) is Refusal.EXPIRED_CODE
        assert not (await closed.enrolment.view(alex)).belongs

    async def test_a_code_for_nobody_is_not_spent(self, closed):
        await closed.enrolment.add_campus_codes(["AAAAA-AAAAA"])
        with pytest.raises(OutdatedAction):
            await closed.enrolment.belong(uuid.uuid4(), "AAAAA-AAAAA")
        assert await closed.rows(sa.select(CampusCode.used_at)) == [None]

    async def test_who_has_shown_one_spends_no_second(self, closed):
        mei = (await closed.enrolment.begin(MEI, "en", "adult", None, update_id=1)).id
        await closed.enrolment.add_campus_codes(["AAAAA-AAAAA", "BBBBB-BBBBB"])
        await closed.enrolment.belong(mei, "AAAAA-AAAAA")
        with pytest.raises(OutdatedAction):
            await closed.enrolment.belong(mei, "BBBBB-BBBBB")
        alex = (await closed.enrolment.begin(ALEX, "en", "adult", None, update_id=1)).id
        assert (await closed.enrolment.belong(alex, "BBBBB-BBBBB")).belongs

    async def test_an_invite_is_no_campus_code(self, closed):
        mei = (await closed.enrolment.begin(MEI, "en", "adult", None, update_id=1)).id
        code = await closed.staffing.invite("admin")
        assert await refused(closed.enrolment.belong(mei, code)) is Refusal.UNKNOWN_CODE


class TestSettings:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("language", "en"), ("time_zone", "Asia/Shanghai"), ("quiet_from", 0),
            ("quiet_until", 1439), ("region", "US"), ("region", None), ("pseudonym", "安静的鹿"),
        ],
    )  # fmt: skip
    async def test_a_change_is_kept(self, path, name, value):
        student = await path.student()
        assert getattr(await path.enrolment.change(student, **{name: value}), name) == value
        assert getattr(await path.enrolment.view(student), name) == value

    @pytest.mark.parametrize(
        ("name", "value", "why"),
        [
            ("language", "fr", Refusal.BAD_VALUE), ("time_zone", "Mars/Base", Refusal.BAD_VALUE),
            ("quiet_from", 1440, Refusal.BAD_VALUE), ("quiet_until", -1, Refusal.BAD_VALUE),
            ("region", "Nowhere", Refusal.BAD_VALUE), ("pseudonym", " ", Refusal.BAD_VALUE),
            ("pseudonym", "\u200b\u202e\u3164", Refusal.BAD_VALUE),
            ("pseudonym", "x" * 25, Refusal.TOO_LONG), ("stage", "enrolled", Refusal.BAD_VALUE),
        ],
    )  # fmt: skip
    async def test_a_bad_one_changes_nothing(self, path, name, value, why):
        student = await path.student()
        before = await path.enrolment.view(student)
        # the good one beside it is not kept either
        changes = {"quiet_until": 60, name: value}
        assert await refused(path.enrolment.change(student, **changes)) is why
        assert await path.enrolment.view(student) == before

    async def test_what_hides_in_a_pseudonym_goes(self, path):
        student = (await path.enrolment.begin(1, "en", "adult", "US", update_id=1)).id
        view = await path.enrolment.change(student, pseudonym="quiet\u202e\u200b deer")
        assert view.pseudonym == "quiet deer"

    async def test_the_pseudonym_is_ciphertext(self, path):
        student = await path.student()
        await path.enrolment.change(student, pseudonym="planted")
        (stored,) = await path.rows(sa.select(Student.pseudonym))
        assert b"planted" not in stored


class TestWordsFromBefore:
    async def test_later_words_and_tries_do_not_push_the_worst_out(self, path):
        await path.writes(None, "IMMINENT words", telegram_id=ALEX, update=1)
        for update in range(2, 15):
            for _ in range(3):
                await path.writes(None, "ELEVATED words", telegram_id=ALEX, update=update)
        texts = [text for text, _ in path.receive.unenrolled(ALEX).texts]
        assert texts == ["IMMINENT words", *["ELEVATED words"] * 9]
        await path.enrolment.begin(ALEX, "en", "adult", None, update_id=1)
        assert (await path.case()).triage == 3
