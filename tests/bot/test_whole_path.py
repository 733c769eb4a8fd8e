"""The path that matters most, through both bots over HTTP: the demo itself, in both languages."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.demo import STAFF_TOKEN, STUDENT_TOKEN, open_demo

STUDENT = {"en": 10_000_002, "zh": 10_000_001}
COUNSELOR = {"en": 10_000_012, "zh": 10_000_011}
WORRYING = {
    "en": "I can't do this anymore. I've got the pills here and I'm going to take them tonight",
    "zh": "我撑不下去了，药都买好了，今晚就走",
}


@pytest.fixture
async def demo(tmp_path):
    async with open_demo(tmp_path, 0, limits=False) as running:
        yield running


class Phone:
    """One person of the demo and their chat."""

    def __init__(self, demo, person, token):
        self.demo, self.person, self.token = demo, person, token

    def shown(self):
        return [m for m in self.demo.simulator.chat(self.person, self.token) if m.from_bot]

    async def write(self, text):
        await self.demo.simulator.send_text(self.person, self.token, text)

    async def press(self, data):
        """Press the newest button whose data begins so."""
        message, button = await self.demo.simulator.wait_for(lambda _: self._button(data), 5)
        await self.demo.simulator.press(self.person, self.token, message.id, button.data)

    def _button(self, data):
        for message in reversed(self.demo.simulator.chat(self.person, self.token)):
            for row in message.buttons or []:
                for button in row:
                    if (button.data or "").startswith(data):
                        return message, button
        return None

    async def press_label(self, label):
        await self.demo.simulator.wait_for(
            lambda _: any(
                label in b.text for m in self.shown() for r in m.buttons or [] for b in r
            ),
            5,
        )
        await self.demo.simulator.press_label(self.person, self.token, label)

    async def sees(self, words):
        return await self.demo.simulator.wait_for(
            lambda _: next((m for m in reversed(self.shown()) if words in (m.text or "")), None), 5
        )


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_student_in_trouble_reaches_a_counselor_and_gets_an_answer(demo, language):
    texts = demo.handrail.services.texts

    def plain(key, **args):
        return texts.get(language, key, **args).split("<")[0].split("\n")[0].strip()

    student = Phone(demo, STUDENT[language], STUDENT_TOKEN)
    counselor = Phone(demo, COUNSELOR[language], STAFF_TOKEN)

    await student.sees(plain("first-not-emergency"))
    await student.press(f"o:{language}:look")
    await student.press(f"o:{language}:age")
    await student.press(f"o:{language}:region:a")
    await student.press(f"o:{language}:consent:a:CN")
    await student.press(f"o:{language}:yes:a:CN")
    await student.press_label(texts.get(language, "button-next"))
    await student.sees(texts.get(language, "enrol-quiet", kept="22:00–08:00").split("</b>")[1])
    await student.press_label(texts.get(language, "button-skip"))
    await student.sees(texts.get(language, "menu-title", name="X").rsplit("</b>", 1)[1][:8])

    await student.write(WORRYING[language])
    card = await student.sees(plain("out-card"))
    assert "120" in card.text and "12356" in card.text

    await counselor.press("c:take")
    await student.sees(
        texts.get(language, "out-case-taken", name="§").rsplit("</b>", 1)[1].strip()
    )
    assert not any(WORRYING[language] in (m.text or "") for m in counselor.shown())
    await counselor.press("c:words")
    words = await counselor.sees(WORRYING[language][-10:])
    assert words.protected

    await counselor.write("I am here with you. 我在。")
    await student.sees("I am here with you. 我在。")
    await student.write("thank you / 谢谢")
    await counselor.press("c:read")
    await counselor.sees("thank you / 谢谢")

    await counselor.write("/queue")
    await counselor.press("c:card")
    await counselor.press("c:close:")
    await counselor.press("c:close-as:")
    await counselor.press("c:closed:")
    await student.sees(plain("out-case-closed"))

    await demo.simulator.advance(dt.timedelta(hours=21).total_seconds())
    await student.press("f:")
    everything = str([m.text for m in counselor.shown()])
    assert str(STUDENT[language]) not in everything
    assert "Alex" not in everything and "Mei" not in everything


async def test_the_next_day_the_same_counselors_are_on_call(demo):
    """A shift ends by itself; on the page a day passes in a moment, and the path goes on."""
    staffing = demo.handrail.services.staffing
    jordan = await staffing.find(COUNSELOR["en"])
    await staffing.set_on_call(jordan.id, False)
    await demo.simulator.advance(dt.timedelta(days=1).total_seconds())
    assert (await staffing.find(COUNSELOR["zh"])).on_call_until > demo.clock.now()
    # who went off themselves stays off
    assert not (await staffing.find(COUNSELOR["en"])).on_call
