"""People who blocked, left or were revoked; letters that cannot be made or opened."""

from __future__ import annotations

import asyncio
import datetime as dt
import zoneinfo

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from storage.tables import Case, Outbox
from tests.support.office import ALEX, LIN, MEI, TOKENS


async def test_a_block_during_a_taken_case_is_an_alert_to_its_counselor(office):
    mei, lin = await office.student(), await office.counselor()
    case = await office.help.ask(mei, update_id=1)
    await office.desk.take(lin, case.case_id)
    office.sim.block(MEI, TOKENS["student"], True)
    async with office.sending():
        row_id = await office.queue(mei, "relay")
        for _ in range(200):
            row = await office.row(row_id)
            if row.state == "failed":
                break
            await asyncio.sleep(0.01)
    assert (row.state, row.reason) == ("failed", "blocked")
    assert (await office.address(mei)).state == "blocked"
    kept = await office.database.read(lambda u: u.get(Case, case.case_id))
    assert kept.student_blocked_at is not None
    (alert,) = await _letters(office, "staff-out-student-blocked")
    assert (alert.person_id, alert.kind, alert.bot) == (lin, "alert", "staff")
    # told once, however many letters come back
    async with office.sending():
        second = await office.queue(mei, "relay")
        for _ in range(200):
            if (await office.row(second)).state == "failed":
                break
            await asyncio.sleep(0.01)
    assert len(await _letters(office, "staff-out-student-blocked")) == 1
    await office.post_office.address_seen("student", MEI, blocked=False)
    kept = await office.database.read(lambda u: u.get(Case, case.case_id))
    assert kept.student_blocked_at is None
    assert (await office.address(mei)).state == "active"


async def _letters(office, text_key):
    return await office.database.read(
        lambda u: list(u.scalars(sa.select(Outbox).where(Outbox.text_key == text_key)))
    )


async def test_a_block_seen_by_the_worker_is_the_same(office):
    mei, lin = await office.student(), await office.counselor()
    case = await office.help.ask(mei, update_id=1)
    await office.staffing.set_on_call(lin, True)
    await office.post_office.address_seen("student", MEI, blocked=True)
    await office.post_office.address_seen("student", MEI, blocked=True)
    kept = await office.database.read(lambda u: u.get(Case, case.case_id))
    assert kept.student_blocked_at is not None
    # nobody has the case yet: those on call hear of it
    assert [row.person_id for row in await _letters(office, "staff-out-student-blocked")] == [lin]


async def test_a_block_without_a_case_alarms_nobody(office):
    mei = await office.student()
    await office.counselor()
    await office.post_office.address_seen("student", MEI, blocked=True)
    assert (await office.address(mei)).state == "blocked"
    assert await _letters(office, "staff-out-student-blocked") == []
    await office.post_office.address_seen("student", 999, blocked=True)


@pytest.mark.parametrize(("kind", "tried"), [("relay", True), ("reminder", False)])
async def test_a_blocked_address_gets_no_reminders_but_is_tried_for_words(office, kind, tried):
    mei = await office.student()
    await office.post_office.address_seen("student", MEI, blocked=True)
    async with office.sending():
        row_id = await office.queue(mei, kind)
        await office.all_over()
    assert bool(office.sends()) is tried
    assert (await office.row(row_id)).state == ("sent" if tried else "skipped")
    # it arrived, so the block is over, though nobody told us
    assert (await office.address(mei)).state == ("active" if tried else "blocked")


@pytest.mark.parametrize("night", [False, True])
@pytest.mark.parametrize(
    ("kind", "waits"), [("follow_up", True), ("reminder", True), ("relay", False), ("card", False)]
)
async def test_at_night_what_can_wait_makes_no_sound(office, night, kind, waits):
    mei = await office.student()
    local = office.clock.now().astimezone(zoneinfo.ZoneInfo("Asia/Shanghai"))
    begin = local.hour * 60 + local.minute - (60 if night else -60)
    await office.enrolment.change(
        mei, time_zone="Asia/Shanghai", quiet_from=begin % 1440, quiet_until=(begin + 180) % 1440
    )
    async with office.sending():
        await office.queue(mei, kind)
        await office.all_over()
    (message,) = [m for m in office.sim.chat(MEI, TOKENS["student"]) if m.from_bot]
    assert message.silent is (night and waits)


