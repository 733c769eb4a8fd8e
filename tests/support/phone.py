"""People and their phones: what somebody writes and presses, and which text keys they then see.

`KeyTexts` shows `[en first-hello]` where a person reads a sentence, so that tests assert which
words were chosen, in which language and with which values, and never how they are put.
"""

from __future__ import annotations

import asyncio
import re

import sqlalchemy as sa

from content.texts import Texts
from storage.tables import Outbox
from tests.support.service import STAFF_TOKEN, STUDENT_TOKEN

_KEY = re.compile(r"\[(en|zh) ([a-z0-9-]+)")


class KeyTexts(Texts):
    """The real texts, checked with the real values, then shown as their keys."""

    def get(self, language, key, /, **args):
        super().get(language, key, **args)
        values = "".join(f" {name}={value}" for name, value in args.items())
        return f"[{language} {key}{values}]"


def keys_in(text):
    """The keys a message was put together from, in order."""
    return [key for _, key in _KEY.findall(text or "")]


def languages_in(text):
    """The languages of a message; more than one is a fault, except where a language is named."""
    return {language for language, _ in _KEY.findall(text or "")}


class Phone:
    """One person's chat with one bot."""

    def __init__(self, service, person, token):
        self.service, self.person, self.token = service, person, token

    @property
    def messages(self):
        """What the bot's side of the chat shows now, oldest first."""
        chat = self.service.simulator.chat(self.person, self.token)
        return [m for m in chat if m.from_bot and not m.deleted]

    @property
    def last(self):
        """The newest message that has not come by the pinning."""
        return self.messages[-1]

    @property
    def keys(self):
        """The keys of the newest message."""
        return keys_in(self.last.text)

    def all_keys(self):
        """The keys of every message, in order."""
        return [key for message in self.messages for key in keys_in(message.text)]

    def labels(self, message=None):
        """The keys of the buttons, in order; the whole label where it is not a text of ours."""
        return [
            (keys_in(button.text) or [button.text])[0]
            for row in (message or self.last).buttons
            for button in row
        ]

    async def write(self, text, **how):
        """Write, and wait until everything that follows has come."""
        message_id = await self.service.simulator.send_text(self.person, self.token, text, **how)
        await settled(self.service)
        return message_id

    async def send(self, kind, **how):
        """Send a picture, a voice message, a sticker."""
        await self.service.simulator.send_media(self.person, self.token, kind, b"x", **how)
        await settled(self.service)

    async def receive_raw(self, **content):
        """A message of a kind the simulator's phones do not write: a poll, a place."""
        await self.service.simulator.push_raw_update(
            self.token,
            {
                "message": {
                    "message_id": 900_000 + len(self.service.simulator.requests),
                    "date": 1_790_000_000,
                    "chat": {"id": self.person, "type": "private"},
                    "from": {"id": self.person, "is_bot": False, "first_name": "A"},
                    **content,
                }
            },
        )
        await settled(self.service)

    async def press(self, name):
        """Press the newest button with that key, or whose data begins so."""
        for message in reversed(self.messages):
            for row in message.buttons:
                for button in row:
                    data = button.data or ""
                    if name in (keys_in(button.text) or [button.text]) or data.startswith(name):
                        await self.service.simulator.press(
                            self.person, self.token, message.id, data
                        )
                        return await settled(self.service)
        raise AssertionError(f"no button {name}; there are {self.labels()}")

    async def press_data(self, message, data):
        """Press any data under any message: a button of another day, or a forged one."""
        await self.service.simulator.push_raw_update(
            self.token,
            {
                "callback_query": {
                    "id": f"{self.person}{len(self.service.simulator.requests)}",
                    "from": {"id": self.person, "is_bot": False, "first_name": "A"},
                    "chat_instance": "1",
                    "data": data,
                    "message": message.raw,
                }
            },
        )
        await settled(self.service)

    def data(self, name, message=None):
        """The callback data of a button."""
        found = [
            button.data
            for row in (message or self.last).buttons
            for button in row
            if name in keys_in(button.text)
        ]
        assert found, f"no button {name}; there are {self.labels(message)}"
        return found[0]

    def answers(self):
        """The keys of what pressed buttons were answered with (the small notes), in order."""
        return [
            key
            for request in self.service.simulator.requests
            if request.method == "answerCallbackQuery" and request.token == self.token
            for key in keys_in(str(request.params.get("text") or ""))
        ]


def student(service, person):
    """A phone with the student bot."""
    return Phone(service, person, STUDENT_TOKEN)


def staff(service, person):
    """A phone with the staff bot."""
    return Phone(service, person, STAFF_TOKEN)


async def settled(service):
    """Every update handled, every letter sent."""
    for _ in range(600):
        await service.quiet()
        left = await service.handrail.database.read(
            lambda unit: unit.scalar(
                sa.select(sa.func.count())
                .select_from(Outbox)
                .where(Outbox.state.in_(["waiting", "attempting"]))
            )
        )
        if not left:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("letters are left")


async def rows(service, query):
    """Rows, read past the bots."""
    return await service.handrail.database.read(lambda unit: list(unit.scalars(query)))
