"""Faults on purpose: refusals, lost answers and cut connections, drawn from a seed."""

import random
from dataclasses import dataclass, field
from typing import Literal

Fault = Literal["429", "500", "timeout", "reset"]

SENDING = frozenset(
    [
        "sendMessage",
        "sendPhoto",
        "sendVoice",
        "sendDocument",
        "sendSticker",
        "sendAudio",
        "sendVideo",
        "sendAnimation",
        "sendMediaGroup",
        "sendLocation",
        "sendContact",
        "copyMessage",
        "forwardMessage",
        "editMessageText",
        "editMessageCaption",
        "editMessageReplyMarkup",
        "editMessageMedia",
        "deleteMessage",
        "deleteMessages",
        "answerCallbackQuery",
        "pinChatMessage",
        "createForumTopic",
        "editForumTopic",
    ]
)


@dataclass
class Faults:
    """Shares (0 to 1) of the requests in `methods` that go wrong.

    A timeout is accepted and recorded but never answered; a reset is accepted, then the
    connection is closed. `before` is the share of these two that is not accepted at all.
    A 429 or 500 is always refused before acceptance.
    """

    p_429: float = 0.0
    p_500: float = 0.0
    p_timeout: float = 0.0
    p_reset: float = 0.0
    seed: int = 0
    methods: frozenset[str] | set[str] = SENDING
    before: float = 0.0
    retry_after: int = 1
    _random: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Seed the draws, so that a run can be repeated."""
        self._random = random.Random(self.seed)  # noqa: S311 - repeatable, not secret

    def draw(self, method: str) -> tuple[Fault | None, bool]:
        """Return the fault for this request, and whether it falls before acceptance."""
        total = self.p_429 + self.p_500 + self.p_timeout + self.p_reset
        if not total or method not in self.methods:
            return None, False
        value = self._random.random()
        if value < self.p_429:
            return "429", True
        if value < self.p_429 + self.p_500:
            return "500", True
        if value >= total:
            return None, False
        fault: Fault = "timeout" if value < total - self.p_reset else "reset"
        return fault, self._random.random() < self.before
