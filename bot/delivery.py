"""Delivery: sends the outbox, keeps the order, says honestly how it ended.

The Bot API has no idempotency key. `attempt_started` is committed first, so a send repeats only
where its answer was lost, and each such repeat is counted.
"""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import random
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from aiogram import Bot

from bot.health import Health
from bot.limits import Limiter, Sending, sending_as
from bot.send import Outcome, as_message, send
from bot.tasks import spawn
from flows.alerts import Alerts
from flows.clock import Clock
from flows.post import EVERY_CLASS, RELAYS, URGENT, Parcel, PostOffice, Result
from handlers.rendered import Rendered
from storage.errors import StorageError, StoreDown

_log = structlog.get_logger(__name__)

# sends under way at once; the last of them are kept for cards and alerts
_AT_ONCE, _KEPT_FOR_URGENT = 40, 8
_POLL_S, _SHORTEST_S = 1.0, 0.005
_BACKOFF_S, _LONGEST_BACKOFF_S = 0.5, 60.0
# about a day of Telegram being down, at a minute each
_GIVE_UP_AFTER = 1440
# a fault that is not Telegram's being away does not get better by repeating
_GIVE_UP_ODD_AFTER = 5
_END_WITHIN_S = 5.0

Render = Callable[[str, dict[str, Any], str], Rendered]


