"""Staff: invited by one-time codes, on call or not, revoked at once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from flows.care import back_to_queue, letter, tell_of_return
from flows.clock import Clock
from flows.codes import make_code, normalize_code, require_usable
from flows.errors import FlowError, OutdatedAction, Refusal
from flows.policy import Policy
from flows.roles import ROLES, require_admin, require_staff
from flows.rules import triage as rules
from flows.rules.names import clean_name
from storage import alerts, cases, codes, deliveries, outbox, people, staff
from storage.database import Database, Unit
from storage.records import audit

__all__ = ["ROLES", "StaffView", "Staffing", "make_code"]


@dataclasses.dataclass(frozen=True, slots=True)
class StaffView:
    """A member of staff, as a front end needs them."""

    id: uuid.UUID
    role: str
    language: str
    name: str | None
    on_call: bool
    on_call_until: dt.datetime | None
    revoked: bool
    time_zone: str
    # has not blocked the bot, as far as we know
    reachable: bool


class Staffing:
    """Who works here."""

    def __init__(self, database: Database, clock: Clock, policy: Policy) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy

    async def invite(self, role: str, *, actor_id: uuid.UUID | None = None) -> str:
        """A one-time code for a role; shown once, kept as a keyed hash."""
        if role not in ROLES:
            raise FlowError(Refusal.BAD_VALUE)
        code, now = make_code(), self._clock.now()

        def work(unit: Unit) -> None:
            if actor_id is not None:
                require_admin(unit, actor_id)
            expires = now + dt.timedelta(days=self._policy.enrolment.invite_days)
            codes.add_invite(unit, normalize_code(code), role, now, expires, created_by=actor_id)
            audit(unit, "staff_invited", now, actor_id=actor_id, facts={"role": role})

        await self._database.transact(work)
        return code

    async def find(self, telegram_id: int) -> StaffView | None:
        """The member of staff behind a Telegram id, revoked ones too."""

        def work(unit: Unit) -> StaffView | None:
            person_id = people.find_person(unit, "staff", telegram_id)
            return None if person_id is None else _view(unit, person_id)

        return await self._database.read(work)

    async def accept(self, telegram_id: int, code: str, language: str) -> StaffView:
        """Use an invite: FlowError UNKNOWN_CODE, USED_CODE, EXPIRED_CODE or ALREADY_STAFF."""
        now = self._clock.now()
        cleaned = normalize_code(code)

        def work(unit: Unit) -> StaffView:
            invite = codes.lock_invite(unit, cleaned)
            if invite is None:
                raise FlowError(Refusal.UNKNOWN_CODE)
            require_usable(invite.used_at, invite.expires_at, now)
            person_id = people.find_person(unit, "staff", telegram_id)
            if person_id is None:
                person = people.add_person(
                    unit, "staff", telegram_id, language if language in {"en", "zh"} else "en",
                    self._policy.campus.time_zone, now,
                )  # fmt: skip
                person_id = person.id
                staff.add(unit, person_id, invite.role, now)
            else:
                found = staff.lock(unit, person_id)
                assert found is not None
                _, member = found
                if member.revoked_at is None:
                    raise FlowError(Refusal.ALREADY_STAFF)
                member.role, member.revoked_at, member.joined_at = invite.role, None, now
            invite.used_at, invite.used_by = now, person_id
            audit(unit, "staff_joined", now, actor_id=person_id, facts={"role": invite.role})
            return _must(_view(unit, person_id))

        return await self._database.transact(work)

    async def set_name(self, staff_id: uuid.UUID, name: str) -> StaffView:
        """The name students see; chosen by the counselor. FlowError BAD_NAME when none shows."""
        cleaned = clean_name(name)
        if not cleaned:
            raise FlowError(Refusal.BAD_NAME)
        if len(cleaned) > 40:
            raise FlowError(Refusal.TOO_LONG)

        def work(unit: Unit) -> StaffView:
            _, member = require_staff(unit, staff_id)
            staff.set_name(unit, member, cleaned)
            return _must(_view(unit, staff_id))

        return await self._database.transact(work)

    async def set_language(self, staff_id: uuid.UUID, language: str) -> StaffView:
        """English or Chinese."""
        if language not in {"en", "zh"}:
            raise FlowError(Refusal.BAD_VALUE)

        def work(unit: Unit) -> StaffView:
            person, _ = require_staff(unit, staff_id)
            person.language = language
            return _must(_view(unit, staff_id))

        return await self._database.transact(work)

    async def set_on_call(
        self, staff_id: uuid.UUID, on_call: bool, hours: int | None = None
    ) -> StaffView:
        """Go on call (for some hours, at most the longest shift) or off.

        No shift is without end: a switch that somebody forgot would promise students a counselor
        who is not there. Whoever goes on call is paged at once for what waits unacknowledged.
        """
        longest = self._policy.paging.longest_shift_h
        shift = dt.timedelta(hours=min(hours or longest, longest))
        now = self._clock.now()

        def work(unit: Unit) -> StaffView:
            _, member = require_staff(unit, staff_id, hold=True)
            if member.role != "counselor":
                raise FlowError(Refusal.NOT_ALLOWED)
            member.on_call = on_call
            member.on_call_until = now + shift if on_call else None
            audit(
                unit, "on_call" if on_call else "off_call", now, actor_id=staff_id,
                facts={"hours": hours or 0},
            )  # fmt: skip
            if on_call:
                people.came_back(unit, staff_id, "staff", now)
                alerts.hasten(unit, now)
            return _must(_view(unit, staff_id))

        return await self._database.transact(work)

    async def ask_still_there(self) -> int:
        """Sweep: shortly before a shift ends, one letter with one tap to go on; how many went."""
        now = self._clock.now()
        before = dt.timedelta(minutes=self._policy.paging.ask_before_end_min)

        def work(unit: Unit) -> int:
            ending = [
                (staff_id, until)
                for staff_id, until in staff.shifts_ending(unit, now, now + before)
                if not outbox.is_known(unit, _shift_cause(staff_id, until))
            ]
            for staff_id, until in ending:
                person, _ = require_staff(unit, staff_id)
                letter(
                    unit, staff_id, "staff", "alert", "staff-out-still-there",
                    _shift_cause(staff_id, until), now,
                    until=until.isoformat(), zone=person.time_zone,
                )  # fmt: skip
            return len(ending)

        return await self._database.transact(work)

    async def roster(self, staff_id: uuid.UUID) -> tuple[StaffView, ...]:
        """All staff, for those on the desk."""

        def work(unit: Unit) -> tuple[StaffView, ...]:
            require_staff(unit, staff_id)
            return _everybody(unit)

        return await self._database.read(work)

    async def everybody(self) -> tuple[StaffView, ...]:
        """All staff, for the operator's terminal."""
        return await self._database.read(_everybody)

    async def revoke(self, actor_id: uuid.UUID | None, staff_id: uuid.UUID) -> StaffView:
        """Take effect at once: cases go back, pages stop, every later step is refused.

        FlowError LAST_ADMIN, whoever asks: somebody must hear the pages that nobody answers.

        With them go the invites they made that nobody used yet.
        """
        now = self._clock.now()

        def work(unit: Unit) -> StaffView:
            admins = staff.lock_admins(unit)
            if actor_id is not None:
                require_admin(unit, actor_id)
            if admins == [staff_id]:
                raise FlowError(Refusal.LAST_ADMIN)
            found = staff.lock(unit, staff_id)
            if found is None or found[1].revoked_at is not None:
                raise OutdatedAction
            _, member = found
            member.revoked_at, member.on_call = now, False
            cases.set_reader(unit, staff_id, None, "talk", now)
            deliveries.hasten(unit, staff_id, now)
            codes.end_invites(unit, staff_id, now)
            for case in cases.held_by(unit, staff_id):
                back_to_queue(unit, case, rules.CaseStep.RETURN, actor_id, now, self._policy)
                tell_of_return(unit, case, staff_id, now)
            audit(unit, "staff_revoked", now, actor_id=actor_id, subject_id=staff_id)
            return _must(_view(unit, staff_id))

        return await self._database.transact(work)


def _shift_cause(staff_id: uuid.UUID, until: dt.datetime) -> str:
    return f"shift:{staff_id.hex}:{int(until.timestamp())}"


def _everybody(unit: Unit) -> tuple[StaffView, ...]:
    return tuple(_must(_view(unit, staff_id)) for staff_id in staff.everybody(unit))


def _must(view: StaffView | None) -> StaffView:
    if view is None:
        raise OutdatedAction
    return view


def _view(unit: Unit, person_id: uuid.UUID) -> StaffView | None:
    found = staff.get(unit, person_id)
    if found is None:
        return None
    person, member = found
    return StaffView(
        person_id,
        member.role,
        person.language,
        staff.name_of(unit, person_id),
        member.on_call,
        member.on_call_until,
        member.revoked_at is not None,
        person.time_zone,
        people.is_reachable(unit, person_id, "staff"),
    )
