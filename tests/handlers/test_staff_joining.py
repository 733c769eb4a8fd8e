"""Coming in as staff, roles, being on call, and losing access: through the real application."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from handlers.staff.app import _LATER
from handlers.staff.commands import for_role
from storage.tables import Case, Message, Staff
from tests.handlers.conftest import LIN
from tests.support.phone import languages_in, rows, settled

# what stands on the screens; the flows behind them are tested on both stores
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def invite(service, role="counselor"):
    return await service.handrail.services.staffing.invite(role)


def published(service, chat):
    """The command list that a chat was given last."""
    calls = [
        request.params
        for request in service.simulator.requests
        if request.method == "setMyCommands" and str(chat) in str(request.params.get("scope"))
    ]
    return str(calls[-1]["commands"]) if calls else ""


class TestComingIn:
    async def test_by_link_then_language_name_and_on_call(self, service, lin):
        await lin.write(f"/start {await invite(service)}")
        assert lin.keys == ["staff-joined", "staff-role-counselor"] and "total=3" in lin.last.text
        await lin.press("l:zh")
        assert lin.keys == ["staff-name-prompt"] and languages_in(lin.last.text) == {"zh"}
        await lin.write("林老师", reply_to=lin.last.id)
        assert lin.keys == ["staff-name-set", "staff-step-on-call"]
        await lin.press("o:8")
        assert lin.keys[0] == "staff-on-call-until"
        (staff,) = await rows(service, sa.select(Staff))
        assert staff.role == "counselor" and staff.on_call

    async def test_by_typing_the_code_alone(self, service, lin):
        await lin.write((await invite(service)).lower())
        assert lin.keys[0] == "staff-joined"

    async def test_a_short_line_is_offered_as_the_name(self, service, lin):
        await lin.write(await invite(service))
        await lin.write("Ms. Lin")
        assert lin.keys == ["staff-name-is-this-it"]
        await lin.press("staff-button-name-yes")
        assert lin.keys[0] == "staff-name-set" and "Ms. Lin" in lin.last.text

    async def test_the_name_can_be_changed_and_is_no_markup(self, service, lin, hire):
        await hire(lin)
        await lin.write("/name Lin <3")
        assert lin.keys[0] == "staff-name-set" and "Lin <3" in lin.last.text
        await lin.write("/name \u200b\u202e")
        assert lin.keys == ["refusal-bad-name"]
        await lin.write("/name")
        assert lin.keys == ["staff-name-prompt"]
        await lin.write("x" * 400, reply_to=lin.last.id)
        assert lin.keys[0].startswith("refusal-")

    async def test_a_wrong_code(self, lin):
        await lin.write("/start WRONG-CODE2")
        assert lin.keys == ["refusal-unknown-code"]

    async def test_a_used_code(self, service, lin, kim):
        code = await invite(service)
        await lin.write(f"/start {code}")
        await kim.write(f"/start {code}")
        assert kim.keys == ["refusal-used-code"]

    async def test_an_expired_code(self, service, lin, clock):
        code = await invite(service)
        clock.advance(dt.timedelta(days=8))
        await lin.write(f"/start {code}")
        assert lin.keys == ["refusal-expired-code"]

    async def test_joining_twice(self, service, lin, hire):
        await hire(lin)
        await lin.write(f"/start {await invite(service)}")
        assert lin.keys == ["refusal-already-staff"]

    @pytest.mark.parametrize("text", ["hello", "/queue", "/case H-0001", "/help", "/start"])
    async def test_strangers_learn_only_that_it_is_for_staff(self, lin, text):
        await lin.write(text)
        assert lin.keys == ["staff-only", "staff-numbers-here"]

    @pytest.mark.parametrize(
        "words", ["I want to kill myself", "/start I want to kill myself", "我想自杀"]
    )
    async def test_a_stranger_in_danger_gets_the_numbers_and_is_told_that_nobody_reads(
        self, service, lin, words
    ):
        await lin.write(words)
        assert lin.keys[:2] == ["staff-nobody-reads", "crisis-title"]
        assert "crisis-emergency-one" in lin.keys
        await lin.send("photo", caption="I want to kill myself")
        assert lin.all_keys().count("staff-nobody-reads") == 2
        # nothing of a stranger is kept
        assert await rows(service, sa.select(Message.id)) == []

    @pytest.mark.parametrize("typed", ["/crisis", "/crisis please"])
    async def test_the_numbers_are_there_for_strangers_and_staff(self, lin, kim, hire, typed):
        await hire(kim)
        for phone in (lin, kim):
            await phone.write(typed)
            assert phone.keys[0] == "crisis-title" and "crisis-emergency-one" in phone.keys

    async def test_strangers_pictures_and_buttons(self, service, lin):
        await lin.send("photo")
        assert lin.keys == ["staff-only", "staff-numbers-here"]
        await lin.press_data(lin.last, "q:0")
        assert set(lin.all_keys()) == {"staff-only", "staff-numbers-here"}
        assert lin.answers() == ["staff-only"]


class TestRoles:
    @pytest.mark.parametrize("role", ["counselor", "editor", "adviser", "admin"])
    async def test_help_and_commands_name_what_the_role_may_do(self, service, lin, role):
        await lin.write(f"/start {await invite(service, role)}")
        await lin.write("/help")
        listed = for_role(role)
        shown = [key.removeprefix("staff-command-") for key in lin.keys if "command" in key]
        assert tuple(key.removesuffix("-admin") for key in shown) == listed
        commands = published(service, LIN)
        assert all(f'"{name}"' in commands or f"'{name}'" in commands for name in listed)
        assert ("staff-help-desk" in lin.keys) == (role in {"counselor", "admin"})
        assert ("staff-help-admin" in lin.keys) == (role == "admin")

    @pytest.mark.parametrize("command", ["/queue", "/case H-0001", "/oncall"])
    async def test_an_editor_may_not_open_the_desk(self, noor, hire, command):
        await hire(noor, "editor")
        await noor.write(command)
        assert noor.keys == ["refusal-not-allowed"]

    @pytest.mark.parametrize("name", [*_LATER, "hlep"])
    async def test_what_is_not_here_goes_to_nobody(self, lin, hire, name):
        await hire(lin)
        await lin.write(f"/{name}")
        assert lin.keys == ["staff-unknown-command" if name == "hlep" else "staff-not-here-yet"]

    async def test_language_changes_screen_and_commands(self, service, lin, hire):
        await hire(lin)
        await lin.write("/language")
        await lin.press("l:zh")
        assert languages_in(lin.last.text) == {"zh"} and lin.keys == ["staff-language-set"]
        await lin.write("/queue")
        assert languages_in(lin.last.text) == {"zh"}


class TestOnCall:
    async def test_on_for_hours_until_stopped_and_off(self, service, lin, hire, clock):
        await hire(lin, on_call=False)
        await lin.write("/oncall")
        assert lin.keys == [
            "staff-off-call", "staff-waiting", "staff-age-minutes", "staff-nobody-else",
        ]  # fmt: skip
        assert "staff-button-off" not in lin.labels()
        await lin.press("staff-button-on-4")
        assert lin.keys[0] == "staff-on-call-until"
        clock.advance(dt.timedelta(hours=5))
        await lin.write("/oncall")
        assert lin.keys[0] == "staff-off-call"
        await lin.press("staff-button-on-0")
        assert lin.keys[0] == "staff-on-call-until"
        await lin.press("staff-button-off")
        assert lin.keys[0] == "staff-off-call"

    async def test_asked_before_it_ends_and_one_tap_goes_on(self, service, lin, hire, clock):
        await hire(lin)
        staffing = service.handrail.services.staffing
        clock.advance(dt.timedelta(hours=11, minutes=50))
        await staffing.ask_still_there()
        await settled(service)
        assert lin.keys[0] == "staff-out-still-there"
        before = (await staffing.find(lin.person)).on_call_until
        await lin.press("staff-button-go-on")
        assert (await staffing.find(lin.person)).on_call_until > before
        assert "staff-on-call-until" in lin.all_keys()

    async def test_who_else_is(self, lin, kim, hire):
        await hire(lin, name="Lin <3")
        await hire(kim, name="Kim")
        await kim.write("/oncall")
        assert "staff-roster-line" in kim.keys and "Lin <3" in kim.last.text

    async def test_whoever_comes_on_call_is_paged_for_what_waits(
        self, service, lin, hire, enrolled
    ):
        await hire(lin, on_call=False)
        await enrolled.write("I've got the pills here and I'm going to take them tonight")
        await lin.write("/oncall")
        await lin.press("staff-button-on-8")
        await service.handrail.services.alerts.page_due()
        await settled(service)
        assert "staff-out-page" in lin.all_keys()

    async def test_whoever_comes_on_call_learns_what_waits_and_is_reminded_of_it(
        self, service, lin, hire, enrolled, clock
    ):
        await hire(lin, on_call=False)
        await enrolled.write("/counselor")
        clock.advance(dt.timedelta(minutes=20))
        await lin.write("/oncall")
        await lin.press("staff-button-on-8")
        assert "staff-waiting n=1 age=[en staff-age-minutes n=20]" in lin.last.text
        clock.advance(dt.timedelta(minutes=31))
        await service.handrail.services.alerts.remind_waiting()
        clock.advance(dt.timedelta(minutes=31))
        await service.handrail.services.alerts.remind_waiting()
        await settled(service)
        assert lin.keys == ["staff-out-waiting", "staff-age-hours"] and lin.last.protected
        assert "n=1" in lin.last.text
        await lin.press("staff-button-open-queue")
        assert lin.keys == ["staff-queue-title"]


class TestRevoking:
    async def test_takes_effect_at_once(self, service, lin, kim, hire, enrolled):
        staff = await hire(lin)
        await hire(kim, "admin", name="Kim")
        await enrolled.write("/counselor")
        (case,) = await rows(service, sa.select(Case))
        await service.handrail.services.desk.take(staff.id, case.id)
        await kim.write("/oncall")
        await kim.press("staff-button-roster")
        assert kim.keys[0] == "staff-roster-title"
        assert "staff-button-revoke" in kim.labels()
        await kim.press("staff-button-revoke")
        assert kim.keys == ["staff-revoke-ask"]
        await kim.press("staff-button-back")
        await kim.press("staff-button-revoke")
        await kim.press("staff-button-revoke-yes")
        assert "staff-revoked" in kim.all_keys()
        (case,) = await rows(service, sa.select(Case))
        assert case.status == "waiting"
        await lin.write("/queue")
        assert lin.keys == ["refusal-not-staff", "staff-numbers-here"]
        await lin.write("I want to kill myself")
        assert lin.keys[:2] == ["staff-nobody-reads", "crisis-title"]
        gone = [r for r in service.simulator.requests if r.method == "deleteMyCommands"]
        assert str(LIN) in str(gone[-1].params)

    async def test_a_forged_button_does_not_take_the_last_admin(self, service, kim, hire):
        view = await hire(kim, "admin", name="Kim")
        await kim.write("/oncall")
        await kim.press_data(kim.last, f"r:yes:{view.id.hex}")
        assert kim.answers() == ["refusal-last-admin"]
        assert not (await service.handrail.services.staffing.find(kim.person)).revoked

    async def test_only_admins_see_who_works_here(self, lin, hire):
        staff = await hire(lin)
        await lin.write("/oncall")
        assert "staff-button-roster" not in lin.labels()
        for data in ("r:list:0", f"r:ask:{staff.id.hex}", f"r:yes:{staff.id.hex}"):
            await lin.press_data(lin.last, data)
        assert lin.answers() == ["refusal-not-allowed"] * 3
