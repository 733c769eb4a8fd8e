"""The demo page in a real browser: be a student, then the counselor, in both languages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.demo import open_demo

BROWSER = os.environ.get("HANDRAIL_TEST_BROWSER", "")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
SHOTS = os.environ.get("HANDRAIL_TEST_SCREENSHOTS", "")
STUDENT = {"en": 10_000_002, "zh": 10_000_001}
COUNSELOR = {"en": 10_000_012, "zh": 10_000_011}
WORRYING = {
    "en": "I can't go on. I've got the pills and I'll take them tonight",
    "zh": "我撑不下去了，药都买好了，今晚就走",
}
SIZE = {"en": (1500, 950), "zh": (1500, 950)}


@pytest.fixture
async def page(tmp_path):
    if not BROWSER:
        pytest.skip("no Chromium here (HANDRAIL_TEST_BROWSER)")
    from playwright.async_api import async_playwright

    async with open_demo(tmp_path, 0, limits=False) as demo, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        opened = await browser.new_page(viewport={"width": 1500, "height": 950}, locale="en-US")
        faults = []
        opened.on("pageerror", lambda fault: faults.append(str(fault)))
        opened.set_default_timeout(15_000)
        await opened.goto(demo.url)
        # before the first phone is there, a tap on a tab would hide it again
        await opened.locator(".phone").first.wait_for()
        opened.faults, opened.demo = faults, demo
        yield opened
        assert faults == []
        await browser.close()


async def shoot(page, name, tmp_path):
    folder = Path(SHOTS) if SHOTS else tmp_path
    path = folder / f"{name}.png"
    await page.screenshot(path=path)
    assert path.stat().st_size > 20_000


async def phone_of(page, person, name):
    """Show somebody's phone if it is not there yet."""
    phone = page.locator(f'.phone[data-person="{person}"]')
    if not await phone.count():
        await page.locator(".tab", has_text=name).click()
    await phone.wait_for()
    return phone


async def write(phone, text):
    await phone.locator('[data-testid="composer"]').fill(text)
    await phone.locator('[data-testid="send"]').click()


async def press(phone, data):
    await phone.locator(f'[data-callback^="{data}"]').last.click()


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_student_and_counselor_meet_on_the_page(page, language, tmp_path):
    if language == "zh":
        await page.locator("#tongue").click()
    student = await phone_of(page, STUDENT[language], "Mei" if language == "zh" else "Alex")
    counselor = await phone_of(page, COUNSELOR[language], "Lin" if language == "zh" else "Jordan")
    await press(student, f"o:{language}:look")
    await press(student, f"o:{language}:age")
    await press(student, f"o:{language}:region:a")
    await press(student, f"o:{language}:consent:a:CN")
    await press(student, f"o:{language}:yes:a:CN")
    await student.locator(".key").nth(-1).wait_for()
    await write(student, "/menu")
    await write(student, WORRYING[language])
    await student.locator(".from-bot", has_text="12356").first.wait_for()
    await shoot(page, f"card-{language}", tmp_path)
    await press(counselor, "c:take")
    await press(counselor, "c:words")
    await counselor.locator(".from-bot", has_text=WORRYING[language][-12:]).wait_for()
    await write(counselor, "Hello, I am here. 你好，我在。")
    await student.locator(".from-bot", has_text="你好，我在").wait_for()
    await shoot(page, f"talk-{language}", tmp_path)
    assert WORRYING[language] not in await page.locator("header.top").inner_text()


async def test_a_phone_sized_screen_shows_one_phone(page, tmp_path):
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.reload()
    await page.locator(".phone").first.wait_for()
    assert await page.locator(".phone").count() == 1
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    await shoot(page, "phone-size", tmp_path)
