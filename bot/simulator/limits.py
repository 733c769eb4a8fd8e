"""Telegram's flood limits as token buckets on the monotonic clock."""

import math
import time
from collections.abc import Callable

from bot.simulator.errors import ApiError

OVERALL_PER_S = 30.0
CHAT_PER_S = 1.0
CHAT_BURST = 3.0
GROUP_PER_S = 20.0 / 60.0
GROUP_BURST = 20.0
_FORGET_AFTER = 20_000


class Bucket:
    """A token bucket: `rate` tokens a second, at most `burst` saved up."""

    __slots__ = ("at", "burst", "rate", "tokens")

    def __init__(self, rate: float, burst: float, at: float) -> None:
        self.rate = rate
        self.burst = burst
        self.tokens = burst
        self.at = at

    def wait(self, now: float) -> float:
        """Return the seconds until a token is there, 0 when one is."""
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        # A hair of tolerance: a caller that slept exactly as told must pass.
        return 0.0 if self.tokens >= 1.0 - 1e-6 else (1.0 - self.tokens) / self.rate


class FloodLimits:
    """The limits of one bot token: 30/s in all, 1/s a chat (burst 3), 20/min a group."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._overall = Bucket(OVERALL_PER_S, OVERALL_PER_S, monotonic())
        self._chats: dict[int, Bucket] = {}

    def take(self, chat_id: int, *, is_group: bool, is_edit: bool) -> None:
        """Count one request, or raise 429 with `retry_after` and count nothing.

        An edit in a private chat draws on the overall limit only; in a group it shares the
        20 a minute with everything else.
        """
        now = self._monotonic()
        waits = [self._overall]
        if is_group or not is_edit:
            bucket = self._chats.get(chat_id)
            if bucket is None:
                if len(self._chats) > _FORGET_AFTER:
                    self._chats.clear()
                rate, burst = (GROUP_PER_S, GROUP_BURST) if is_group else (CHAT_PER_S, CHAT_BURST)
                bucket = self._chats[chat_id] = Bucket(rate, burst, now)
            waits.append(bucket)
        longest = max(bucket.wait(now) for bucket in waits)
        if longest > 0:
            raise too_many(max(1, math.ceil(longest)))
        for bucket in waits:
            bucket.tokens -= 1


def too_many(retry_after: int) -> ApiError:
    """Build a 429 that asks for `retry_after` whole seconds."""
    return ApiError(
        429,
        f"Too Many Requests: retry after {retry_after}",
        {"retry_after": retry_after},
    )
