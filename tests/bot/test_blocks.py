"""Who blocks the bot and comes back, again and again, holds up nobody's pages."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from flows.away import TOLD_FOR
from storage.tables import Outbox
from tests.support.office import MEI

BLOCKED, BACK = "staff-out-student-blocked", "staff-out-student-back"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
async def lin(office):
    counselor = await office.counselor()
    await office.staffing.set_on_call(counselor, True)
    return counselor


@pytest.fixture
async def case(office, lin):
    return (await office.help.ask(await office.student(), update_id=1)).case_id


async def seen(office, *states):
    for state in states:
        await office.post_office.address_seen("student", MEI, blocked=state == "blocked")


async def told(office):
    """The letters of blocks and returns, in their order."""
    return await office.database.read(
        lambda u: list(
            u.scalars(
                sa.select(Outbox.text_key)
                .where(Outbox.text_key.in_([BLOCKED, BACK]))
                .order_by(Outbox.id)
            )
        )
    )


async def test_blocks_without_end_are_one_alert_and_one_return(office, case):
    await seen(office, *["blocked", "active"] * 30)
    assert await told(office) == [BLOCKED, BACK]


async def test_a_block_that_stays_is_told_in_the_end(office, case):
    await seen(office, "blocked", "active", "blocked")
    office.clock.advance(TOLD_FOR - MINUTE)
    assert await office.alerts.tell_blocked() == 0
    office.clock.advance(MINUTE)
    assert await office.alerts.tell_blocked() == 1
    assert await office.alerts.tell_blocked() == 0
    assert await told(office) == [BLOCKED, BACK, BLOCKED]
    await seen(office, "active")
    assert await told(office) == [BLOCKED, BACK, BLOCKED, BACK]


async def test_a_clock_set_back_keeps_no_block_from_being_told(office, case):
    await seen(office, "blocked", "active")
    office.clock.offset -= dt.timedelta(days=1)
    await seen(office, "blocked")
    assert await told(office) == [BLOCKED, BACK, BLOCKED]


async def test_a_later_block_is_told_at_once(office, case):
    await seen(office, "blocked", "active")
    office.clock.advance(TOLD_FOR)
    await seen(office, "blocked")
    assert await told(office) == [BLOCKED, BACK, BLOCKED]


async def test_what_a_counselor_did_since_makes_a_block_news_again(office, case, lin):
    await seen(office, "blocked", "active")
    office.clock.advance(MINUTE)
    await office.desk.take(lin, case)
    await seen(office, "blocked", "active")
    assert await told(office) == [BLOCKED, BACK] * 2
    await office.desk.release(lin, case)
    await seen(office, "blocked")
    assert await told(office) == [*[BLOCKED, BACK] * 2, BLOCKED]


async def test_of_a_closed_case_nothing_is_told(office, case, lin):
    await seen(office, "blocked", "active", "blocked")
    await office.desk.take(lin, case)
    await office.desk.close(lin, case, "supported")
    office.clock.advance(TOLD_FOR)
    assert await office.alerts.tell_blocked() == 0
