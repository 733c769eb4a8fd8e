"""Staff: invited by one-time codes, on call or not, revoked at once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
import uuid

import sqlalchemy as sa

from flows.clock import Clock
from flows.desk import back_to_queue
from flows.enrolment import normalize_code
from flows.errors import FlowError, OutdatedAction, Refusal
from flows.policy import Policy
from flows.rules import triage as rules
from storage import deliveries, people
from storage.database import Database, Unit
from storage.records import audit
from storage.tables.care import Alert, Case, CaseReader
from storage.tables.people import Invite, Person, Staff

ROLES = ("counselor", "editor", "adviser", "admin")
# no 0/O, 1/I/L: codes are read aloud and typed by hand
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


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


def make_code() -> str:
    """A one-time code of 50 bits, in two groups."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


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
            unit.add(
                Invite(
                    code_hash=unit.keys.hash("invite", normalize_code(code)),
                    role=role,
                    created_at=now,
                    expires_at=now + dt.timedelta(days=self._policy.enrolment.invite_days),
                )
            )
            unit.flush()
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
            invite = unit.scalar(
                sa.select(Invite)
                .where(Invite.code_hash == unit.keys.hash("invite", cleaned))
                .with_for_update()
            )
            if invite is None:
                raise FlowError(Refusal.UNKNOWN_CODE)
            if invite.used_at is not None:
                raise FlowError(Refusal.USED_CODE)
            if invite.expires_at <= now:
                raise FlowError(Refusal.EXPIRED_CODE)
            person_id = people.find_person(unit, "staff", telegram_id)
            if person_id is None:
                person = people.add_person(
                    unit, "staff", telegram_id, language if language in {"en", "zh"} else "en",
                    self._policy.campus.time_zone, now,
                )  # fmt: skip
                person_id = person.id
                unit.add(Staff(id=person_id, role=invite.role, on_call=False, joined_at=now))
            else:
                staff = unit.get(Staff, person_id)
                assert staff is not None
                if staff.revoked_at is None:
                    raise FlowError(Refusal.ALREADY_STAFF)
                staff.role, staff.revoked_at, staff.joined_at = invite.role, None, now
            invite.used_at, invite.used_by = now, person_id
            unit.flush()
            audit(unit, "staff_joined", now, actor_id=person_id, facts={"role": invite.role})
            return _must(_view(unit, person_id))

        return await self._database.transact(work)

    async def set_name(self, staff_id: uuid.UUID, name: str) -> StaffView:
        """The name students see; chosen by the counselor."""
        cleaned = " ".join(name.split())
        if not cleaned:
            raise FlowError(Refusal.EMPTY)
        if len(cleaned) > 40:
            raise FlowError(Refusal.TOO_LONG)

        def work(unit: Unit) -> StaffView:
            _, staff = require_staff(unit, staff_id)
            staff.name = unit.keys.campus.close(cleaned, "staff", "name", staff.id)
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
        """Go on call (for some hours, or until further notice) or off.

        Whoever goes on call is paged at once for what waits unacknowledged.
        """
        now = self._clock.now()

        def work(unit: Unit) -> StaffView:
            _, staff = require_staff(unit, staff_id)
            if staff.role != "counselor":
                raise FlowError(Refusal.NOT_ALLOWED)
            staff.on_call = on_call
            staff.on_call_until = now + dt.timedelta(hours=hours) if on_call and hours else None
            unit.flush()
            audit(
                unit, "on_call" if on_call else "off_call", now, actor_id=staff_id,
                facts={"hours": hours or 0},
            )  # fmt: skip
            if on_call:
                unit.execute(
                    sa.update(Alert)
                    .where(Alert.state == "open", Alert.due_at > now)
                    .values(due_at=now)
                )
            return _must(_view(unit, staff_id))

        return await self._database.transact(work)

    async def roster(self, staff_id: uuid.UUID) -> tuple[StaffView, ...]:
        """All staff, for those on the desk."""

        def work(unit: Unit) -> tuple[StaffView, ...]:
            require_staff(unit, staff_id)
            ids = unit.scalars(sa.select(Staff.id).order_by(Staff.joined_at)).all()
            return tuple(_must(_view(unit, row)) for row in ids)

        return await self._database.read(work)

    async def everybody(self) -> tuple[StaffView, ...]:
        """All staff, for the operator's terminal."""

        def work(unit: Unit) -> tuple[StaffView, ...]:
            ids = unit.scalars(sa.select(Staff.id).order_by(Staff.joined_at)).all()
            return tuple(_must(_view(unit, row)) for row in ids)

        return await self._database.read(work)

    async def revoke(self, actor_id: uuid.UUID | None, staff_id: uuid.UUID) -> StaffView:
        """Take effect at once: cases go back, pages stop, every later step is refused."""
        now = self._clock.now()

        def work(unit: Unit) -> StaffView:
            if actor_id is not None:
                require_admin(unit, actor_id)
            staff = unit.get(Staff, staff_id)
            if staff is None or staff.revoked_at is not None:
                raise OutdatedAction
            staff.revoked_at, staff.on_call = now, False
            unit.flush()
            unit.execute(sa.delete(CaseReader).where(CaseReader.staff_id == staff_id))
            deliveries.hasten(unit, staff_id, now)
            held = unit.scalars(
                sa.select(Case)
                .where(Case.counselor_id == staff_id, Case.status == "taken")
                .with_for_update()
            ).all()
            for case in held:
                back_to_queue(unit, case, rules.CaseStep.RETURN, actor_id, now, self._policy)
            audit(unit, "staff_revoked", now, actor_id=actor_id, subject_id=staff_id)
            return _must(_view(unit, staff_id))

        return await self._database.transact(work)


def require_staff(unit: Unit, staff_id: uuid.UUID) -> tuple[Person, Staff]:
    """Staff of any role who were not revoked."""
    found = people.get_staff(unit, staff_id)
    if found is None or found[1].revoked_at is not None:
        raise FlowError(Refusal.NOT_STAFF)
    return found


def require_admin(unit: Unit, staff_id: uuid.UUID) -> None:
    """Only admins."""
    if require_staff(unit, staff_id)[1].role != "admin":
        raise FlowError(Refusal.NOT_ALLOWED)


def _must(view: StaffView | None) -> StaffView:
    if view is None:
        raise OutdatedAction
    return view


def _view(unit: Unit, person_id: uuid.UUID) -> StaffView | None:
    found = people.get_staff(unit, person_id)
    if found is None:
        return None
    person, staff = found
    return StaffView(
        person_id,
        staff.role,
        person.language,
        people.staff_name(unit, staff),
        staff.on_call,
        staff.on_call_until,
        staff.revoked_at is not None,
        person.time_zone,
    )
