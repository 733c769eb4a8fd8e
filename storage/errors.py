"""What can go wrong below the flows."""

from __future__ import annotations


class StorageError(Exception):
    """Parent of the faults that storage reports. Messages hold no values, only names."""


class StoreDown(StorageError):
    """The database cannot be reached or written just now; try again.

    Where the answer to a commit was lost, it may have been made: whoever writes knows how to tell.
    """


class StoreRefused(StoreDown):
    """The server is there and lets us not in: a wrong password, or no such database."""


class AlreadyApplied(StorageError):
    """The flow of this update was committed before, though its answer was lost."""


class KeyFault(StorageError):
    """A key is missing, malformed, or does not open what it should."""


class WordsGone(StorageError):
    """The key of these words was destroyed, or they were erased."""


class NewerDatabase(StorageError):
    """The database was made by a newer version of Handrail."""


class AlreadyRunning(StorageError):
    """Another process holds this embedded database."""


class UnknownCampus(StorageError):
    """The database holds other campuses, and this one only if somebody makes it."""

    def __init__(self, campus_id: str, known: list[str]) -> None:
        super().__init__(f"no campus {campus_id!r} but {', '.join(map(repr, known))}")


class BotRunsElsewhere(StorageError):
    """Another process runs this bot on the same database."""

    def __init__(self, bot: str, holder: str) -> None:
        super().__init__(f"the {bot} bot is run by {holder}")
