"""The store has committed and its answer is lost: nothing stays unread, nothing is done twice."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage.errors import StoreDown
from storage.tables import Inbox, Message
from tests.support.phone import rows
from tests.support.service import serve

ANN = 710_000_001


class Loses:
    """A store that commits, and then loses so many of its answers."""

    def __init__(self, store, answers):
        self._store, self.answers = store, answers

    def __getattr__(self, name):
        return getattr(self._store, name)

    async def transact(self, work, *, receiving=False):
        outcome = await self._store.transact(work, receiving=receiving)
        if self.answers:
            self.answers -= 1
            raise StoreDown("the connection broke")
        return outcome


@pytest.fixture
async def service(database_url, clock):
    async with serve(database_url, clock, people=(ANN,)) as running:
        await running.handrail.services.enrolment.begin(ANN, "en", "adult", "US")
        yield running


async def test_an_update_whose_storing_was_not_answered_is_handled_once(service):
    intake = service.handrail.intakes["student"]
    intake._database = Loses(intake._database, answers=1)
    await service.write(ANN, "the soup was salty")
    await service.answered(ANN)
    await service.quiet()
    assert len(service.texts(ANN)) == 1
    assert len(await rows(service, sa.select(Message.id))) == 1
    assert await rows(service, sa.select(Inbox.id)) == []
