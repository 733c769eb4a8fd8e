"""Enrolment: from a stranger to a student, without a name.

Before the first consent nothing is stored: the choices travel in the buttons themselves.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
import zoneinfo
from typing import Any

from flows import consent
from flows.care import letter, open_asked, tell_desk
from flows.carried import carry, worst_of
from flows.clock import Clock
from flows.codes import normalize_code, require_usable
from flows.errors import FlowError, OutdatedAction, Refusal
from flows.policy import Policy
from flows.receive import Receive
from flows.rules.names import clean_name
from flows.rules.pseudonyms import make_pseudonym
from flows.rules.risk import RiskLevel
from flows.rules.zones import only_zone
from storage import codes, consents, people, students
from storage.database import Database, Unit, Work
from storage.errors import AlreadyApplied
from storage.records import audit
from storage.tables.people import Person, Student

# stages that nobody's age and region were asked on the way to; after them, settings change things
_NEVER_ASKED = frozenset({"mood_only", "help_first"})


@dataclasses.dataclass(frozen=True, slots=True)
class StudentView:
    """What a front end needs to know about a student."""

    id: uuid.UUID
    language: str
    time_zone: str
    quiet_from: int
    quiet_until: int
    stage: str
    age_band: str
    region: str | None
    pseudonym: str | None
    belongs: bool
    consents: tuple[str, ...]


class Enrolment:
    """Who somebody is to us, and how they come in."""

    def __init__(self, database: Database, clock: Clock, policy: Policy, receive: Receive) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy
        self._receive = receive

    async def find(self, telegram_id: int) -> StudentView | None:
        """The student behind a Telegram id, or None before the first consent."""

        def work(unit: Unit) -> StudentView | None:
            person_id = people.find_person(unit, "student", telegram_id)
            return None if person_id is None else _view(unit, person_id)

        return await self._database.read(work)

    async def view(self, student_id: uuid.UUID) -> StudentView:
        """A student by id."""

        def work(unit: Unit) -> StudentView:
            return _must(_view(unit, student_id))

        return await self._database.read(work)

    def waiting(self, telegram_id: int) -> RiskLevel:
        """The worst of what somebody wrote before consent, while it is still in memory."""
        return worst_of(self._receive.unenrolled(telegram_id))

    async def ask_for_help_first(
        self,
        telegram_id: int,
        language: str,
        update_id: int,
        level: RiskLevel = RiskLevel.NONE,
    ) -> StudentView:
        """'Talk to a counselor now' behind one short consent: the rest of enrolment waits.

        What was written before, if it is still in memory, goes into the case. Where it is gone,
        `level` (how bad it was, from the pressed button) still gives the case its place.
        """
        now = self._clock.now()
        written = self._receive.unenrolled(telegram_id)
        worst = max(level, worst_of(written), key=lambda found: found.rank)

        def work(unit: Unit) -> StudentView:
            person_id = people.find_person(unit, "student", telegram_id)
            if person_id is None:
                person_id = self._add(unit, telegram_id, language, "unknown", None, "help_first")
            _, student = _both(unit, person_id)
            if student.stage == "mood_only":
                # from here on their words are kept: somebody is to read them
                student.stage = "help_first"
            self._agree(unit, person_id, consent.HELP_FIRST, now)
            if written is not None:
                carry(unit, person_id, written, worst, update_id, now, self._policy)
            else:
                case, newly = open_asked(unit, person_id, worst, update_id, now, self._policy)
                told = tell_desk(unit, case, now, self._policy, newly_open=newly, new_words=False)
                letter(
                    unit, person_id, "student", "notice", "out-case-opened",
                    f"opened:{case.id.hex}:{update_id}", now,
                    case=case.id.hex, number=case.number,
                    told=told.queued, on_call=told.on_call,
                )  # fmt: skip
            return _must(_view(unit, person_id))

        return await self._keep(telegram_id, work)

    async def _keep(self, telegram_id: int, work: Work[StudentView]) -> StudentView:
        """Commit what takes the words from before consent along; then they leave the memory."""
        try:
            view = await self._database.transact(work)
        except AlreadyApplied:
            # committed by the try before, whose answer was lost
            self._receive.forget_unenrolled(telegram_id)
            raise
        self._receive.forget_unenrolled(telegram_id)
        return view

    async def begin(
        self,
        telegram_id: int,
        language: str,
        age_band: str,
        region: str | None,
        *,
        update_id: int,
    ) -> StudentView:
        """All consents given: the student exists. Enrolled at once where enrolment is open.

        Who agrees that flagged words are read has those still in memory read as well.
        """
        if age_band not in {"adult", "minor"}:
            raise FlowError(Refusal.BAD_VALUE)
        now = self._clock.now()
        written = self._receive.unenrolled(telegram_id)

        def work(unit: Unit) -> StudentView:
            person_id = people.find_person(unit, "student", telegram_id)
            stage = "enrolled" if self._policy.enrolment.open else "enrolling"
            if person_id is None:
                person_id = self._add(unit, telegram_id, language, age_band, region, stage)
            person, student = _both(unit, person_id)
            if student.stage in _NEVER_ASKED:
                student.age_band, student.region = age_band, region or student.region
                person.time_zone = only_zone(student.region) or person.time_zone
            if student.stage != "enrolled":
                student.stage = stage
                student.enrolled_at = now if stage == "enrolled" else None
            self._agree(unit, person_id, consent.SERVICE, now)
            if written is not None:
                worst = worst_of(written)
                carry(unit, person_id, written, worst, update_id, now, self._policy)
            return _must(_view(unit, person_id))

        return await self._keep(telegram_id, work)

    async def begin_mood_only(self, telegram_id: int, language: str) -> StudentView:
        """A mood diary needs no campus, no region and no free text."""
        now = self._clock.now()

        def work(unit: Unit) -> StudentView:
            person_id = people.find_person(unit, "student", telegram_id)
            if person_id is None:
                person_id = self._add(unit, telegram_id, language, "unknown", None, "mood_only")
            self._agree(unit, person_id, consent.MOOD, now)
            return _must(_view(unit, person_id))

        return await self._database.transact(work)

    async def belong(self, student_id: uuid.UUID, code: str) -> StudentView:
        """Show a one-time campus code; it is never joined to who used it.

        OutdatedAction, and the code is not spent, for whoever has shown one.
        """
        now = self._clock.now()
        cleaned = normalize_code(code)

        def work(unit: Unit) -> StudentView:
            students.lock(unit, student_id)
            _, student = _both(unit, student_id)
            if student.stage == "enrolled":
                raise OutdatedAction
            row = codes.lock_campus_code(unit, cleaned)
            if row is None:
                raise FlowError(Refusal.UNKNOWN_CODE)
            require_usable(row.used_at, row.expires_at, now)
            # the day only: an exact time would join the code to the student's enrolment
            row.used_at = now.replace(hour=0, minute=0, second=0, microsecond=0)
            student.stage, student.enrolled_at = "enrolled", now
            return _must(_view(unit, student_id))

        return await self._database.transact(work)

    async def add_campus_codes(self, handed_out: list[str]) -> None:
        """Keep the keyed hashes of codes to hand out."""
        now = self._clock.now()
        expires = now + dt.timedelta(days=self._policy.enrolment.code_days)
        cleaned = [normalize_code(code) for code in handed_out]

        def work(unit: Unit) -> None:
            codes.add_campus_codes(unit, cleaned, "handed_out", expires)
            audit(unit, "campus_codes_made", now, facts={"count": len(cleaned)})

        await self._database.transact(work)

    async def change(self, student_id: uuid.UUID, **changes: Any) -> StudentView:
        """Settings: language, time_zone, quiet_from, quiet_until, region, pseudonym."""
        checked = {name: _check(name, value) for name, value in changes.items()}

        def work(unit: Unit) -> StudentView:
            person, student = _both(unit, student_id)
            for name, value in checked.items():
                if name == "pseudonym":
                    students.set_pseudonym(unit, student, value)
                elif name == "region":
                    student.region = value
                else:
                    setattr(person, name, value)
            return _must(_view(unit, student_id))

        return await self._database.transact(work)

    def _add(
        self,
        unit: Unit,
        telegram_id: int,
        language: str,
        age_band: str,
        region: str | None,
        stage: str,
    ) -> uuid.UUID:
        now = self._clock.now()
        zone = only_zone(region) or self._policy.campus.time_zone
        person = people.add_person(unit, "student", telegram_id, language, zone, now)
        students.add(
            unit,
            person.id,
            age_band=age_band,
            region=region,
            stage=stage,
            pseudonym=make_pseudonym(person.id.int, language),
            now=now,
        )
        return person.id

    def _agree(
        self, unit: Unit, person_id: uuid.UUID, purposes: tuple[str, ...], now: dt.datetime
    ) -> None:
        consent.agree(unit, person_id, purposes, self._policy.enrolment.consent_version, now)


def _check(name: str, value: Any) -> Any:
    good = False
    if name == "language":
        good = value in {"en", "zh"}
    elif name == "time_zone":
        good = isinstance(value, str) and value in zoneinfo.available_timezones()
    elif name in {"quiet_from", "quiet_until"}:
        good = isinstance(value, int) and 0 <= value < 24 * 60
    elif name == "region":
        good = value is None or (isinstance(value, str) and 2 <= len(value) <= 3)
    elif name == "pseudonym":
        value = clean_name(str(value))
        if len(value) > 24:
            raise FlowError(Refusal.TOO_LONG)
        good = bool(value)
    if not good:
        raise FlowError(Refusal.BAD_VALUE)
    return value


def _both(unit: Unit, student_id: uuid.UUID) -> tuple[Person, Student]:
    found = students.get(unit, student_id)
    if found is None:
        raise OutdatedAction
    return found


def _must(view: StudentView | None) -> StudentView:
    if view is None:
        raise OutdatedAction
    return view


def _view(unit: Unit, person_id: uuid.UUID) -> StudentView | None:
    found = students.get(unit, person_id)
    if found is None:
        return None
    person, student = found
    return StudentView(
        id=person_id,
        language=person.language,
        time_zone=person.time_zone,
        quiet_from=person.quiet_from,
        quiet_until=person.quiet_until,
        stage=student.stage,
        age_band=student.age_band,
        region=student.region,
        pseudonym=students.pseudonym_of(unit, student),
        belongs=student.stage == "enrolled",
        consents=tuple(consents.current_consents(unit, person_id)),
    )
