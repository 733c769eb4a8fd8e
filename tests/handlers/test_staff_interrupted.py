"""Telegram refuses at the wrong moment: what was kept is kept, what nobody saw is unread."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot import lanes
from bot.simulator import Faults
from storage.tables import Delivery, Inbox, Message, Outbox
from tests.support.phone import keys_in, rows

WORRYING = "I want to kill myself <b>now</b>"
IMMINENT = "I've got the pills here and I'm going to take them tonight"


class Refusing(Faults):
    """So many requests of these methods get a 500, after the first few; the rest goes well."""

    def __init__(self, times, *methods, after=0):
        super().__init__()
        self.refused = [False] * after + [True] * times
        self.of = methods

    def draw(self, method):
        if method in self.of and self.refused and self.refused.pop(0):
            return "500", True
        return None, False


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(lanes, "_WAITS_S", (0.0, 0.0))


@pytest.fixture
def refuse(service):
    def refused(times, *methods, after=0):
        service.simulator.faults = Refusing(times, *methods, after=after)

    return refused


@pytest.fixture
async def taken(enrolled, lin, hire):
    """Lin has Ann's case, and Ann has written something imminent since."""
    await hire(lin)
    await enrolled.write(WORRYING)
    await lin.press("staff-button-take")
    await lin.press("staff-button-words")
    await enrolled.write(IMMINENT)
    return lin


async def unread(service):
    query = sa.select(sa.func.count(Message.id)).where(
        Message.read_at.is_(None), Message.direction == "from_student"
    )
    (count,) = await rows(service, query)
    return count


async def parked(service):
    return await rows(service, sa.select(Inbox.state).where(Inbox.state == "parked"))


def last_two(phone):
    return [keys_in(message.text)[0] for message in phone.messages[-2:]]


class TestWordsThatWereNotShown:
    @pytest.mark.parametrize(
        ("method", "button"),
        [
            ("sendMessage", "staff-button-words"),
            ("editMessageText", "staff-button-words"),
            ("editMessageText", "staff-button-read"),
        ],
    )
    async def test_once_the_card_comes_and_they_are_unread_until_shown(
        self, service, taken, refuse, method, button
    ):
        refuse(1, method)
        await taken.press(button)
        assert await unread(service) == 1
        assert last_two(taken) == ["staff-interrupted", "staff-card-title"]
        assert "staff-writing-in" not in taken.keys and "unread=1" in taken.last.text
        assert not await parked(service)
        await taken.press("staff-button-words")
        assert IMMINENT in taken.last.text
        assert await unread(service) == 0

    async def test_at_every_try_they_are_unread_and_the_button_still_opens_them(
        self, service, taken, refuse, monkeypatch
    ):
        monkeypatch.setattr(lanes, "_AWAY_WAITS_S", (0.01, 0.01))
        notice, data = taken.last, taken.data("staff-button-read")
        refuse(3, "sendMessage", "editMessageText")
        await taken.press_data(notice, data)
        assert await unread(service) == 1
        assert IMMINENT not in str([m.text for m in taken.messages])
        assert len(await parked(service)) == 1
        worker = service.handrail.lanes["staff"]._park.__self__
        assert not worker._applied
        await taken.press_data(notice, data)
        assert IMMINENT in str([m.text for m in taken.messages])
        assert await unread(service) == 0

    async def test_of_many_messages_one_that_fails_leaves_all_unread(
        self, service, enrolled, taken, refuse
    ):
        await enrolled.write("a long day " * 300)
        refuse(1, "editMessageText", after=1)
        await taken.press("staff-button-read")
        assert await unread(service) == 2

    async def test_an_empty_message_that_is_gone_is_sent_anew_with_the_words(
        self, service, taken, monkeypatch
    ):
        async def gone(*_):
            return False

        monkeypatch.setattr("handlers.staff.words.edit", gone)
        await taken.press("staff-button-read")
        assert IMMINENT in taken.last.text and taken.last.protected
        assert await unread(service) == 0
        kept = await rows(service, sa.select(Delivery.message_id))
        assert taken.last.id in kept


class TestRepliesThatWereNotSent:
    async def test_taken_once_and_the_card_is_drawn(self, service, enrolled, lin, hire, refuse):
        await hire(lin)
        await enrolled.write(WORRYING)
        refuse(1, "editMessageText")
        await lin.press("staff-button-take")
        assert last_two(lin) == ["staff-interrupted", "staff-card-title"]
        assert "staff-status-mine" in lin.keys and "staff-writing-in" not in lin.keys
        # what is typed into a screen that nobody saw goes to no student
        await lin.write("I am here")
        said = sa.select(Message.id).where(Message.direction == "to_student")
        assert await rows(service, said) == []
        assert (await rows(service, sa.select(Outbox.text_key))).count("out-case-taken") == 1

    async def test_given_back_once_and_the_card_is_drawn(self, taken, refuse):
        await taken.press("staff-button-read")
        await taken.press("staff-button-open")
        await taken.press("staff-button-release")
        refuse(1, "editMessageText")
        await taken.press("staff-button-give")
        assert "staff-interrupted" in taken.all_keys()
        assert "staff-status-waiting" in taken.all_keys()

    async def test_an_answer_goes_out_once(self, service, enrolled, taken, refuse):
        refuse(1, "sendMessage")
        await taken.write("I am here")
        sent = await rows(service, sa.select(Outbox.text_key))
        assert sent.count("out-from-counselor") == 1
        assert "staff-interrupted" in taken.all_keys()

    async def test_a_note_that_was_not_asked_for_is_none(self, taken, refuse):
        await taken.press("staff-button-read")
        await taken.press("staff-button-open")
        refuse(1, "editMessageText")
        await taken.press("staff-button-note")
        assert last_two(taken) == ["staff-interrupted", "staff-card-title"]

    async def test_whoever_joined_is_asked_for_a_language(self, service, lin, refuse):
        code = await service.handrail.services.staffing.invite("editor")
        refuse(1, "sendMessage")
        await lin.write(f"/start {code}")
        assert last_two(lin) == ["staff-interrupted", "staff-joined"]
        assert lin.labels() == ["staff-language-name"] * 2

    async def test_going_on_call(self, lin, hire, refuse):
        await hire(lin, on_call=False)
        await lin.write("/oncall")
        refuse(1, "editMessageText")
        await lin.press("staff-button-on-4")
        assert last_two(lin) == ["staff-interrupted", "staff-on-call-until"]

    async def test_an_editor_sees_the_help(self, lin, hire, refuse):
        await hire(lin, "editor")
        await lin.write("/language")
        refuse(1, "editMessageText")
        await lin.press("l:en")
        assert last_two(lin) == ["staff-interrupted", "staff-help"]
