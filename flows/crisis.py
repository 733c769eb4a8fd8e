"""The crisis directory as people see it now. Reading it needs no database."""

from __future__ import annotations

import datetime as dt

from content.crisis_catalog import CampusContacts, CrisisDirectory
from flows.clock import Clock
from flows.rules.crisis import (
    Confirmation,
    CrisisView,
    choose_entries,
    entries_wanting_confirmation,
)
from storage import confirmations
from storage.database import Database, Unit
from storage.records import audit

MAX_AGE = dt.timedelta(days=92)


class CrisisDesk:
    """Which numbers to show, and which still want checking."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        directory: CrisisDirectory,
        campus: CampusContacts | None,
        campus_region: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self.directory = directory
        self.campus = campus
        self.campus_region = campus_region
        self._confirmed: dict[str, Confirmation] = {}

    async def load(self) -> None:
        """Read the operator's checks; without them the directory shows its evidence dates."""
        stored = await self._database.read(confirmations.latest)
        self._confirmed = {
            key: Confirmation(entry_id=row.entry_id, at=row.at, value_seen=row.value_seen)
            for key, row in stored.items()
        }

    def view(self, region: str | None) -> CrisisView:
        """What to show somebody there now; the campus's region where theirs is unknown."""
        return choose_entries(
            self.directory,
            region or self.campus_region,
            self._clock.now(),
            confirmed=self._confirmed,
            campus=self.campus,
            max_age=MAX_AGE,
        )

    def wanting(self) -> list[str]:
        """Entries that want an operator's check, as lines for a terminal."""
        return [
            str(entry)
            for entry in entries_wanting_confirmation(
                self.directory, self._confirmed, self._clock.now(), MAX_AGE
            )
        ]

    async def confirm(self, entry_id: str, by: str, value_seen: str) -> None:
        """Record that somebody checked an entry and what they saw."""
        now = self._clock.now()

        def work(unit: Unit) -> None:
            confirmations.add(unit, entry_id, by, value_seen, now)
            audit(unit, "crisis_number_checked", now, facts={"entry": entry_id})

        await self._database.transact(work)
        await self.load()
