"""Plants strings through every door by which something said or known of a person can come in."""

from __future__ import annotations

import itertools

from bot.simulator import Person
from tests.support.phone import settled, staff, student
from tests.support.service import STAFF_TOKEN, STUDENT_TOKEN

WORRYING = "I want to kill myself"
_WAY_IN = ("button-look", "button-begin", "o:en:region:a", "o:en:consent:a:FR", "button-agree")


class Planting:
    """What was planted, by the door it came through; each string once."""

    def __init__(self, service) -> None:
        self.service = service
        self.planted: dict[str, str] = {}
        self._count = itertools.count(1)

    def words(self, door: str) -> str:
        """A sentence that stands nowhere else; every third in Chinese."""
        n = next(self._count)
        return self.known(f"金丝雀{n:03d}没人知道" if n % 3 == 0 else f"canary-{n:03d}-hid", door)

    def number(self, door: str) -> int:
        """A Telegram id, longer than 32 bits as those of today."""
        n = next(self._count)
        return int(self.known(str(6_810_000_000 + 7919 * n), door))

    def known(self, needle: str, door: str) -> str:
        """Something that was there before us, a code for one."""
        self.planted.setdefault(needle, door)
        return needle

    def person(self, bot: str) -> int:
        """Somebody with an id, a first name and a user name, who has started the bot."""
        simulator, person = self.service.simulator, self.number("Telegram id")
        name, handle = self.words("first name"), f"user_canary_{person % 10**6}"
        self.known(handle, "user name")
        simulator.add_person(Person(person, name, handle, "en", "student", bot, "P"))
        token = STUDENT_TOKEN if bot == "student" else STAFF_TOKEN
        simulator.apps.block(person, token, blocked=True)
        simulator.apps.block(person, token, blocked=False)
        return person

    async def raw(self, person: int, token: str = STUDENT_TOKEN, **content) -> None:
        """A message of a shape that the simulator's phones do not write."""
        user = self.service.simulator.world.people.get(person)
        await self.service.simulator.push_raw_update(
            token,
            {
                "message": {
                    "message_id": 900_000 + next(self._count),
                    "date": 1_790_000_000,
                    "chat": {"id": person, "type": "private"},
                    "from": user.user() if user else {"id": person, "is_bot": False},
                    **content,
                }
            },
        )

    async def before_consent(self, person: int) -> None:
        """Words of a stranger: plain, behind a command, worrying, under a picture."""
        phone, simulator = student(self.service, person), self.service.simulator
        await phone.write(self.words("before consent"))
        await phone.write(f"/start {self.words('behind a command')}")
        await phone.write(f"{self.words('worrying, before consent')} {WORRYING}")
        caption = self.words("caption before consent")
        await simulator.send_media(person, STUDENT_TOKEN, "photo", b"x", caption=caption)
        await self.raw(person, contact=self.contact())
        await settled(self.service)

    async def comes_in(self, person: int, code: str) -> None:
        """The whole way in, with a wrong campus code, the right one, and a pseudonym."""
        phone = student(self.service, person)
        await phone.write("/start")
        for name in _WAY_IN:
            await phone.press(name)
        await phone.write(self.words("wrong campus code"))
        await phone.write(self.known(code, "campus code"))
        assert "enrol-name" in phone.keys
        await phone.write(self.words("pseudonym on the way in"))
        await phone.press("button-cancel")
        await phone.write("/settings")
        await phone.press("button-name")
        await phone.write(self.words("pseudonym in the settings"))
        await phone.write("/menu")

    async def chats(self, person: int) -> None:
        """Everything a student can write or send."""
        simulator = self.service.simulator
        for _ in range(5):
            first = await simulator.send_text(person, STUDENT_TOKEN, self.words("text"))
        await simulator.send_text(person, STUDENT_TOKEN, f"/hlep {self.words('odd command')}")
        for kind in ("photo", "document"):
            await simulator.send_media(
                person, STUDENT_TOKEN, kind, b"x",
                caption=self.words("caption"), file_name=self.words("file name"),
            )  # fmt: skip
        await simulator.edit_text(person, STUDENT_TOKEN, first, self.words("edit"))
        words = self.words("reply")
        await simulator.send_text(person, STUDENT_TOKEN, words, reply_to=first)
        await self.forwards(person)
        await self.raw(person, contact=self.contact())
        await self.raw(person, poll=self.poll())
        venue = {
            "location": {"latitude": 1.5, "longitude": 2.5},
            "title": self.words("place"), "address": self.words("address"),
        }  # fmt: skip
        await self.raw(person, venue=venue, location=venue["location"])
        await self.raw(person, text="hm", quote={"text": self.words("quote"), "position": 0})
        await self.presses(person)
        await simulator.send_text(
            person, STUDENT_TOKEN, f"{self.words('worrying text')} {WORRYING}"
        )
        await settled(self.service)

    async def forwards(self, person: int) -> None:
        """Somebody else's words, under their name, from a person, a recluse and a channel."""
        date = 1_790_000_000
        sender = {"id": self.number("forwarded id"), "is_bot": False}
        sender["first_name"] = self.words("forwarded name")
        channel = {"id": -1_000_000_000_000 - self.number("channel"), "type": "channel"}
        channel["title"] = self.words("channel's title")
        self.known(str(-channel["id"]), "channel's id")
        for origin in (
            {"type": "user", "date": date, "sender_user": sender},
            {"type": "hidden_user", "date": date, "sender_user_name": self.words("hidden name")},
            {"type": "channel", "date": date, "chat": channel, "message_id": 1},
        ):
            await self.raw(person, text=self.words("forward"), forward_origin=origin)

    def contact(self) -> dict[str, object]:
        """Somebody's card: number, names, id."""
        number = self.known(f"+491709{next(self._count):06d}", "phone number")
        return {
            "phone_number": number,
            "first_name": self.words("contact's name"),
            "last_name": self.words("contact's family name"),
            "vcard": self.words("vcard"),
            "user_id": self.number("contact's id"),
        }

    def poll(self) -> dict[str, object]:
        """A poll with words in its question and its answers."""
        options = [
            {"persistent_id": str(n), "text": self.words("poll's answer"), "voter_count": 0}
            for n in range(2)
        ]
        return {
            "id": "1", "question": self.words("poll's question"), "options": options,
            "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular",
            "allows_multiple_answers": False, "allows_revoting": False, "members_only": False,
        }  # fmt: skip

    async def presses(self, person: int) -> None:
        """Forged buttons: unknown, of a dialog, of ours."""
        phone = student(self.service, person)
        for start in ("", "o:en:", "w:", "x:more:"):
            data = f"{start}{self.words('callback data')}"
            await phone.press_data(phone.last, data)

    async def poison(self, token: str, *, chats: int) -> None:
        """Updates that do not parse; the libraries' faults quote what they could not read."""
        for _ in range(chats):
            chat, words = self.number("poisoned chat"), self.words("unreadable text")
            await self.raw(chat, token, message_id=self.words("no number"), text=words, date={})

    async def strays(self, person: int) -> None:
        """Updates that are nobody's business: a group, a channel, a kind yet to be invented."""
        push = self.service.simulator.push_raw_update
        group = {
            "id": -self.number("group"),
            "type": "group",
            "title": self.words("group's title"),
        }
        for token in (STUDENT_TOKEN, STAFF_TOKEN):
            await self.raw(person, token, chat=group, text=self.words("said in a group"))
            await push(token, {"new_kind": {"from": {"id": person}, "text": self.words("new")}})

    async def works(self, person: int, code: str) -> None:
        """A counselor: joins, is named, answers, notes, sends a canned reply."""
        phone, simulator = staff(self.service, person), self.service.simulator
        await phone.write(self.words("to the staff bot, a stranger"))
        await phone.write(f"/start {self.words('wrong invite code')}")
        await phone.write(f"/start {self.known(code, 'invite code')}")
        await phone.write(f"/name {self.words('staff name')}")
        await phone.write("/queue")
        await phone.press("staff-queue-line")
        await phone.press("staff-button-take")
        await phone.press("c:words:")
        for _ in range(5):
            answer = await phone.write(self.words("counselor's answer"))
            assert phone.keys == ["staff-on-its-way"]
        await simulator.edit_text(person, STAFF_TOKEN, answer, self.words("counselor's edit"))
        await phone.send("photo", caption=self.words("counselor's caption"))
        for _ in range(3):
            await phone.press("staff-button-note")
            await phone.write(self.words("note"))
            assert phone.keys == ["staff-note-kept"]
            await phone.press("staff-button-card")
        await phone.press("staff-button-canned")
        await phone.press("c:can:")
        await phone.press("staff-button-send")
        await phone.write(f"/case {self.words('case number')}")
        await phone.write(f"/hlep {self.words('odd command')}")
        await self.raw(person, STAFF_TOKEN, contact=self.contact())
        await phone.press_data(phone.last, f"c:take:{self.words('callback data')}")
