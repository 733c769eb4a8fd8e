"""A real Chromium for the tests of the page; skipped where HANDRAIL_TEST_BROWSER names none."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

BROWSER = os.environ.get("HANDRAIL_TEST_BROWSER", "")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE_MS = 30_000


@contextlib.asynccontextmanager
async def opened(url: str, *, wait: bool = True, **context: Any) -> AsyncIterator[Any]:
    """The page at this address; a fault of its scripts fails the test."""
    if not BROWSER:
        pytest.skip("no Chromium here (HANDRAIL_TEST_BROWSER)")
    from playwright.async_api import async_playwright, expect

    expect.set_options(timeout=PATIENCE_MS)
    settings = {"viewport": {"width": 1500, "height": 950}, "locale": "en-GB"} | context
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        page = await browser.new_page(reduced_motion="reduce", **settings)
        faults: list[str] = []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.set_default_timeout(PATIENCE_MS)
        if wait:
            await page.goto(url)
            await page.locator("body[data-ready]").wait_for()
        yield page
        assert faults == []
        await browser.close()


async def shoot(page: Any, name: str, folder: Path) -> None:
    """Keep a picture, in HANDRAIL_TEST_SCREENSHOTS where that names a folder."""
    path = Path(os.environ.get("HANDRAIL_TEST_SCREENSHOTS") or folder) / f"{name}.png"
    await page.screenshot(path=path)
    assert path.stat().st_size > 20_000


async def show_phone(page: Any, person: int) -> Any:
    """Somebody's phone, shown if it is not there yet."""
    phone = page.locator(f'.phone[data-person="{person}"]')
    if not await phone.count():
        await page.locator(f'[data-tab="{person}"]').click()
    await phone.wait_for()
    return phone


async def write(phone: Any, text: str) -> None:
    await phone.locator('[data-testid="composer"]').fill(text)
    await phone.locator('[data-testid="send"]').click()


async def press(phone: Any, data: str) -> str:
    """Press the newest button whose data begins so; returns its data."""
    button = phone.locator(f'[data-callback^="{data}"]').last
    found = await button.get_attribute("data-callback")
    await button.click()
    return str(found)
