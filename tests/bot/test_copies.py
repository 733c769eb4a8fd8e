"""Words leave staff chats in time, and what cannot leave is never called deleted."""

from __future__ import annotations

import datetime as dt
from unittest.mock import AsyncMock

import pytest
from aiogram.exceptions import TelegramForbiddenError

from bot.simulator import Faults
from flows.copies import LEASE
from storage.tables import OperatorAlert
from storage.tables.traffic import Delivery
from tests.support.sweeping import DAY, HOUR, LIN


async def test_words_leave_the_staff_chat_in_time(campus):
    lin, mei = await campus.counselor(), await campus.student()
    case = await campus.help.ask(mei, update_id=1)
    shown = await campus.copy(lin, case.case_id)
    hours = campus.policy.cases.staff_copies_deleted_after_h
    campus.clock.advance((hours - 1) * HOUR)
    await campus.sweeper.sweep_once()
    assert not campus.is_deleted(shown)
    campus.clock.advance(HOUR)
    await campus.sweeper.sweep_once()
    assert campus.is_deleted(shown)
    ((deleted,),) = await campus.all(Delivery.deleted_at)
    assert deleted is not None


async def test_more_copies_than_one_batch_go_in_one_sweep(campus):
    lin, mei = await campus.counselor(), await campus.student()
    case = await campus.help.ask(mei, update_id=1)
    shown = [await campus.copy(lin, case.case_id) for _ in range(105)]
    campus.clock.advance(DAY)
    await campus.sweeper.sweep_once()
    assert all(campus.is_deleted(message_id) for message_id in shown)


async def test_a_copy_that_telegram_no_longer_deletes_is_never_called_deleted(campus):
    lin, mei = await campus.counselor(), await campus.student()
    case = await campus.help.ask(mei, update_id=1)
    shown = await campus.copy(lin, case.case_id)
    await campus.copy(lin, case.case_id)
    campus.sim.shift_clock(dt.timedelta(hours=49))
    campus.clock.advance(DAY)
    for _ in range(2):
        await campus.sweeper.sweep_once()
        campus.clock.advance(LEASE)
    assert not campus.is_deleted(shown)
    for deleted, standing in await campus.all(Delivery.deleted_at, Delivery.stands_since):
        assert deleted is None and standing is not None
    assert await campus.letters("staff-out-copy-stands") == 1
    assert ("copy_stands",) in await campus.all(OperatorAlert.kind)
    # where it stands stays known
    campus.clock.advance(30 * DAY)
    await campus.retention.purge()
    assert len(await campus.all(Delivery.id)) == 2


async def test_a_copy_that_somebody_deleted_by_hand_is_gone(campus):
    lin, mei = await campus.counselor(), await campus.student()
    case = await campus.help.ask(mei, update_id=1)
    shown = await campus.copy(lin, case.case_id)
    await campus.client.delete_message(LIN, shown)
    campus.clock.advance(DAY)
    await campus.sweeper.sweep_once()
    ((deleted, standing),) = await campus.all(Delivery.deleted_at, Delivery.stands_since)
    assert deleted is not None and standing is None
    assert await campus.letters("staff-out-copy-stands") == 0


@pytest.mark.parametrize("too_late", [False, True])
async def test_a_copy_in_a_chat_that_blocked_the_bot_is_taken_back_once_it_may_be(
    campus, monkeypatch, too_late
):
    lin, mei = await campus.counselor(), await campus.student()
    case = await campus.help.ask(mei, update_id=1)
    shown = await campus.copy(lin, case.case_id)
    campus.clock.advance(DAY)
    refuses = TelegramForbiddenError(method=None, message="Forbidden: bot was blocked by the user")
    with monkeypatch.context() as blocked:
        blocked.setattr(type(campus.client), "delete_message", AsyncMock(side_effect=refuses))
        await campus.sweeper.sweep_once()
        ((deleted, standing),) = await campus.all(Delivery.deleted_at, Delivery.stands_since)
        assert deleted is None and standing is None
        if too_late:
            campus.clock.advance(DAY + HOUR)
            await campus.sweeper.sweep_once()
    campus.clock.advance(LEASE)
    await campus.sweeper.sweep_once()
    ((deleted, standing),) = await campus.all(Delivery.deleted_at, Delivery.stands_since)
    assert campus.is_deleted(shown) == (deleted is not None) == (not too_late)
    assert (standing is not None) == too_late


async def test_a_copy_is_kept_in_mind_while_telegram_does_not_answer(campus):
    lin, mei = await campus.counselor(), await campus.student()
    case = await campus.help.ask(mei, update_id=1)
    shown = await campus.copy(lin, case.case_id)
    campus.clock.advance(DAY)
    campus.sim.faults = Faults(p_500=1.0)
    await campus.sweeper.sweep_once()
    ((deleted,),) = await campus.all(Delivery.deleted_at)
    assert deleted is None
    campus.sim.faults = Faults()
    campus.clock.advance(LEASE)
    await campus.sweeper.sweep_once()
    assert campus.is_deleted(shown)


async def test_a_copy_that_is_still_to_be_taken_back_is_not_forgotten(campus):
    lin, mei = await campus.counselor(), await campus.student()
    case = await campus.help.ask(mei, update_id=1)
    await campus.copy(lin, case.case_id)
    campus.clock.advance(15 * DAY)
    await campus.retention.purge()
    assert len(await campus.all(Delivery.id)) == 1
    ((delivery_id,),) = await campus.all(Delivery.id)
    await campus.services.copies.deleted([delivery_id])
    await campus.retention.purge()
    assert await campus.all(Delivery.id) == []
