"""What a flow may refuse: ids and reasons, never sentences."""

from __future__ import annotations

import enum


class Refusal(enum.StrEnum):
    """Why a flow said no; the front end's texts have one sentence for each."""

    OUTDATED = "outdated"  # a button of a state that is gone
    NOT_STAFF = "not-staff"
    NOT_ALLOWED = "not-allowed"
    NOT_YOURS = "not-yours"
    TAKEN = "taken"
    UNKNOWN_CODE = "unknown-code"
    USED_CODE = "used-code"
    EXPIRED_CODE = "expired-code"
    ALREADY_STAFF = "already-staff"
    NO_CONSENT = "no-consent"
    TOO_LONG = "too-long"
    EMPTY = "empty"
    BAD_VALUE = "bad-value"
    BAD_NAME = "bad-name"  # nothing in it that can be read
    NO_CASE = "no-case"
    OWN_CASE = "own-case"  # a counselor who is also its student
    LAST_ADMIN = "last-admin"


class FlowError(Exception):
    """A refusal that the person should hear about."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class OutdatedAction(FlowError):
    """The button belongs to a state that is gone."""

    def __init__(self) -> None:
        super().__init__(Refusal.OUTDATED)
