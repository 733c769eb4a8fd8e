"""Belonging to the campus by a one-time code, on the way in and later; never needed for help."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from storage.tables import Case, Student
from tests.support.phone import rows

# what stands on the screens; the flows behind them are tested on both stores
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CODE = "ABCDE-23456"


@pytest.fixture
def open_enrolment():
    return False


@pytest.fixture
async def asked(service, ann):
    """Ann agreed and is asked for her code."""
    await service.handrail.services.enrolment.add_campus_codes([CODE])
    await ann.write("/start")
    for name in ("button-look", "button-begin", "o:en:region:a", "o:en:consent:a:FR"):
        await ann.press(name)
    await ann.press("button-agree")
    assert ann.keys == ["enrol-step", "enrol-code"] and "step=4 total=6" in ann.last.text
    return ann


async def stage(service):
    return await rows(service, sa.select(Student.stage))


async def test_a_right_code_enrols(service, asked):
    await asked.write(CODE.lower())
    assert asked.keys == ["enrol-step", "enrol-name"] and "step=5 total=6" in asked.last.text
    assert await stage(service) == ["enrolled"]


async def test_a_wrong_one_is_said_and_the_step_stays(service, asked):
    await asked.write("WRONG-CODE2")
    assert "refusal-unknown-code" in asked.all_keys()
    assert await stage(service) == ["enrolling"]
    await asked.write(CODE)
    assert "enrol-name" in asked.keys


async def test_a_used_and_an_expired_one(service, asked, ben, clock):
    enrolment = service.handrail.services.enrolment
    other = await enrolment.begin(ben.person, "en", "adult", "US", update_id=1)
    await enrolment.belong(other.id, CODE)
    await asked.write(CODE)
    assert "refusal-used-code" in asked.all_keys()
    await enrolment.add_campus_codes(["FGHJK-23456"])
    clock.advance(dt.timedelta(days=61))
    await asked.write("FGHJK-23456")
    assert "refusal-expired-code" in asked.all_keys()


async def test_worrying_words_are_no_code(service, asked):
    await asked.write("I want to kill myself")
    assert "out-flag-notice" in asked.all_keys()
    assert "refusal-unknown-code" not in asked.all_keys()
    assert len(await rows(service, sa.select(Case))) == 1


async def test_skipped_and_given_later_under_settings(service, asked):
    await asked.press("button-skip")
    await asked.press("button-cancel")
    assert asked.keys[0] == "menu-title"
    await asked.write("/settings")
    await asked.press("button-code")
    await asked.write("WRONG-CODE2")
    assert "refusal-unknown-code" in asked.all_keys()
    await asked.write(CODE)
    assert await stage(service) == ["enrolled"]
    assert asked.keys == ["settings-text", "language-name"] or asked.keys[0] == "settings-text"
    assert "button-code" not in asked.labels()


async def test_without_a_code_help_and_mood_are_there(service, asked):
    await asked.press("button-cancel")
    await asked.write("/counselor")
    assert asked.keys[0] == "case-opened"
    await asked.write("/mood")
    assert asked.keys == ["mood-question"]
    await asked.write("/start")
    assert asked.keys[0] == "menu-title"
