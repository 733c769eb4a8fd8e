"""Persons, how to reach them, what they agreed to."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Retention, Row, one_of, retain


class Person(Row, Base):
    """Somebody we can write to: a student or a member of staff."""

    __tablename__ = "persons"
    __table_args__ = (retain(Retention.LASTING),)

    kind: Mapped[str] = mapped_column(one_of(["student", "staff"], "kind"))
    language: Mapped[str] = mapped_column(one_of(["en", "zh"], "language"))
    time_zone: Mapped[str]
    # minutes after local midnight; equal values mean no quiet hours
    quiet_from: Mapped[int]
    quiet_until: Mapped[int]
    created_at: Mapped[dt.datetime]


class Address(Row, Base):
    """Where a person is reached: keyed hash to find them, ciphertext to send."""

    __tablename__ = "addresses"
    __table_args__ = (
        sa.UniqueConstraint("campus_id", "bot", "address_hash"),
        sa.Index("ix_addresses_person", "person_id", "bot"),
        retain(Retention.LASTING),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("persons.id"))
    channel: Mapped[str] = mapped_column(one_of(["telegram"], "channel"))
    bot: Mapped[str] = mapped_column(one_of(["student", "staff"], "bot"))
    address_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    address: Mapped[bytes]
    state: Mapped[str] = mapped_column(one_of(["active", "blocked", "gone"], "state"))
    state_at: Mapped[dt.datetime]


class Student(Row, Base):
    """A student: id is the person's. No name, no number, no e-mail."""

    __tablename__ = "students"
    __table_args__ = (retain(Retention.LASTING),)

    id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("persons.id"), primary_key=True)
    age_band: Mapped[str] = mapped_column(one_of(["adult", "minor", "unknown"], "age_band"))
    region: Mapped[str | None] = mapped_column(sa.String(8))
    stage: Mapped[str] = mapped_column(
        one_of(["help_first", "mood_only", "enrolling", "enrolled"], "stage")
    )
    pseudonym: Mapped[bytes | None]
    enrolled_at: Mapped[dt.datetime | None]


class Consent(Row, Base):
    """Append-only: what was agreed to or withdrawn, in which wording, when."""

    __tablename__ = "consents"
    __table_args__ = (
        sa.Index("ix_consents_person_purpose", "person_id", "purpose", "id"),
        retain(Retention.RECORD),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("persons.id"))
    purpose: Mapped[str]
    version: Mapped[str] = mapped_column(sa.String(16))
    action: Mapped[str] = mapped_column(one_of(["given", "withdrawn"], "action"))
    at: Mapped[dt.datetime]


class Staff(Row, Base):
    """A member of staff: id is the person's. The name is the one they chose to be called by."""

    __tablename__ = "staff"
    __table_args__ = (retain(Retention.LASTING),)

    id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("persons.id"), primary_key=True)
    role: Mapped[str] = mapped_column(one_of(["counselor", "editor", "adviser", "admin"], "role"))
    name: Mapped[bytes | None]
    on_call: Mapped[bool]
    on_call_until: Mapped[dt.datetime | None]
    joined_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]


class Invite(Row, Base):
    """A one-time code that makes its bearer staff; only a keyed hash is kept."""

    __tablename__ = "invites"
    __table_args__ = (
        sa.UniqueConstraint("campus_id", "code_hash"),
        retain(Retention.RECORD),
    )

    code_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    role: Mapped[str] = mapped_column(one_of(["counselor", "editor", "adviser", "admin"], "role"))
    created_at: Mapped[dt.datetime]
    # nobody of the staff: made on the server
    created_by: Mapped[uuid.UUID | None]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    used_by: Mapped[uuid.UUID | None]


class CampusCode(Row, Base):
    """A one-time code a student shows to belong to the campus. Never joined to who used it."""

    __tablename__ = "campus_codes"
    __table_args__ = (
        sa.UniqueConstraint("campus_id", "code_hash"),
        retain(Retention.RECORD),
    )

    code_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    kind: Mapped[str] = mapped_column(one_of(["handed_out", "mailed"], "kind"))
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
