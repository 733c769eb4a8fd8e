"""When the store is down, or a row is put aside: whoever asks for help, or is in danger, still
gets the numbers.

Imports neither storage nor dialogs. With the store down the update stays unacknowledged, so its
words are handled in full once the store is back.
"""

from __future__ import annotations

import collections
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import structlog

from bot.away import TelegramAway
from bot.updates import read_update
from flows.rules import triage as rules
from flows.rules.risk import Lexicon, screen_lexicon

_log = structlog.get_logger(__name__)
_REMEMBERED = 10_000
CRISIS_BUTTON = "x:crisis"

# sends one HTML text to a chat through one of the bots; TelegramAway when nothing can be sent now
Send = Callable[[int, str], Awaitable[None]]
# the static card for a region (None: unknown), both languages
Card = Callable[[str | None], str]
Ping = Callable[[str], Awaitable[None]]


class Row(Protocol):
    """What is needed of a stored update."""

    @property
    def bot(self) -> str:
        """Which bot it came to."""
        ...

    @property
    def payload(self) -> bytes:
        """The raw update."""
        ...


class Emergency:
    """The path that needs no database."""

    def __init__(
        self,
        lexicon: Lexicon,
        card: Card,
        sends: Mapping[str, Send],
        ping: Ping,
        not_through: str,
    ) -> None:
        self._lexicon = lexicon
        self._card = card
        self._sends = sends
        self._ping = ping
        # what somebody reads whose row was put aside, both languages
        self._not_through = not_through
        self._answered: collections.OrderedDict[tuple[str, int], None] = collections.OrderedDict()
        self._regions: collections.OrderedDict[int, str] = collections.OrderedDict()

    def remember_region(self, chat_id: int, region: str | None) -> None:
        """The last known region of a chat, in memory only."""
        if region is None:
            return
        self._regions[chat_id] = region
        self._regions.move_to_end(chat_id)
        while len(self._regions) > _REMEMBERED:
            self._regions.popitem(last=False)

    async def answer(self, bot: str, updates: Sequence[dict[str, Any]]) -> int:
        """Answer each update that needs it, once; how many were."""
        answered = 0
        for update in updates:
            person = self._in_need(bot, update)
            if person is not None and await self.send_card(bot, person):
                self._mark(bot, update)
                answered += 1
        await self._ping("store_down")
        return answered

    async def answer_stored(self, rows: Sequence[Row]) -> None:
        """Answer stored rows that the lost store keeps from being handled."""
        for row in rows:
            try:
                update = json.loads(row.payload)
            except ValueError:
                continue  # damaged; those behind it still count
            await self.answer(row.bot, [update])

    async def answer_unhandled(self, row: Row, *, in_case: bool = False) -> None:
        """A row is put aside, or came from a group: whoever asked for the numbers gets them, and
        whoever wrote words that bring them, unless those are in a case (then a card of its own is
        on its way).

        TelegramAway while it cannot be sent.
        """
        try:
            update = json.loads(row.payload)
        except ValueError:
            return
        person = self._in_need(row.bot, update, words=not in_case)
        if person is not None and await self._send(row.bot, person):
            self._mark(row.bot, update)

    async def tell_parked(self, row: Row) -> None:
        """Whoever wrote a row that was put aside learns that it may not have come through.

        Never raises: the row is put aside already.
        """
        try:
            facts = read_update(json.loads(row.payload))
            if facts.private and facts.chat_id is not None and facts.kind != "my_chat_member":
                await self._sends[row.bot](facts.chat_id, self._not_through)
        except Exception as fault:
            _log.warning("parked_untold", bot=row.bot, fault=type(fault).__name__)

    async def send_card(self, bot: str, chat_id: int) -> bool:
        """Send the static card through this bot now; whether Telegram took it."""
        try:
            return await self._send(bot, chat_id)
        except TelegramAway as fault:
            _log.error("static_card_failed", fault=str(fault))
            return False

    async def _send(self, bot: str, chat_id: int) -> bool:
        try:
            await self._sends[bot](chat_id, self._card(self._regions.get(chat_id)))
        except TelegramAway:
            raise
        except Exception as fault:
            _log.error("static_card_failed", fault=type(fault).__name__)
            return False
        return True

    def _in_need(self, bot: str, update: dict[str, Any], *, words: bool = True) -> int | None:
        """Whom to send the card for an update; None when nobody needs it, or has it already."""
        facts = read_update(update)
        # what a group would see gives the person away: there the card goes to them alone
        person = facts.chat_id if facts.private else facts.user_id
        if (bot, facts.update_id) in self._answered:
            return None
        if facts.command == "crisis" or _asks_for_numbers(facts.callback_data):
            return person
        worrying = words and any(
            rules.opens_case(rules.urgency(screen_lexicon(part.text, self._lexicon)))
            for part in facts.parts
        )
        return person if worrying else None

    def _mark(self, bot: str, update: dict[str, Any]) -> None:
        self._answered[bot, read_update(update).update_id] = None
        while len(self._answered) > _REMEMBERED:
            self._answered.popitem(last=False)


def _asks_for_numbers(data: str | None) -> bool:
    """The button of the numbers, also with what it carries for a stranger."""
    return data is not None and f"{data}:".startswith(f"{CRISIS_BUTTON}:")