async def test_a_chat_that_is_gone_is_recorded(office):
    nobody = await office.student(77_777_777)
    async with office.sending():
        row_id = await office.queue(nobody, "relay")
        await office.all_over()
    assert (await office.row(row_id)).reason == "gone"
    assert (await office.address(nobody)).state == "gone"


async def test_staff_who_cannot_be_reached_are_the_operators_concern(office):
    lin = await office.counselor()
    office.sim.block(LIN, TOKENS["staff"], True)
    async with office.sending("staff"):
        await office.queue(lin, "alert", bot="staff")
        await office.all_over()
    assert await office.operator_alerts() == {"staff_unreachable"}


async def test_whoever_was_revoked_gets_nothing_more(office):
    lin = await office.counselor()
    row_id = await office.queue(lin, "alert", bot="staff")
    await office.staffing.revoke(None, lin)
    async with office.sending("staff"):
        await office.all_over()
    row = await office.row(row_id)
    assert (row.state, row.reason) == ("skipped", "revoked")
    assert office.sends() == []


async def test_a_fault_of_rendering_fails_its_own_row_and_keeps_words_from_the_log(office):
    mei = await office.student()
    with capture_logs() as logs:
        async with office.sending():
            bad = await office.queue(mei, "relay", args={"broken": 1, "words": "a secret"})
            good = await office.queue(mei, "relay")
            await office.all_over()
    assert (await office.row(bad)).state == "failed"
    assert (await office.row(good)).state == "sent"
    assert await office.operator_alerts() == {"send_failed"}
    assert logs
    assert "secret" not in str(logs)
    assert str(MEI) not in str(logs)


async def test_words_that_telegram_refuses_fail_and_are_told(office):
    mei = await office.student()
    with capture_logs() as logs:
        async with office.sending():
            row_id = await office.queue(mei, "relay", text_key="x" * 60, args={"n": "n001" * 1100})
            await office.all_over()
    row = await office.row(row_id)
    assert (row.state, row.reason) == ("failed", "TelegramBadRequest")
    assert await office.operator_alerts() == {"send_failed"}
    assert "n001n001" not in str(logs)


async def test_a_card_that_cannot_be_rendered_goes_out_by_the_static_path(office):
    mei = await office.student()
    async with office.sending():
        row_id = await office.queue(mei, "card", args={"broken": 1, "words": ""})
        await office.all_over()
    assert office.static_cards == [MEI]
    assert (await office.row(row_id)).state == "failed"


async def test_a_card_stays_in_line_when_not_even_the_static_one_goes_out(office):
    mei = await office.student()
    office.static_works = False
    async with office.sending() as delivery:
        row_id = await office.queue(mei, "card", args={"broken": 1, "words": ""})
        for _ in range(200):
            row = await office.row(row_id)
            if row.attempts == 1 and row.state == "waiting":
                break
            await asyncio.sleep(0.01)
        assert office.static_cards == [MEI]
        office.static_works = True
        office.clock.advance(dt.timedelta(minutes=1))
        delivery.wake()
        await office.all_over()
    assert office.static_cards == [MEI, MEI]


async def test_rows_that_cannot_be_opened_hold_up_nobody(office):
    mei, alex = await office.student(), await office.student(ALEX)
    card = await office.queue(mei, "card", key_owner=mei)
    erased = await office.queue(alex, "relay", key_owner=alex)
    after = await office.queue(mei, "relay")

    def damage(unit):
        table = Outbox.__table__
        unit.execute(sa.update(table).where(table.c.id == card).values(args=b"x" * 64))
        unit.keys.destroy_student(unit, alex)

    await office.database.transact(damage)
    async with office.sending():
        await office.all_over()
    assert (await office.row(card)).state == "failed"
    assert office.static_cards == [MEI]
    row = await office.row(erased)
    assert (row.state, row.reason) == ("skipped", "erased")
    assert (await office.row(after)).state == "sent"


async def test_a_revoked_token_loses_nothing(office):
    mei = await office.student()
    token = TOKENS["student"]
    bot = office.sim.world.bots.pop(token)
    async with office.sending():
        row_id = await office.queue(mei, "relay")
        for _ in range(200):
            row = await office.row(row_id)
            if row.reason == "token":
                break
            await asyncio.sleep(0.01)
        assert row.state == "waiting"
        office.sim.world.bots[token] = bot
        await office.all_over()
    row = await office.row(row_id)
    assert (row.state, row.repeats) == ("sent", 0)
    assert await office.operator_alerts() == {"token_refused"}
