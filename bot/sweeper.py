"""The sweeper: everything that has a due time is a row; these jobs only ask the flows."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.health import Health
from bot.limits import sending_as
from bot.pager import Pager
from bot.tasks import spawn
from flows.alerts import Webhook
from flows.clock import SystemClock
from flows.copies import Copy
from flows.retention import Retention
from handlers.services import Services
from storage.errors import StoreDown

_log = structlog.get_logger(__name__)

# what became of a copy: gone, there for good as far as we can, or to be tried again
Fate = Literal["gone", "stands", "later"]
_GONE = "message to delete not found"

Job = Callable[[], Awaitable[object]]

# APScheduler waits by the wall clock: how often to look whether it was set back
_LOOK_AT_CLOCK_S = 5.0


class Sweeper:
    """Runs in every process; a sweep claims its rows, so replicas never do a thing twice."""

    def __init__(
        self,
        *,
        services: Services,
        retention: Retention,
        pager: Pager,
        clients: Mapping[str, Bot],
        look_at_parked: Job,
        stay_alone: Job,
        health: Health,
    ) -> None:
        self._services = services
        self._pager = pager
        self._clients = clients
        self._health = health
        # python-telegram-bot's JobQueue is given this same scheduler
        self.scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        # seconds between two sweeps of each kind
        self._jobs: dict[str, tuple[float, Job]] = {
            "page": (5, services.alerts.page_due),
            "webhooks": (5, self._webhooks),
            "return_silent": (15, services.desk.return_silent),
            "still_there": (60, services.staffing.ask_still_there),
            "remind_waiting": (60, services.alerts.remind_waiting),
            "blocked": (60, services.alerts.tell_blocked),
            "follow_ups": (30, services.follow_ups.ask_due),
            "copies": (60, self._copies),
            "purge": (600, retention.purge),
            # the purge changes their count, and `parked retry` in another process
            "parked": (60, look_at_parked),
            # the lock went with its connection if the database was away
            "alone": (60, stay_alone),
            # `crisis confirm` runs in another process
            "crisis": (60, services.crisis.load),
        }
        self._watch: asyncio.Task[Any] | None = None
        # one run of a job at a time, whoever asked for it
        self._turns = {name: asyncio.Lock() for name in self._jobs}

    def start(self) -> None:
        """Begin sweeping."""
        for name, (seconds, job) in self._jobs.items():
            self._health.beat(name, seconds)
            self.scheduler.add_job(
                self._guarded, "interval", seconds=seconds, args=(name, job), id=name
            )
        self.scheduler.start()
        self._watch = spawn(self._watch_clock(), "clock")

    def stop(self) -> None:
        """End sweeping."""
        if self._watch is not None:
            self._watch.cancel()
        if self.scheduler.running:
            self.scheduler.shutdown(wait=False)

    async def _watch_clock(self) -> None:
        """A clock set back must not hold the sweeps, and so the pages, until it has caught up."""
        while True:
            await asyncio.sleep(_LOOK_AT_CLOCK_S)
            now = SystemClock().now()
            for name, (seconds, _) in self._jobs.items():
                job = self.scheduler.get_job(name)
                latest = now + dt.timedelta(seconds=seconds + 1)
                if job is not None and job.next_run_time > latest:
                    _log.warning("clock_set_back", job=name)
                    job.modify(next_run_time=now)

    async def sweep_once(self) -> None:
        """Do all due work now (the demo's clock, tests)."""
        for name, (_, job) in self._jobs.items():
            await self._guarded(name, job)

    async def _guarded(self, name: str, job: Job) -> None:
        async with self._turns[name]:
            try:
                await job()
            except StoreDown:
                _log.warning("sweep_waits_for_the_database", job=name)
            except Exception as fault:
                _log.error("sweep_failed", job=name, fault=type(fault).__name__)
            else:
                self._health.beat(name, self._jobs[name][0])

    async def _webhooks(self) -> None:
        if not self._pager.configured:
            return
        # at once, so that all have ended before their claims do
        due = await self._services.alerts.webhooks_due()
        await asyncio.gather(*(self._call(webhook) for webhook in due))

    async def _call(self, webhook: Webhook) -> None:
        delivered = await self._pager.post(webhook)
        await self._services.alerts.webhook_tried(webhook, delivered=delivered)

    async def _copies(self) -> None:
        """Take a student's words back from staff chats."""
        while copies := await self._services.copies.due():
            fates = [(copy, await self._take_back(copy)) for copy in copies]
            gone = [copy.id for copy, fate in fates if fate == "gone"]
            standing = [copy for copy, fate in fates if fate == "stands"]
            if gone:
                await self._services.copies.deleted(gone)
            if standing:
                await self._services.copies.still_there(standing)
            if len(gone) + len(standing) < len(copies):
                return

    async def _take_back(self, copy: Copy) -> Fate:
        try:
            with sending_as(3):
                await self._clients[copy.bot].delete_message(copy.telegram_id, copy.message_id)
        except TelegramBadRequest as refusal:
            # any other no leaves it where it is, above all that the 48 hours are over in which
            # Telegram deletes
            fate: Fate = "gone" if _GONE in refusal.message.lower() else "stands"
            _log.info("copy_not_deleted", fate=fate)
            return fate
        except TelegramForbiddenError:
            # whoever blocked us may come back in time
            return "stands" if self._services.copies.is_too_old(copy) else "later"
        except Exception as fault:
            _log.warning("copy_stays", fault=type(fault).__name__)
            return "later"
        return "gone"
