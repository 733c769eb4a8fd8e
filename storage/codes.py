"""One-time codes: staff invites and campus codes. Only their keyed hashes are kept."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

import sqlalchemy as sa

from storage.database import Unit
from storage.tables.people import CampusCode, Invite


def add_invite(
    unit: Unit,
    code: str,
    role: str,
    now: dt.datetime,
    expires: dt.datetime,
    *,
    created_by: uuid.UUID | None,
) -> None:
    """Keep an invite to a role."""
    unit.add(
        Invite(
            code_hash=unit.keys.hash("invite", code),
            role=role,
            created_at=now,
            created_by=created_by,
            expires_at=expires,
        )
    )
    unit.flush()


def lock_invite(unit: Unit, code: str) -> Invite | None:
    """The invite of a code, locked: of two who use it at once the second finds it used."""
    return unit.scalar(
        sa.select(Invite)
        .where(Invite.code_hash == unit.keys.hash("invite", code))
        .with_for_update()
    )


def end_invites(unit: Unit, created_by: uuid.UUID, now: dt.datetime) -> None:
    """No invite of theirs that was not used yet opens anything from now on."""
    unit.execute(
        sa.update(Invite)
        .where(Invite.created_by == created_by, Invite.used_at.is_(None), Invite.expires_at > now)
        .values(expires_at=now)
    )


def add_campus_codes(unit: Unit, codes: Iterable[str], kind: str, expires: dt.datetime) -> None:
    """Keep codes that show that somebody belongs to the campus."""
    for code in codes:
        unit.add(
            CampusCode(
                code_hash=unit.keys.hash("campus_code", code), kind=kind, expires_at=expires
            )
        )
    unit.flush()


def lock_campus_code(unit: Unit, code: str) -> CampusCode | None:
    """The row of a campus code, locked: of two who use it at once the second finds it used."""
    return unit.scalar(
        sa.select(CampusCode)
        .where(CampusCode.code_hash == unit.keys.hash("campus_code", code))
        .with_for_update()
    )
