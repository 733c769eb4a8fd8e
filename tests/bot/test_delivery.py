"""The outbox on a real database, sent to the real simulator: order, limits, times."""

from __future__ import annotations

import asyncio
import datetime as dt

from bot.limits import Limits
from bot.simulator import Faults
from storage import people
from tests.support.office import ALEX, LIN, MEI, STUDENTS


async def test_a_letter_arrives_in_the_language_of_its_reader(office):
    mei = await office.student()
    async with office.sending():
        row_id = await office.queue(mei, "relay", key_owner=mei)
        await office.all_over()
    row = await office.row(row_id)
    assert (row.state, row.attempts, row.repeats) == ("sent", 1, 0)
    assert office.shown() == ["out-relay n001 zh"]
    (request,) = office.sends()
    assert request.params["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "ok"


async def test_order_holds_within_a_chat_while_chats_go_side_by_side(office):
    mei, alex = await office.student(), await office.student(ALEX)
    async with office.sending():
        for _ in range(15):
            await office.queue(mei, "relay")
            await office.queue(alex, "notice")
        await office.all_over()
    assert office.order() == list(range(1, 31, 2))
    assert office.order(ALEX) == list(range(2, 31, 2))


async def test_order_holds_while_every_third_send_goes_wrong(office):
    mei = await office.student()
    office.sim.faults = Faults(p_500=0.15, p_reset=0.15, before=0.5, seed=3)
    async with office.sending():
        rows = [await office.queue(mei, "relay") for _ in range(12)]
        await office.all_over()
    firsts = list(dict.fromkeys(office.order()))
    assert firsts == list(range(1, 13))
    counted = sum([(await office.row(row_id)).repeats for row_id in rows])
    assert len(office.order()) - 12 <= counted
    assert counted > 0


async def test_a_higher_class_overtakes_in_the_same_chat(office):
    mei = await office.student()
    for kind in ("campaign", "reminder", "relay", "card"):
        await office.queue(mei, kind)
    async with office.sending():
        await office.all_over()
    assert office.order() == [4, 3, 2, 1]


async def test_a_card_overtakes_a_campaign_that_fills_the_limit(office):
    students = [await office.student(s) for s in STUDENTS]
    for student in students[1:]:
        await office.queue(student, "campaign")
    async with office.sending(limits=Limits(overall_per_s=10, kept_free=2)):
        await office.sim.wait_for(lambda s: len(s.requests) >= 5)
        card = await office.queue(students[0], "card")
        await office.sim.wait_for(lambda s: office.shown(MEI))
        # the rest of the second at most, not the four seconds that the campaign takes
        assert len(office.sends()) <= 20
    assert (await office.row(card)).state == "sent"


async def test_a_campaign_leaves_places_for_relays(office):
    for student in [await office.student(s) for s in STUDENTS[:20]]:
        await office.queue(student, "campaign")
    async with office.sending(limits=Limits(overall_per_s=10, kept_free=3)) as delivery:
        await office.sim.wait_for(lambda s: len(s.requests) >= 7)
        assert delivery._limiter.room() >= 3


async def test_a_full_chat_is_not_claimed_and_can_be_overtaken(office):
    """What waits for its chat is no lost attempt after a kill, and a card goes before it."""
    mei = await office.student()
    rows = [await office.queue(mei, "relay") for _ in range(6)]
    async with office.sending(limits=Limits()):
        await office.sim.wait_for(lambda s: len(s.requests) >= 3)
        card = await office.queue(mei, "card")
        assert {(await office.row(r)).state for r in rows[4:]} == {"waiting"}
        await office.sim.wait_for(lambda s: len(s.requests) >= 4)
        for _ in range(100):
            if (await office.row(card)).state == "sent":
                break
            await asyncio.sleep(0.01)
    assert office.order()[:3] == [1, 2, 3]
    assert office.order().index(7) <= 4
    assert [(await office.row(r)).repeats for r in rows] == [0] * 6


async def test_a_row_planned_for_later_waits_and_holds_up_nobody(office):
    mei = await office.student()
    later = await office.queue(mei, "relay", not_before=office.clock.now() + dt.timedelta(hours=1))
    now = await office.queue(mei, "relay")
    async with office.sending() as delivery:
        await office.sim.wait_for(lambda s: s.requests)
        await asyncio.sleep(0.05)
        assert (await office.row(later)).state == "waiting"
        office.clock.advance(dt.timedelta(hours=1))
        delivery.wake()
        await office.all_over()
    assert (await office.row(now)).state == "sent"
    assert office.order() == [2, 1]


async def test_both_bots_reach_their_own_people(office):
    mei, lin = await office.student(), await office.counselor()
    async with office.sending(), office.sending("staff"):
        await office.queue(mei, "relay")
        await office.queue(lin, "alert", bot="staff")
        await office.all_over()
    assert (office.order(), office.order(LIN, "staff")) == ([1], [2])


async def test_the_next_due_time_is_of_what_is_planned_not_of_what_is_held_up(office):
    mei = await office.student()
    now = office.clock.now()
    await office.queue(mei, "relay")
    assert await office.post_office.next_due("student") is None
    await office.queue(mei, "relay", not_before=now + dt.timedelta(minutes=5))
    due = await office.post_office.next_due("student")
    assert dt.timedelta(minutes=4) < due <= dt.timedelta(minutes=5)


async def test_reach_opens_the_address(office):
    mei = await office.student()
    found = await office.database.read(lambda u: people.reach(u, mei, "student"))
    assert (found.telegram_id, found.state) == (MEI, "active")
