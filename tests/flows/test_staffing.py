"""Staff come by one-time codes and go at once."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from flows.codes import make_code
from flows.copies import LEASE
from flows.errors import FlowError, OutdatedAction, Refusal
from flows.staffing import ROLES
from storage.tables import Address, Invite, Staff
from storage.tables.traffic import Delivery
from tests.flows.campus import ALEX, KIM, LIN, MEI, WANG


async def refused(step):
    with pytest.raises(FlowError) as fault:
        await step
    return fault.value.reason


class TestInvites:
    @pytest.mark.parametrize("role", ROLES)
    async def test_a_code_makes_its_bearer_staff_of_that_role(self, path, role):
        code = await path.staffing.invite(role)
        view = await path.staffing.accept(LIN, code, "zh")
        assert (view.role, view.language, view.on_call, view.revoked) == (role, "zh", False, False)
        assert await path.staffing.find(LIN) == view

    async def test_only_a_keyed_hash_is_kept(self, path):
        code = await path.staffing.invite("counselor")
        plain = code.replace("-", "").encode()
        (stored,) = await path.rows(sa.select(Invite.code_hash))
        assert len(stored) == 32
        assert plain not in stored
        assert path.database.keys.hash("invite", code.replace("-", "")) == stored
        assert path.database.keys.hash("campus_code", code.replace("-", "")) != stored

    @pytest.mark.parametrize("bad", ["", "ABCDE-FGHJK", "💀", " - - ", "x" * 5000])
    async def test_unknown_ones_are_refused(self, path, bad):
        await path.staffing.invite("counselor")
        assert await refused(path.staffing.accept(LIN, bad, "en")) is Refusal.UNKNOWN_CODE
        assert await path.count(Staff) == 0

    async def test_typed_by_hand_in_any_way(self, path):
        code = await path.staffing.invite("counselor")
        wide = "".join(chr(ord(c) + 0xFEE0) if c != "-" else "－" for c in code.lower())
        assert (await path.staffing.accept(LIN, f" {wide} ", "en")).role == "counselor"

    async def test_used_and_expired_ones_say_so(self, path):
        code = await path.staffing.invite("counselor")
        await path.staffing.accept(LIN, code.lower().replace("-", " "), "en")
        assert await refused(path.staffing.accept(605, code, "en")) is Refusal.USED_CODE
        old = await path.staffing.invite("admin")
        path.clock.advance(dt.timedelta(days=7) - dt.timedelta(seconds=1))
        path.clock.advance(dt.timedelta(seconds=1))
        assert await refused(path.staffing.accept(605, old, "en")) is Refusal.EXPIRED_CODE

    async def test_whoever_is_staff_keeps_the_code_for_somebody_else(self, path):
        await path.counselor(LIN)
        code = await path.staffing.invite("admin")
        assert await refused(path.staffing.accept(LIN, code, "en")) is Refusal.ALREADY_STAFF
        assert (await path.staffing.accept(KIM, code, "en")).role == "admin"

    async def test_only_admins_invite_and_no_unknown_role(self, path):
        lin, kim = await path.counselor(), await path.counselor(KIM, role="admin")
        assert await refused(path.staffing.invite("admin", actor_id=lin)) is Refusal.NOT_ALLOWED
        assert await refused(path.staffing.invite("owner", actor_id=kim)) is Refusal.BAD_VALUE
        assert await path.staffing.invite("editor", actor_id=kim)

    def test_codes_have_no_letters_that_look_alike(self):
        letters = set("".join(make_code() for _ in range(200)))
        assert not letters & set("01ILO")
        assert len(letters) == 32  # 31 and the hyphen


class TestRevoking:
    async def test_every_later_step_is_refused_and_the_case_waits_again(self, path):
        student, lin = await path.student(), await path.counselor()
        case = await path.help.ask(student, update_id=1)
        await path.desk.take(lin, case.case_id)
        assert (await path.staffing.revoke(None, lin)).revoked
        assert (await path.case()).status == "waiting"
        for step in (
            path.desk.queue(lin),
            path.desk.card(lin, case.case_id),
            path.desk.take(lin, case.case_id),
            path.talk.open_words(lin, case.case_id),
            path.talk.notes(lin, case.case_id),
            path.talk.say(lin, "x", 1),
            path.talk.set_step(lin, None),
            path.staffing.set_on_call(lin, True),
            path.staffing.set_name(lin, "x"),
            path.staffing.roster(lin),
        ):
            assert await refused(step) is Refusal.NOT_STAFF
        with pytest.raises(OutdatedAction):
            await path.staffing.revoke(None, lin)

    async def test_nobody_revoked_is_paged_or_on_call(self, path):
        student = await path.student()
        lin, kim = await path.counselor(), await path.counselor(KIM, role="admin")
        await path.staffing.revoke(kim, lin)
        assert not await path.help.is_anyone_on_call(student)
        await path.writes(student, "IMMINENT words")
        assert await path.told("staff-out-page") == [kim]

    async def test_copies_in_their_chat_are_due_at_once(self, path):
        student, lin = await path.student(), await path.counselor()
        case = await path.help.ask(student, update_id=1)
        await path.copies.keep(lin, case.case_id, 77)
        assert await path.copies.due() == []
        await path.staffing.revoke(None, lin)
        assert [copy.message_id for copy in await path.copies.due()] == [77]
        assert await path.copies.due() == []
        path.clock.advance(LEASE)
        assert [copy.message_id for copy in await path.copies.due()] == [77]
        assert await path.count(Delivery) == 1

    @pytest.mark.parametrize("ahead", [dt.timedelta(hours=3), dt.timedelta(days=400)])
    async def test_a_clock_set_back_leaves_no_copy_beyond_its_time(self, path, ahead):
        student, lin = await path.student(), await path.counselor()
        case = await path.help.ask(student, update_id=1)
        path.clock.advance(ahead)
        await path.copies.keep(lin, case.case_id, 77)
        await path.copies.keep_typed(lin, 78, path.clock.now())
        path.clock.advance(-ahead)
        assert [copy.message_id for copy in await path.copies.due()] == [77, 78]

    async def test_a_small_correction_of_the_clock_takes_nothing_out_of_sight(self, path):
        student, lin = await path.student(), await path.counselor()
        case = await path.help.ask(student, update_id=1)
        await path.copies.keep(lin, case.case_id, 77)
        path.clock.advance(-dt.timedelta(minutes=1))
        assert await path.copies.due() == []

    async def test_a_copy_whose_address_is_damaged_holds_up_no_other(self, path):
        student = await path.student()
        lin, wang = await path.counselor(), await path.counselor(WANG)
        case = await path.help.ask(student, update_id=1)
        for member, message_id in ((lin, 77), (wang, 78)):
            await path.copies.keep(member, case.case_id, message_id)
        damage = sa.update(Address).where(Address.person_id == lin).values(address=b"\x01damaged")
        await path.database.transact(lambda u: u.execute(damage))
        path.clock.advance(dt.timedelta(hours=25))
        assert [copy.message_id for copy in await path.copies.due()] == [78]

    async def test_the_last_admin_stays_whoever_asks(self, path):
        kim = await path.counselor(KIM, role="admin")
        for actor in (kim, None):
            assert await refused(path.staffing.revoke(actor, kim)) is Refusal.LAST_ADMIN
        wang = await path.counselor(WANG, role="admin")
        assert (await path.staffing.revoke(wang, kim)).revoked
        assert await refused(path.staffing.revoke(wang, wang)) is Refusal.LAST_ADMIN
        assert not (await path.staffing.find(WANG)).revoked

    async def test_with_them_go_the_invites_they_made_and_no_others(self, path):
        kim = await path.counselor(KIM, role="admin")
        wang = await path.counselor(WANG, role="admin")
        theirs = await path.staffing.invite("admin", actor_id=kim)
        used = await path.staffing.invite("editor", actor_id=kim)
        others = await path.staffing.invite("counselor", actor_id=wang)
        servers = await path.staffing.invite("counselor")
        await path.staffing.accept(605, used, "en")
        await path.staffing.revoke(wang, kim)
        assert await refused(path.staffing.accept(606, theirs, "en")) is Refusal.EXPIRED_CODE
        assert (await path.staffing.accept(607, others, "en")).role == "counselor"
        assert (await path.staffing.accept(608, servers, "en")).role == "counselor"
        assert not (await path.staffing.find(605)).revoked

    async def test_only_admins_revoke(self, path):
        lin, wang = await path.counselor(), await path.counselor(WANG)
        assert await refused(path.staffing.revoke(lin, wang)) is Refusal.NOT_ALLOWED

    async def test_a_new_invite_brings_somebody_back(self, path):
        lin = await path.counselor()
        await path.staffing.revoke(None, lin)
        view = await path.staffing.accept(LIN, await path.staffing.invite("adviser"), "en")
        assert (view.id, view.role, view.revoked, view.on_call) == (lin, "adviser", False, False)


class TestDuty:
    async def test_for_some_hours_and_never_without_end(self, path):
        lin = await path.counselor(on_call=False)
        view = await path.staffing.set_on_call(lin, True, hours=4)
        assert view.on_call_until == path.clock.now() + dt.timedelta(hours=4)
        longest = path.clock.now() + dt.timedelta(hours=path.policy.paging.longest_shift_h)
        for hours in (None, 12, 13, 10_000):
            view = await path.staffing.set_on_call(lin, True, hours)
            assert view.on_call_until == longest
        view = await path.staffing.set_on_call(lin, False, hours=4)
        assert (view.on_call, view.on_call_until) == (False, None)

    async def test_shortly_before_a_shift_ends_they_are_asked_once(self, path):
        student, lin = await path.student(), await path.counselor()
        path.clock.advance(dt.timedelta(hours=11, minutes=39))
        assert await path.staffing.ask_still_there() == 0
        path.clock.advance(dt.timedelta(minutes=1))
        assert await path.staffing.ask_still_there() == 1
        path.clock.advance(dt.timedelta(minutes=1))
        assert await path.staffing.ask_still_there() == 0
        assert await path.told("staff-out-still-there") == [lin]
        # who goes on is asked again before the next end, who does not is off
        await path.staffing.set_on_call(lin, True)
        path.clock.advance(dt.timedelta(hours=11, minutes=45))
        assert await path.staffing.ask_still_there() == 1
        path.clock.advance(dt.timedelta(minutes=15))
        assert not await path.help.is_anyone_on_call(student)
        assert await path.staffing.ask_still_there() == 0

    async def test_only_counselors_go_on_call(self, path):
        kim = await path.counselor(KIM, role="admin")
        assert await refused(path.staffing.set_on_call(kim, True)) is Refusal.NOT_ALLOWED

    async def test_the_chosen_name_is_ciphertext(self, path):
        lin = await path.counselor()
        assert (await path.staffing.set_name(lin, "  Dr.  Lin ")).name == "Dr. Lin"
        (stored,) = await path.rows(sa.select(Staff.name))
        assert b"Lin" not in stored
        for nothing in (" ", "\u200b\u200d", "\u202e", "\u3164", "..."):
            assert await refused(path.staffing.set_name(lin, nothing)) is Refusal.BAD_NAME
        assert (await path.staffing.set_name(lin, "Dr.\u200b \u202eniL\u202c")).name == "Dr. niL"
        assert await refused(path.staffing.set_name(lin, "x" * 41)) is Refusal.TOO_LONG

    async def test_languages_are_two(self, path):
        lin = await path.counselor()
        assert (await path.staffing.set_language(lin, "zh")).language == "zh"
        assert await refused(path.staffing.set_language(lin, "fr")) is Refusal.BAD_VALUE

    async def test_the_roster_is_for_staff(self, path):
        lin, kim = await path.counselor(), await path.counselor(KIM, role="admin")
        assert [view.id for view in await path.staffing.roster(lin)] == [lin, kim]
        assert await path.staffing.everybody() == await path.staffing.roster(kim)


async def test_the_cases_somebody_has_stand_in_the_order_of_their_urgency(path):
    lin, wang = await path.counselor(), await path.counselor(WANG)
    held = []
    for telegram_id, text in ((MEI, "ELEVATED words"), (ALEX, "IMMINENT words")):
        student = await path.student(telegram_id)
        held.append((await path.writes(student, text, telegram_id=telegram_id)).case_id)
        await path.desk.take(lin, held[-1])
    assert [item.case_id for item in await path.desk.held(lin)] == held[::-1]
    assert await path.desk.held(wang) == ()
    await path.desk.release(lin, held[1])
    assert [item.case_id for item in await path.desk.held(lin)] == held[:1]
    # whoever has no access any more has none; the student hears that the team goes on
    await path.staffing.revoke(None, lin)
    assert len(await path.told("out-case-returned")) == 2
