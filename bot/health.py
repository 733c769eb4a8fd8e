"""What /readyz and the metrics say: states and counts, no person in them."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_STALE_AFTER_S = 90.0
# two pollers on one token take turns: an answer between two refusals is no recovery
_SAID_FOR_S = 30.0
_SILENT = "no answer from Telegram lately"
# so long overdue, a sweep or a sender has stopped or fails each time
_OVERDUE_S = 300.0


@dataclasses.dataclass
class BotHealth:
    """How one bot's intake stands. Instants are monotonic seconds."""

    polling: bool
    last_good: float | None = None
    fault: str | None = None
    faulted_at: float = -math.inf
    # the fault is one that only the operator can mend
    refused: bool = False
    # with webhooks: how many updates wait at Telegram, and whether it names a fault
    webhook: tuple[int, bool] | None = None
    clock: Callable[[], float] = time.monotonic

    def good(self) -> None:
        """Telegram answered."""
        self.last_good = self.clock()

    def bad(self, fault: str, *, refused: bool = False) -> None:
        """Telegram refused or could not be reached; `fault` is a short name."""
        self.fault, self.faulted_at, self.refused = fault, self.clock(), refused

    @property
    def problem(self) -> str | None:
        """Why it is not ready; after a 409 both libraries run on as if healthy."""
        now = self.clock()
        if self.fault is not None and now - self.faulted_at < _SAID_FOR_S:
            return self.fault
        if not self.polling:
            # nobody may write for hours: silence says nothing here
            return None
        if self.last_good is None or self.last_good < self.faulted_at:
            return self.fault or _SILENT
        return _SILENT if now - self.last_good >= _STALE_AFTER_S else None

    @property
    def ready(self) -> bool:
        """Whether there is no problem."""
        return self.problem is None


class Health:
    """Readiness and metrics of this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # by sweep or sender: the latest instant of its next success
        self._due: dict[str, float] = {}
        self.bots: dict[str, BotHealth] = {}
        self.store_down = False
        self.parked = 0
        self.registry = CollectorRegistry()
        self.updates = Counter(
            "handrail_updates", "Updates stored", ["bot"], registry=self.registry
        )
        self.handled = Counter(
            "handrail_handled", "Updates handled", ["bot", "how"], registry=self.registry
        )
        self.flagged = Counter(
            "handrail_flagged", "Messages flagged", ["level"], registry=self.registry
        )
        self.seconds = Histogram(
            "handrail_handling_seconds",
            "From stored to done",
            ["bot"],
            registry=self.registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
        )
        self.sent = Counter(
            "handrail_sent", "Outbox rows finished", ["kind", "how"], registry=self.registry
        )
        self.parked_gauge = Gauge("handrail_parked", "Updates put aside", registry=self.registry)
        self.parked_gauge.set_function(lambda: self.parked)

    def beat(self, name: str, every_s: float = 0.0) -> None:
        """A sweep or a sender has just succeeded, or begins; it is to come again so often."""
        self._due[name] = self._clock() + every_s + _OVERDUE_S

    def overdue(self) -> list[str]:
        """Sweeps and senders that have not succeeded for five minutes beyond their time."""
        now = self._clock()
        return [name for name, due in self._due.items() if now >= due]

    def for_operator(self) -> set[str]:
        """Kinds of faults that last until somebody mends them."""
        found = {"sweep_overdue"} if self.overdue() else set()
        if any(bot.refused and not bot.ready for bot in self.bots.values()):
            found.add("bot_refused")
        return found

    def problems(self) -> list[str]:
        """Why we are not ready; empty when we are."""
        found = [
            f"{bot}: {health.problem}" for bot, health in self.bots.items() if not health.ready
        ]
        if self.store_down:
            found.append("database: cannot be reached")
        found += [f"{name}: has not succeeded for 5 minutes" for name in self.overdue()]
        return found

    def notes(self) -> list[str]:
        """What is worth a look though we are ready."""
        found = [f"parked updates: {self.parked}"] if self.parked else []
        for bot, health in self.bots.items():
            if health.webhook is not None:
                pending, error = health.webhook
                named = ", Telegram names an error" if error else ""
                found.append(f"{bot} webhook: {pending} pending{named}")
        return found

    def metrics(self) -> bytes:
        """Prometheus text."""
        return generate_latest(self.registry)