class Delivery:
    """One sender a bot.

    `render` makes a message of text key, arguments and language. `on_card_failed` sends the static
    crisis card to a chat and says whether Telegram took it.
    """

    def __init__(
        self,
        *,
        bot: str,
        client: Bot,
        post_office: PostOffice,
        render: Render,
        clock: Clock,
        limiter: Limiter,
        on_card_failed: Callable[[int], Awaitable[bool]],
        health: Health,
        alerts: Alerts,
    ) -> None:
        self._bot = bot
        self._client = client
        self._post_office = post_office
        self._render = render
        self._clock = clock
        self._limiter = limiter
        self._on_card_failed = on_card_failed
        self._health = health
        self._alerts = alerts
        self._awake = asyncio.Event()
        # by person: the task, and the row it sends
        self._under_way: dict[uuid.UUID, tuple[asyncio.Task[Any], uuid.UUID]] = {}
        # persons whose chat had as much as it may take, by their chat
        self._resting: dict[uuid.UUID, int] = {}
        self._ended: list[Result] = []
        # a commit whose outcome is unknown may have marked rows that nobody sends
        self._unsure = False
        self.request_timeout_s: float = 15
        self._beat()

    def wake(self) -> None:
        """Something was queued."""
        self._awake.set()

    async def recover(self) -> int:
        """After a start: attempts whose answer was lost; how many repeat."""
        return await self._post_office.recover(self._bot)

    async def run(self) -> None:
        """Send until cancelled, then let what is under way end. Waits for a lost database."""
        try:
            while True:
                self._awake.clear()
                try:
                    wait = await self._turn()
                    self._beat()
                except StoreDown:
                    self._unsure, wait = True, _POLL_S
                    self._awake.clear()
                except Exception as fault:
                    _log.error("delivery_turn_failed", bot=self._bot, fault=type(fault).__name__)
                    self._unsure, wait = True, _POLL_S
                    await self._record_apart()
                await self._sleep(wait)
        finally:
            await self._end()

    def _beat(self) -> None:
        self._health.beat(f"{self._bot} sender")

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._awake.wait()
        except TimeoutError:
            pass

    async def _turn(self) -> float:
        """Record what ended, claim what may go, start it; seconds until the next turn."""
        if self._unsure:
            await self._post_office.recover(self._bot, self._rows())
            self._unsure = False
        ended, self._ended = self._ended, []
        over = {result.post.person_id for result in ended}
        rests = self._rests()
        busy = [person for person in self._under_way if person not in over] + list(rests)
        limit, least_urgent = self._share(len(self._under_way) - len(over))
        try:
            parcels = await self._post_office.exchange(
                self._bot, ended, limit, busy, least_urgent=least_urgent
            )
        except BaseException:
            self._ended = ended + self._ended
            raise
        for result in ended:
            self._close(result)
        for parcel in parcels:
            task = spawn(self._send(parcel), "send")
            self._under_way[parcel.post.person_id] = (task, parcel.post.id)
        if len(parcels) == limit > 0 or self._awake.is_set():
            return 0.0
        waits = [_POLL_S, *rests.values()]
        if least_urgent < EVERY_CLASS:
            waits.append(self._limiter.room_in_s() or _POLL_S / 10)
        # whatever is under way wakes us when it ends
        due = None if self._under_way else await self._post_office.next_due(self._bot)
        if due is not None:
            waits.append(due.total_seconds())
        return max(min(waits), _SHORTEST_S)

    def _share(self, under_way: int) -> tuple[int, int]:
        """How many rows may be claimed now, and up to which class.

        Only what may go at once is claimed: a row is marked as attempted when it is claimed, and
        one that waits in the limiter could not be overtaken. Cards and alerts always may.
        """
        urgent = _AT_ONCE - under_way
        free = min(urgent - _KEPT_FOR_URGENT, self._limiter.room())
        if free <= 0:
            return max(urgent, 0), URGENT
        kept = self._limiter.kept_free
        if free <= kept:
            return free, RELAYS
        return free - kept, EVERY_CLASS

    def _rests(self) -> dict[uuid.UUID, float]:
        """Persons whose chat is at its limit, and for how many seconds."""
        rests = {person: self._limiter.wait_s(chat) for person, chat in self._resting.items()}
        rests = {person: wait for person, wait in rests.items() if wait > 0}
        self._resting = {person: self._resting[person] for person in rests}
        return rests

    def _rows(self) -> list[uuid.UUID]:
        return [row for _, row in self._under_way.values()]

    def _close(self, result: Result) -> None:
        """An attempt's end is on the disk."""
        self._under_way.pop(result.post.person_id, None)
        self._health.sent.labels(result.post.kind, result.how).inc()

    async def _record_apart(self) -> None:
        """One result that cannot be written down must not hold up the others."""
        ended, self._ended = self._ended, []
        while ended:
            result = ended.pop(0)
            try:
                await self._post_office.record([result])
            except StorageError:
                self._ended += [result, *ended]
                return
            except Exception as fault:
                _log.error("result_failed", kind=result.post.kind, fault=type(fault).__name__)
                await self._note_loss(result)
                await self._post_office.close_plainly(result)
            self._close(result)

    async def _note_loss(self, result: Result) -> None:
        if result.how == "sent":
            return
        try:
            await self._post_office.note_loss(result.post)
        except Exception as fault:
            _log.error("loss_not_noted", kind=result.post.kind, fault=type(fault).__name__)

    async def _send(self, parcel: Parcel) -> None:
        post = parcel.post
        with sending_as(post.priority, patient=False) as sending:
            try:
                result = await self._attempt(parcel, sending)
            except asyncio.CancelledError:
                # we end: what waited in the limiter did not leave
                result = Result(parcel, "unclear" if sending.written else "again", reason="ended")
            except Exception as fault:
                _log.error(
                    "send_failed", kind=post.kind, text=post.text_key, fault=type(fault).__name__
                )
                result = Result(parcel, "failed", reason=type(fault).__name__)
            if result.how == "failed":
                result = await self._on_failure(result)
        self._ended.append(result)
        self.wake()

    async def _attempt(self, parcel: Parcel, sending: Sending) -> Result:
        post = parcel.post
        if parcel.verdict is not None:
            return Result(parcel, parcel.verdict[0], reason=parcel.verdict[1])
        if post.expires_at is not None and post.expires_at <= self._clock.now():
            return Result(parcel, "expired")
        if post.unreadable is not None or parcel.reach is None:
            return Result(parcel, "failed", reason=post.unreadable or "no_address")
        args = post.args
        if post.kind == "relay" and post.repeats:
            args = {**args, "repeated": True}
        rendered = self._render(post.text_key, args, parcel.language)
        if parcel.silent:
            rendered = dataclasses.replace(rendered, silent=True)
        message = as_message(parcel.reach.telegram_id, rendered)
        outcome = await send(self._client, message, self.request_timeout_s, sending)
        self._resting[post.person_id] = parcel.reach.telegram_id
        if outcome.operator is not None:
            await self._tell_operator(outcome.operator)
        return self._judge(parcel, outcome)

    def _judge(self, parcel: Parcel, outcome: Outcome) -> Result:
        """When a row goes again, and when it has gone often enough."""
        attempts = parcel.post.attempts
        if outcome.how not in {"again", "unclear"}:
            return Result(parcel, outcome.how, outcome.message_id, outcome.reason)
        if attempts >= (_GIVE_UP_ODD_AFTER if outcome.odd else _GIVE_UP_AFTER):
            return Result(parcel, "failed", reason=outcome.reason)
        if outcome.retry_after_s is not None:
            wait = outcome.retry_after_s
        else:
            # doubling with jitter, so that a thousand rows do not come back in one moment
            wait = min(_BACKOFF_S * 2 ** min(attempts - 1, 10), _LONGEST_BACKOFF_S)
            wait *= random.uniform(0.5, 1.0)  # noqa: S311
        return Result(parcel, outcome.how, reason=outcome.reason, wait=dt.timedelta(seconds=wait))

    async def _on_failure(self, result: Result) -> Result:
        """A card that cannot be sent goes out by the static path; the operator hears of it."""
        await self._tell_operator("send_failed")
        reach = result.parcel.reach
        if result.post.kind != "card" or reach is None:
            return result
        if await self._on_card_failed(reach.telegram_id):
            return result
        # not even that went out: the card stays in line
        return Result(
            result.parcel, "again", reason=result.reason, wait=dt.timedelta(seconds=_BACKOFF_S * 4)
        )

    async def _tell_operator(self, kind: str) -> None:
        try:
            await self._alerts.tell_operator(kind)
        except StorageError:
            _log.error("operator_not_told", kind=kind)

    async def _end(self) -> None:
        """Let the sends under way end, and write down how: fewer repeats at the next start."""
        tasks: Sequence[asyncio.Task[Any]] = [task for task, _ in self._under_way.values()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=_END_WITHIN_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        try:
            await self._record_apart()
        except StorageError:
            _log.warning("results_not_recorded", bot=self._bot)
