"""The page in Chromium over a bare simulator: races, a lost line, keyboard, files, blocking."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramForbiddenError
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.simulator import Person, Simulator
from bot.simulator.page_api import PAGE
from tests.bot.simulator.browser import opened, press, show_phone, write
from tests.bot.simulator.conftest import ANN, BO, TOKEN, aiogram_bot

NEW = 1009
KEYS = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="One", callback_data="one"),
            InlineKeyboardButton(text="Two", callback_data="two"),
        ]
    ]
)

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
async def page(sim: Simulator) -> AsyncIterator[Any]:
    async with opened(sim.url) as made:
        yield made


async def waiting(sim: Simulator, kind: str, count: int = 1) -> list[dict[str, Any]]:
    """The newest updates of a kind, once there are so many."""
    updates = sim.world.bot(TOKEN).updates

    def found() -> list[dict[str, Any]]:
        return [update.body[kind] for update in updates if update.kind == kind]

    async with asyncio.timeout(30):
        while len(found()) < count:
            await asyncio.sleep(0.02)
    return found()


async def test_what_happens_while_the_page_loads_is_shown(
    sim: Simulator, aiogram: Bot, tmp_path: Path
) -> None:
    async with opened(sim.url, wait=False) as page:
        held: list[Any] = []

        async def answer_late(route: Any) -> None:
            if held or f"person={ANN}" not in route.request.url:
                await route.continue_()
                return
            held.append(stale := await route.fetch())
            await aiogram.send_message(ANN, "after the answer was made")
            sim.add_person(Person(NEW, "Di"))
            await sim.send_text(NEW, TOKEN, "somebody new")
            for width in (700, 1500):
                await page.set_viewport_size({"width": width, "height": 950})
            await route.fulfill(response=stale)

        await page.route("**/sim/history**", answer_late)
        await page.goto(sim.url)
        await page.locator("body[data-ready]").wait_for()
        phone = await show_phone(page, ANN)
        await phone.locator(".from-bot", has_text="after the answer was made").wait_for()
        assert await phone.locator(".from-bot").count() == 1
        di = await show_phone(page, NEW)
        await di.locator(".from-me", has_text="somebody new").wait_for()


async def test_two_taps_are_one_press_and_two_enters_one_message(
    page: Any, sim: Simulator, aiogram: Bot
) -> None:
    phone = await show_phone(page, ANN)
    await aiogram.send_message(ANN, "choose", reply_markup=KEYS)
    await phone.locator('[data-callback="one"]').dblclick()
    await press(phone, "two")
    (one, two) = await waiting(sim, "callback_query", 2)
    assert (one["data"], two["data"]) == ("one", "two")
    # the bot answered: the same button may be pressed again
    await aiogram.answer_callback_query(one["id"], "heard")
    await phone.locator(".toast").wait_for()
    await press(phone, "one")
    assert (await waiting(sim, "callback_query", 3))[-1]["data"] == "one"
    field = phone.locator('[data-testid="composer"]')
    await field.fill("only once")
    await field.evaluate(
        """field => { for (let i = 0; i < 2; i += 1)
        field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true })); }"""
    )
    await write(phone, "then this")
    await phone.locator(".from-me", has_text="then this").wait_for()
    mine = [m.text for m in sim.chat(ANN, TOKEN) if not m.from_bot]
    assert mine == ["/start", "only once", "then this"]


async def test_a_lost_server_says_so_keeps_the_draft_and_is_caught_up_with(tmp_path: Path) -> None:
    first = Simulator(tmp_path, limits=False)
    first.add_bot(TOKEN, "handrail_bot", "Handrail", key="student")
    first.add_person(Person(ANN, "Ann"))
    await first.start()
    port = int(first.url.rpartition(":")[2])
    await first.send_text(ANN, TOKEN, "/start")
    async with opened(first.url) as page:
        phone = await show_phone(page, ANN)
        field = phone.locator('[data-testid="composer"]')
        await field.fill("written before")
        await first.stop()
        await page.locator("#trouble").wait_for()
        await phone.locator('[data-testid="send"]').click()
        await page.wait_for_function(
            "() => document.querySelector('textarea').value === 'written before'"
        )
        second = Simulator(tmp_path, limits=False)
        second.add_bot(TOKEN, "handrail_bot", "Handrail", key="student")
        await second.send_text(ANN, TOKEN, "missed by the page")
        await second.start(port=port)
        bot = aiogram_bot(second)
        await page.locator("#trouble").wait_for(state="hidden")
        await phone.locator(".from-me", has_text="missed by the page").wait_for()
        assert await field.input_value() == "written before"
        await phone.locator('[data-testid="send"]').click()
        await bot.send_message(ANN, "and on it goes")
        await phone.locator(".from-bot", has_text="and on it goes").wait_for()
        assert [m.text for m in second.chat(ANN, TOKEN)][-2:] == [
            "written before",
            "and on it goes",
        ]
        await page.reload()
        await page.locator("body[data-ready]").wait_for()
        assert await field.input_value() == ""
    await bot.session.close()
    await second.stop()


async def test_focus_stays_where_the_keyboard_was(page: Any, sim: Simulator, aiogram: Bot) -> None:
    phone = await show_phone(page, ANN)
    sent = await aiogram.send_message(ANN, "choose", reply_markup=KEYS)
    focused = "() => document.activeElement.dataset.callback ?? document.activeElement.className"
    await phone.locator('[data-callback="two"]').focus()
    await page.keyboard.press("Enter")
    await waiting(sim, "callback_query")
    await aiogram.edit_message_text(
        "chosen", chat_id=ANN, message_id=sent.message_id, reply_markup=KEYS
    )
    await phone.locator(".from-bot", has_text="chosen").wait_for()
    assert await page.evaluate(focused) == "two"
    await aiogram.delete_message(ANN, sent.message_id)
    await phone.locator('[data-callback="two"]').wait_for(state="detached")
    assert await page.evaluate(focused) == "log"
    await page.locator(f'[data-tab="{BO}"]').focus()
    await page.keyboard.press("Enter")
    assert await page.evaluate("() => document.activeElement.dataset.tab") == str(BO)


async def test_a_long_message_shows_its_beginning_and_new_ones_do_not_pull_away(
    page: Any, sim: Simulator, aiogram: Bot
) -> None:
    phone = await show_phone(page, ANN)
    log = phone.locator(".log")
    first = await aiogram.send_message(ANN, "the number\n" + "a line\n" * 80)
    card = phone.locator(f'[data-message="{first.message_id}"]')
    await card.wait_for()

    async def top() -> float:
        return (await card.bounding_box())["y"] - (await log.bounding_box())["y"]

    assert 0 <= await top() <= 20
    await aiogram.send_message(ANN, "newer")
    await phone.locator(".newest b", has_text="1").wait_for()
    assert 0 <= await top() <= 20
    await phone.locator(".newest").click()
    await phone.locator(".newest").wait_for(state="hidden")
    assert await top() < 0
    await aiogram.send_message(ANN, "newest")
    await phone.locator(".from-bot", has_text="newest").wait_for()
    assert await phone.locator(".newest").is_hidden()


async def test_what_a_pressed_button_brings_is_followed_from_the_start_of_a_tall_message(
    page: Any, sim: Simulator, aiogram: Bot
) -> None:
    phone = await show_phone(page, ANN)
    tall = "\n".join(f"line {number}" for number in range(80))
    await aiogram.send_message(ANN, tall, reply_markup=KEYS)
    await phone.locator(".newest").wait_for()
    log = phone.locator(".log")
    await phone.locator('[data-callback="one"]').evaluate("key => key.click()")
    await waiting(sim, "callback_query")
    await aiogram.send_message(ANN, "here is the answer")
    await phone.locator(".from-bot", has_text="here is the answer").wait_for()
    assert await log.evaluate("log => log.scrollHeight - log.scrollTop - log.clientHeight") < 100


async def test_menus_by_keyboard(page: Any, sim: Simulator) -> None:
    phone = await show_phone(page, ANN)
    for name in ("more", "attach"):
        opener = phone.locator(f'[data-testid="{name}"]')
        await opener.focus()
        await page.keyboard.press("Enter")
        items = phone.locator('[role="menuitem"]:visible')
        assert await opener.get_attribute("aria-expanded") == "true"
        await page.keyboard.press("ArrowUp")
        assert await items.last.evaluate("item => item === document.activeElement")
        await page.keyboard.press("ArrowDown")
        assert await items.first.evaluate("item => item === document.activeElement")
        await page.keyboard.press("Escape")
        await phone.locator('[role="menu"]:visible').wait_for(state="detached")
        assert await opener.evaluate("button => button === document.activeElement")
        assert await opener.get_attribute("aria-expanded") == "false"


async def test_block_unblock_and_the_language_of_telegram(
    page: Any, sim: Simulator, aiogram: Bot
) -> None:
    phone = await show_phone(page, ANN)
    await phone.locator('[data-testid="composer"]').fill("a draft")
    for choice in (0, 1):
        await phone.locator('[data-testid="more"]').click()
        await phone.locator('[role="menuitem"]:visible').nth(choice).click()
    await phone.locator('[data-testid="unblock"]').click(trial=True)
    assert await phone.locator('[data-testid="composer"]').count() == 0
    with pytest.raises(TelegramForbiddenError):
        await aiogram.send_message(ANN, "x")
    await phone.locator('[data-testid="unblock"]').click()
    assert await phone.locator('[data-testid="composer"]').input_value() == "a draft"
    await phone.locator('[data-testid="send"]').click()
    messages = await waiting(sim, "message", 3)
    assert (messages[-1]["text"], messages[-1]["from"]["language_code"]) == ("a draft", "zh-hans")
    states = [u["new_chat_member"]["status"] for u in await waiting(sim, "my_chat_member", 2)]
    assert states == ["kicked", "member"]


async def test_files_are_sent_and_seen(page: Any, sim: Simulator) -> None:
    phone = await show_phone(page, ANN)

    async def attach(item: int) -> None:
        await phone.locator('[data-testid="attach"]').click()
        await phone.locator('[role="menuitem"]:visible').nth(item).click()

    sample = PAGE / "samples" / "photo.jpg"
    async with page.expect_file_chooser() as chooser:
        await attach(0)
    await (await chooser.value).set_files(sample)
    (photo,) = [m for m in await waiting(sim, "message", 3) if "photo" in m]
    assert sim.world.files[photo["photo"][-1]["file_id"]].data == sample.read_bytes()
    for number, item in enumerate((2, 3, 4)):
        await attach(item)
        await waiting(sim, "message", 4 + number)
    for shown in (".picture img", "img.sticker"):
        await phone.locator(shown).last.wait_for()
        await page.wait_for_function(
            "name => document.querySelector(name).naturalWidth >= 500", arg=shown
        )
    await page.wait_for_function("() => document.querySelector('audio').duration > 2.5")
    async with page.expect_file_chooser() as chooser:
        await attach(1)
    await (await chooser.value).set_files(
        {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""}
    )
    await phone.locator(".fault").wait_for()
    async with page.expect_file_chooser() as chooser:
        await attach(1)
    await (await chooser.value).set_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"notes"}
    )
    await phone.locator(".file", has_text="notes.txt").wait_for()
    await phone.locator(".fault").wait_for(state="hidden")


async def test_reply_and_edit(page: Any, sim: Simulator, aiogram: Bot) -> None:
    phone = await show_phone(page, ANN)
    sent = await aiogram.send_message(ANN, "<b>Said</b> & done", parse_mode="HTML")
    field = phone.locator('[data-testid="composer"]')
    theirs = phone.locator(f'[data-message="{sent.message_id}"]')
    await theirs.hover()
    await theirs.locator(".act").click()
    await phone.locator(".context").wait_for()
    await page.keyboard.press("Escape")
    await phone.locator(".context").wait_for(state="hidden")
    await theirs.locator(".act").click()
    await write(phone, "my answer")
    reply = (await waiting(sim, "message", 3))[-1]
    assert reply["reply_to_message"]["message_id"] == sent.message_id
    mine = phone.locator(f'[data-message="{reply["message_id"]}"]')
    assert await mine.locator(".quote").inner_text() == "Said & done"
    await field.fill("a draft that waits")
    await mine.hover()
    await mine.locator(".act").last.click()
    assert await field.input_value() == "my answer"
    await write(phone, "my better <i>answer</i>")
    (edit,) = await waiting(sim, "edited_message")
    assert edit["text"] == "my better <i>answer</i>"
    # what a person writes is never markup, and the draft is back
    await mine.locator(".words", has_text="my better <i>answer</i>").wait_for()
    assert await field.input_value() == "a draft that waits"
    await page.reload()
    await page.locator("body[data-ready]").wait_for()
    assert await field.input_value() == "a draft that waits"


CONTRAST = """() => {
  const parse = (text) => {
    const numbers = text.match(/[\\d.]+/g).map(Number);
    const scale = text.startsWith("color(") ? 1 : 255;
    return { rgb: numbers.slice(0, 3).map((n) => n / scale), alpha: numbers[3] ?? 1 };
  };
  const light = (rgb) => rgb.map((c) => (c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const found = parse(getComputedStyle(at).backgroundColor);
      if (found.alpha === 1) return found.rgb;
    }
    return [1, 1, 1];
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !node.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color).rgb), light(ground(node))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) poor.push(`${node.className || node.tagName} ${ratio.toFixed(2)}`);
  }
  return poor;
}"""
NAMELESS = """() => [...document.querySelectorAll("button, a, textarea, img, audio, [role]")]
  .filter((node) => node.checkVisibility() && !node.closest("[aria-hidden]"))
  .filter((node) => !(node.ariaLabel || node.alt || node.textContent.trim()))
  .filter((node) => !["status", "alert"].includes(node.getAttribute("role")))
  .map((node) => node.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_contrast_and_names(sim: Simulator, aiogram: Bot, scheme: str) -> None:
    text = "<i>quiet</i> /help <a href='https://a.org'>link</a> <code>x</code>"
    await aiogram.send_message(ANN, text, parse_mode="HTML", reply_markup=KEYS)
    pinned = await aiogram.send_message(ANN, "pinned", protect_content=True)
    await aiogram.pin_chat_message(ANN, pinned.message_id)
    async with opened(sim.url, color_scheme=scheme) as page:
        for language in ("en", "zh-Hans"):
            await page.locator(f'html[lang="{language}"]').wait_for()
            phone = await show_phone(page, ANN)
            await write(phone, "mine")
            await phone.locator('[data-testid="commands"]').click()
            assert await page.evaluate(CONTRAST) == []
            assert await page.evaluate(NAMELESS) == []
            await page.keyboard.press("Escape")
            await page.locator("#tongue").click()
        sim.block(BO, TOKEN)
        await (await show_phone(page, BO)).locator('[data-testid="unblock"]').wait_for()
        await page.locator("#trouble").evaluate("box => { box.hidden = false; box.append('x'); }")
        assert await page.evaluate(CONTRAST) == []


async def test_the_page_has_the_same_words_in_both_languages(page: Any) -> None:
    english, chinese = await page.evaluate(
        """async () => Object.values((await import("/static/strings.js")).WORDS)
        .map((words) => Object.entries(words).filter(([, word]) => word).map(([key]) => key))"""
    )
    assert sorted(english) == sorted(chinese) and len(english) > 50
