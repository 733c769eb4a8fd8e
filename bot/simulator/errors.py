"""Refusals, worded as Telegram words them."""

from typing import Any


class ApiError(Exception):
    """A Bot API refusal: its error code, description and optional parameters."""

    def __init__(
        self, status: int, description: str, parameters: dict[str, Any] | None = None
    ) -> None:
        super().__init__(f"{status} {description}")
        self.status = status
        self.description = description
        self.parameters = parameters


class SimulatorError(ValueError):
    """A person tried what a Telegram app would not let them do; the text says what to do.

    `code` names the refusal for the page, which says it in the reader's language.
    """

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.code = code


def bad_request(reason: str) -> ApiError:
    """Build a 400 with Telegram's prefix."""
    return ApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ApiError:
    """Build a 403 with Telegram's prefix."""
    return ApiError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> ApiError:
    """Build a 409 with Telegram's prefix."""
    return ApiError(409, f"Conflict: {reason}")
