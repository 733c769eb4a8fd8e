"""The store has committed and its answer is lost: nothing stays unread, nothing is done twice."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage.database import committed, current_cause
from storage.errors import StoreDown
from storage.tables import Alert, Inbox, Message, Mood
from tests.support.phone import KeyTexts, rows, staff, student
from tests.support.service import serve

ANN, LIN = 710_000_001, 720_000_001


class Loses:
    """A store that commits, and then loses so many of its answers."""

    def __init__(self, store, answers):
        self._store, self.answers = store, answers

    def __getattr__(self, name):
        return getattr(self._store, name)

    async def transact(self, work, *, beside=False):
        outcome = await self._store.transact(work, beside=beside)
        if self.answers:
            self.answers -= 1
            raise StoreDown("the connection broke")
        return outcome


@pytest.fixture
async def service(database_url, clock, monkeypatch):
    monkeypatch.setattr("bot.wiring.Texts", KeyTexts)
    monkeypatch.setattr("bot.lanes._STORE_WAIT_S", 0.0)
    async with serve(database_url, clock, people=(ANN,), staff=(LIN,)) as running:
        await running.handrail.services.enrolment.begin(ANN, "en", "adult", "US", update_id=1)
        yield running


@pytest.fixture
def lose_a_flows_answer(monkeypatch):
    """The next flow's commit is on the disk, and the connection breaks before we hear of it."""
    lost = []

    def answered(*, beside):
        if lost and not beside and current_cause.get() is not None:
            lost.pop()
            raise StoreDown("the connection broke")
        committed(beside=beside)

    for store in ("sqlite", "postgres"):
        monkeypatch.setattr(f"storage.{store}.committed", answered)
    yield lambda: lost.append(1)
    assert not lost


async def test_an_update_whose_storing_was_not_answered_is_handled_once(service):
    intake = service.handrail.intakes["student"]
    intake._database = Loses(intake._database, answers=1)
    await service.write(ANN, "the soup was salty")
    await service.answered(ANN)
    await service.quiet()
    assert len(service.texts(ANN)) == 1
    assert len(await rows(service, sa.select(Message.id))) == 1
    assert await rows(service, sa.select(Inbox.id)) == []


async def test_what_a_student_did_is_done_once_and_the_screen_is_drawn(
    service, lose_a_flows_answer
):
    ann = student(service, ANN)
    await ann.write("/mood")
    lose_a_flows_answer()
    await ann.press("d:4")
    assert len(await rows(service, sa.select(Mood.id))) == 1
    assert ann.keys == ["redraw-menu"]
    assert service.handrail.health.parked == 0
    assert service.handrail.health.parked == 0
    assert await rows(service, sa.select(Inbox.id)) == []


async def test_what_a_counselor_did_is_done_once_and_not_refused(service, lose_a_flows_answer):
    services = service.handrail.services
    lin = staff(service, LIN)
    await lin.write(f"/start {await services.staffing.invite('counselor')}")
    member = await services.staffing.find(LIN)
    await services.staffing.set_on_call(member.id, True)
    await student(service, ANN).write("I've got the pills here and I'm going to take them tonight")
    lose_a_flows_answer()
    await lin.press("staff-button-on-it")
    assert await rows(service, sa.select(Alert.state)) == ["acknowledged"]
    # else Lin would hear that a colleague was faster
    assert "staff-on-it-already" not in lin.all_keys()
    assert service.handrail.health.parked == 0
    assert service.handrail.health.parked == 0
    assert await rows(service, sa.select(Inbox.id)) == []
