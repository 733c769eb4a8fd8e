"""One tap: how somebody is today."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from flows.clock import Clock
from flows.consent import MOOD, note_event, require_consent
from flows.errors import FlowError, Refusal
from storage import moods
from storage.database import Database, Unit

_SHOWN = 7
_SAD = 2


@dataclasses.dataclass(frozen=True, slots=True)
class MoodView:
    """The last taps, newest last: (instant, 1 to 5)."""

    recent: tuple[tuple[dt.datetime, int], ...]
    # one of the two sad faces: offer help, kindly
    offer_help: bool


class Moods:
    """The smallest mood diary."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def tap(self, student_id: uuid.UUID, value: int) -> MoodView:
        """Keep one tap, 1 (very low) to 5 (very good). FlowError NO_CONSENT, BAD_VALUE."""
        if not 1 <= value <= 5:
            raise FlowError(Refusal.BAD_VALUE)
        now = self._clock.now()

        def work(unit: Unit) -> MoodView:
            require_consent(unit, student_id, MOOD)
            moods.add(unit, student_id, value, now)
            note_event(unit, student_id, "mood_kept", now)
            recent = tuple(moods.latest(unit, student_id, _SHOWN))
            return MoodView(recent, offer_help=value <= _SAD)

        return await self._database.transact(work)
