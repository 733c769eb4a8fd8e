"""Both bots for real against the simulator, with text keys in place of sentences."""

from __future__ import annotations

import pytest

from tests.support.phone import KeyTexts, staff, student
from tests.support.service import serve

ANN, BEN = 710_000_001, 710_000_002
LIN, KIM, NOOR = 720_000_001, 720_000_002, 720_000_003
WORRYING = "I want to kill myself <b>now</b>"


@pytest.fixture
def open_enrolment():
    """Whether everybody may enrol; a module about campus codes says no."""
    return True


@pytest.fixture
async def service(database_url, clock, monkeypatch, open_enrolment):
    monkeypatch.setattr("bot.wiring.Texts", KeyTexts)
    async with serve(
        database_url,
        clock,
        people=(ANN, BEN),
        staff=(LIN, KIM, NOOR),
        open_enrolment=open_enrolment,
    ) as running:
        yield running


@pytest.fixture
def ann(service):
    """A stranger until a test enrols them."""
    return student(service, ANN)


@pytest.fixture
def ben(service):
    return student(service, BEN)


@pytest.fixture
def lin(service):
    """Somebody the staff bot does not know yet."""
    return staff(service, LIN)


@pytest.fixture
def kim(service):
    return staff(service, KIM)


@pytest.fixture
def noor(service):
    return staff(service, NOOR)


@pytest.fixture
async def enrolled(service, ann):
    """Ann, enrolled."""
    await service.handrail.services.enrolment.begin(ANN, "en", "adult", "US", update_id=1)
    return ann


@pytest.fixture
def hire(service):
    """Somebody joins by a code, is called something, and may be on call."""

    async def hired(phone, role="counselor", *, name="Ms. Lin", on_call=True):
        staffing = service.handrail.services.staffing
        code = await staffing.invite(role)
        view = await staffing.accept(phone.person, code, "en")
        await staffing.set_name(view.id, name)
        await phone.write("/help")
        if on_call and role == "counselor":
            await staffing.set_on_call(view.id, True)
        return view

    return hired


@pytest.fixture
async def flagged(service, enrolled, lin, hire):
    """Lin is on call and was told of Ann's elevated words."""
    await hire(lin)
    await enrolled.write(WORRYING)
    assert lin.keys == ["staff-out-new-case"]
    return lin


@pytest.fixture
async def taken(flagged):
    """Lin has taken the case."""
    await flagged.press("staff-button-take")
    assert {"staff-status-mine", "staff-writing-in"} <= set(flagged.keys)
    return flagged
