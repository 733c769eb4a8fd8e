"""The demo page in a real browser: the whole path, as student and counselor, in both languages."""

from __future__ import annotations

import re

import pytest

from bot.demo import STAFF_TOKEN, open_demo
from tests.bot.simulator.browser import opened, press, shoot, show_phone, write

STUDENT = {"en": 10_000_002, "zh": 10_000_001}
COUNSELOR = {"en": 10_000_012, "zh": 10_000_011}
NAME = {"en": "Alex", "zh": "Mei"}
WORRYING = {
    "en": "I can't go on. I've got the pills and I'll take them tonight",
    "zh": "我撑不下去了，药都买好了，今晚就走",
}
HERE = "I'm glad you wrote. 你写出来了，真好。"
THANKS = "thank you, I am in my room 谢谢，我在宿舍"

pytestmark = pytest.mark.timeout(300)  # a browser, both bots and a loaded machine


@pytest.fixture
async def demo(tmp_path):
    async with open_demo(tmp_path, 0, limits=False) as running:
        yield running


async def newest(phone) -> int:
    """The id of the newest message a phone shows."""
    ids = await phone.locator(".bubble").evaluate_all("all => all.map(b => +b.dataset.message)")
    return max(ids, default=0)


async def newer_with(phone, data: str, than: int):
    """Wait for a message newer than `than` that has such a button."""
    await phone.page.wait_for_function(
        """([person, data, than]) => [...document.querySelectorAll(
            `.phone[data-person="${person}"] .from-bot [data-callback^="${data}"]`)]
            .some((key) => +key.closest("[data-message]").dataset.message > than)""",
        arg=[await phone.get_attribute("data-person"), data, than],
    )


async def enrol(student, language: str) -> None:
    for step in ("look", "age", "region:a", "consent:a:CN", "yes:a:CN"):
        await press(student, f"o:{language}:{step}")
    # a name, a time zone and quiet hours are offered, and may wait
    form = student.locator('[data-callback$="leave"]')
    await form.last.click()
    await form.wait_for(state="detached")


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_student_in_trouble_is_heard_closed_and_heard_again(demo, language, tmp_path):
    async with opened(demo.url) as page:
        if language == "zh":
            await page.locator("#tongue").click()
            await page.locator('html[lang="zh-Hans"]').wait_for()
        student = await show_phone(page, STUDENT[language])
        counselor = await show_phone(page, COUNSELOR[language])
        await shoot(page, f"1-opened-{language}", tmp_path)

        await enrol(student, language)
        await write(student, WORRYING[language])
        await student.locator('[data-callback^="n:"]').last.wait_for()
        card = student.locator('.from-bot:has([data-callback^="n:"])').last
        assert "120" in (shown := await card.inner_text()) and "12356" in shown
        await counselor.locator('[data-callback^="a:"]').last.wait_for()
        assert WORRYING[language][-12:] not in await counselor.inner_text()
        await shoot(page, f"2-card-and-alert-{language}", tmp_path)

        case = (await press(counselor, "c:take:")).rpartition(":")[2]
        await press(counselor, f"c:words:{case}")
        words = counselor.locator(".is-protected", has_text=WORRYING[language][-12:])
        await words.wait_for()
        await shoot(page, f"3-words-{language}", tmp_path)

        await write(counselor, HERE)
        await student.locator(".from-bot", has_text=HERE).wait_for()
        await write(student, THANKS)
        await press(counselor, f"c:read:{case}")
        await counselor.locator(".is-protected", has_text=THANKS).wait_for()

        await press(counselor, f"c:canned:{case}")
        await press(counselor, f"c:can:{case}:")
        await counselor.locator(f'[data-callback^="c:say:{case}:"]').last.wait_for()
        canned = await counselor.locator(".words blockquote").last.inner_text()
        await press(counselor, f"c:say:{case}:")
        await student.locator(".from-bot", has_text=re.compile(re.escape(canned[:20]))).wait_for()
        await shoot(page, f"4-talk-{language}", tmp_path)

        before = await newest(student)
        await press(counselor, f"c:card:{case}")
        await press(counselor, f"c:close:{case}")
        await press(counselor, f"c:close-as:{case}:")
        await press(counselor, f"c:closed:{case}:")
        await newer_with(student, "m:menu", before)
        await shoot(page, f"5-closed-{language}", tmp_path)

        before = await newest(student)
        await page.locator('[data-advance="86400"]').click()
        await newer_with(student, "f:", before)
        await shoot(page, f"6-next-day-{language}", tmp_path)

        before = await newest(counselor)
        await student.locator('[data-callback^="f:"][data-callback$=":worse"]').last.click()
        await newer_with(counselor, "c:", before)
        again = counselor.locator(f'[data-message]:has([data-callback$="{case}"])').last
        assert int(await again.get_attribute("data-message") or 0) > before
        await write(counselor, "/queue")
        await newer_with(counselor, f"c:card:{case}", before)
        await shoot(page, f"7-back-in-the-queue-{language}", tmp_path)

        # not on the phone now, and in nothing the staff bot ever sent
        kept = await counselor.evaluate("phone => phone.outerHTML")
        sent = str([r.params for r in demo.simulator.requests if r.token == STAFF_TOKEN])
        assert HERE not in sent and case in sent
        for secret in (NAME[language], str(STUDENT[language])):
            assert secret not in kept and secret not in sent


async def test_a_phone_sized_screen_shows_one_phone(demo, tmp_path):
    size = {"width": 390, "height": 800}
    async with opened(demo.url, viewport=size, has_touch=True, is_mobile=True) as page:
        assert await page.locator(".phone").count() == 1
        await page.locator(f'[data-tab="{COUNSELOR["en"]}"]').tap()
        await page.locator(f'.phone[data-person="{COUNSELOR["en"]}"]').wait_for()
        assert await page.locator(".phone").count() == 1
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        await shoot(page, "phone-size", tmp_path)
