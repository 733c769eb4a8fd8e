"""Persons and their addresses."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

import sqlalchemy as sa

from storage.base import new_id
from storage.database import Unit
from storage.errors import KeyFault
from storage.tables.people import Address, Person


@dataclasses.dataclass(frozen=True, slots=True)
class Reach:
    """An address, opened for sending."""

    address_id: uuid.UUID
    person_id: uuid.UUID
    telegram_id: int
    state: str


def address_hash(unit: Unit, bot: str, telegram_id: int) -> bytes:
    """Keyed hash under which an address is found."""
    return unit.keys.hash(f"address.{bot}", str(telegram_id))


def find_person(unit: Unit, bot: str, telegram_id: int) -> uuid.UUID | None:
    """Whose address this is."""
    return unit.scalar(
        sa.select(Address.person_id).where(
            Address.bot == bot, Address.address_hash == address_hash(unit, bot, telegram_id)
        )
    )


def add_person(
    unit: Unit, bot: str, telegram_id: int, language: str, time_zone: str, now: dt.datetime
) -> Person:
    """A new person with an address; the caller adds the student or staff row."""
    person = Person(
        id=new_id(),
        kind=bot,
        language=language,
        time_zone=time_zone,
        quiet_from=22 * 60,
        quiet_until=8 * 60,
        created_at=now,
    )
    unit.add(person)
    address = Address(
        id=new_id(),
        person_id=person.id,
        channel="telegram",
        bot=bot,
        address_hash=address_hash(unit, bot, telegram_id),
        state="active",
        state_at=now,
    )
    address.address = unit.keys.campus.close(str(telegram_id), "addresses", "address", address.id)
    unit.flush()
    unit.add(address)
    unit.flush()
    return person


def reach(unit: Unit, person_id: uuid.UUID, bot: str) -> Reach | None:
    """Where to send to a person in one bot."""
    row = unit.scalar(sa.select(Address).where(Address.person_id == person_id, Address.bot == bot))
    if row is None:
        return None
    return Reach(row.id, person_id, open_address(unit, row), row.state)


def is_reachable(unit: Unit, person_id: uuid.UUID, bot: str) -> bool:
    """Whether the person has not blocked the bot, as far as we know."""
    query = sa.select(Address.id).where(
        Address.person_id == person_id, Address.bot == bot, Address.state == "active"
    )
    return unit.scalar(query) is not None


def came_back(unit: Unit, person_id: uuid.UUID, bot: str, now: dt.datetime) -> None:
    """They have just pressed something there: they can be reached."""
    unit.execute(
        sa.update(Address)
        .where(Address.person_id == person_id, Address.bot == bot, Address.state != "active")
        .values(state="active", state_at=now)
    )


def open_address(unit: Unit, row: Address) -> int:
    """The Telegram id behind an address; KeyFault where it does not open."""
    return int(unit.keys.campus.open(row.address, "addresses", "address", row.id))


def twin(unit: Unit, person_id: uuid.UUID, bot: str, other: str) -> uuid.UUID | None:
    """Who the same Telegram account is in the other bot; None where its address does not open."""
    try:
        found = reach(unit, person_id, bot)
    except KeyFault:
        return None
    return find_person(unit, other, found.telegram_id) if found is not None else None


def set_address_state(unit: Unit, address_id: uuid.UUID, state: str, now: dt.datetime) -> bool:
    """Record that a bot was blocked, deactivated or started again; whether that is news."""
    changed = unit.execute(
        sa.update(Address)
        .where(Address.id == address_id, Address.state != state)
        .values(state=state, state_at=now)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def get(unit: Unit, person_id: uuid.UUID) -> Person | None:
    """A person by id."""
    return unit.get(Person, person_id)
