"""A store looked at beside the process that holds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from storage.database import Unit, Work
from storage.encryption import MasterKeys
from storage.errors import StorageError
from storage.keys import KeyRing
from storage.opening import check_schema, with_connection

T = TypeVar("T")


class LookOnly:
    """See `storage.database.Database`; each reading unit sees one moment, and nothing is written.

    Needs no lock: an embedded database may be read while another process writes it (WAL).
    """

    def __init__(self, url: str, campus_id: str, master: MasterKeys) -> None:
        self._url = url
        self.campus_id = campus_id
        self.keys = KeyRing(master, campus_id)
        self.letter_hooks: list[Callable[[], None]] = []

    async def transact(self, work: Work[T], *, beside: bool = False) -> T:
        """Refused."""
        raise StorageError("this store was opened to be looked at")

    async def read(self, work: Work[T]) -> T:
        """Run one reading unit; NotMigrated, NewerDatabase and KeyFault as on opening a store."""
        await check_schema(self._url)

        def look(connection: sa.Connection) -> T:
            with Unit(bind=connection, expire_on_commit=False) as unit:
                unit.campus_id, unit.keys = self.campus_id, self.keys
                self.keys.open(unit)
                return work(unit)

        seen: T = await with_connection(self._url, look, snapshot=True)
        return seen

    async def close(self) -> None:
        """Nothing is held."""
