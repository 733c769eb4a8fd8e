"""Messages in a chat, of ours or of staff: so that they can be taken back."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from storage.base import new_id
from storage.database import Unit
from storage.errors import KeyFault
from storage.people import open_address, reach
from storage.tables.people import Address
from storage.tables.traffic import Delivery


@dataclasses.dataclass(frozen=True, slots=True)
class Copy:
    """A message to delete: which bot, whose chat, which id."""

    id: uuid.UUID
    person_id: uuid.UUID
    bot: str
    telegram_id: int
    message_id: int
    sent_at: dt.datetime


def record(
    unit: Unit,
    *,
    person_id: uuid.UUID,
    bot: str,
    message_id: int,
    sent_at: dt.datetime,
    outbox_id: uuid.UUID | None = None,
    case_id: uuid.UUID | None = None,
    delete_after: dt.timedelta | None = None,
) -> None:
    """Remember a message; with `delete_after` the sweeper takes it back."""
    found = reach(unit, person_id, bot)
    if found is None:
        return
    unit.execute(
        sa.insert(Delivery.__table__),  # type: ignore[arg-type]
        {
            "id": new_id(),
            "campus_id": unit.campus_id,
            "outbox_id": outbox_id,
            "case_id": case_id,
            "address_id": found.address_id,
            "bot": bot,
            "message_id": message_id,
            "sent_at": sent_at,
            "delete_at": sent_at + delete_after if delete_after else None,
        },
    )


def is_kept(unit: Unit, person_id: uuid.UUID, bot: str, message_id: int) -> bool:
    """Whether a message in somebody's chat is remembered already."""
    query = (
        sa.select(Delivery.id)
        .join(Address, Address.id == Delivery.address_id)
        .where(
            Address.person_id == person_id,
            Delivery.bot == bot,
            Delivery.message_id == message_id,
        )
        .limit(1)
    )
    return unit.scalar(query) is not None


def claim_for_deletion(
    unit: Unit,
    now: dt.datetime,
    lease: dt.timedelta,
    *,
    latest: dt.datetime,
    limit: int = 100,
) -> list[Copy]:
    """Copies whose time has come; what is not deleted within the lease is due again then.

    One that is due after `latest` was planned by a clock that has been set back since: it goes
    now, for nobody knows how long it has been there. One whose address does not open holds up none
    of the others.
    """
    rows = unit.execute(
        sa.select(Delivery, Address)
        .join(Address, Address.id == Delivery.address_id)
        .where(
            sa.or_(Delivery.delete_at <= now, Delivery.delete_at > latest),
            Delivery.deleted_at.is_(None),
            Delivery.stands_since.is_(None),
        )
        .order_by(Delivery.delete_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Delivery)
    )
    copies = []
    for delivery, address in rows:
        delivery.delete_at = now + lease
        with contextlib.suppress(KeyFault):
            copies.append(
                Copy(
                    delivery.id,
                    address.person_id,
                    delivery.bot,
                    open_address(unit, address),
                    delivery.message_id,
                    delivery.sent_at,
                )
            )
    return copies


def mark_deleted(unit: Unit, ids: Sequence[uuid.UUID], now: dt.datetime) -> None:
    """They are gone from the chat."""
    unit.execute(sa.update(Delivery).where(Delivery.id.in_(ids)).values(deleted_at=now))


def mark_standing(unit: Unit, ids: Sequence[uuid.UUID], now: dt.datetime) -> None:
    """They are still in the chat, and Telegram no longer lets us delete them."""
    unit.execute(
        sa.update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.stands_since.is_(None))
        .values(stands_since=now)
    )


def hasten(unit: Unit, person_id: uuid.UUID, now: dt.datetime) -> None:
    """Whoever is revoked keeps no copies: delete them now."""
    addresses = sa.select(Address.id).where(Address.person_id == person_id)
    unit.execute(
        sa.update(Delivery)
        .where(
            Delivery.address_id.in_(addresses),
            Delivery.deleted_at.is_(None),
            Delivery.delete_at.is_not(None),
        )
        .values(delete_at=now)
    )
