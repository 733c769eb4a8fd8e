"""Proof of what was done, and the small counters."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Retention, Row, one_of, retain


class Event(Row, Base):
    """What happened, for later statistics: a pseudonymous subject and small enums, no words."""

    __tablename__ = "events"
    __table_args__ = (
        sa.Index("ix_events_kind_at", "campus_id", "kind", "at"),
        retain(Retention.LASTING),
    )

    subject: Mapped[bytes] = mapped_column(sa.LargeBinary(16))
    kind: Mapped[str]
    at: Mapped[dt.datetime]
    facts: Mapped[dict[str, Any]]


class AuditEntry(Row, Base):
    """What staff and operators did, per campus, each row carrying the hash of the one before."""

    __tablename__ = "audit"
    __table_args__ = (
        sa.UniqueConstraint("campus_id", "position"),
        retain(Retention.RECORD),
    )

    position: Mapped[int] = mapped_column(sa.BigInteger)
    actor_id: Mapped[uuid.UUID | None]
    action: Mapped[str]
    subject_id: Mapped[uuid.UUID | None]
    # small facts only: ids, enums, numbers
    facts: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime]
    previous: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32))


class AccessEntry(Row, Base):
    """Each opening of a student's words by staff; the student can read it."""

    __tablename__ = "access_log"
    __table_args__ = (
        sa.Index("ix_access_log_student", "student_id", "id"),
        retain(Retention.RECORD),
    )

    student_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("students.id"))
    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    case_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("cases.id"))
    what: Mapped[str] = mapped_column(one_of(["words", "notes"], "what"))
    at: Mapped[dt.datetime]


class Counter(Row, Base):
    """A number that only rises: case numbers, audit positions."""

    __tablename__ = "counters"
    __table_args__ = (sa.UniqueConstraint("campus_id", "name"), retain(Retention.LASTING))

    name: Mapped[str]
    value: Mapped[int] = mapped_column(sa.BigInteger)


class CrisisConfirmation(Row, Base):
    """An operator checked one entry of the crisis directory: who, when, what they saw."""

    __tablename__ = "crisis_confirmations"
    __table_args__ = (
        sa.Index("ix_crisis_confirmations_entry", "campus_id", "entry_id", "at"),
        retain(Retention.RECORD),
    )

    entry_id: Mapped[str]
    # ciphertext
    by: Mapped[bytes]
    value_seen: Mapped[str]
    at: Mapped[dt.datetime]


class OperatorAlert(Row, Base):
    """Something only the operator can mend: a model gone, a parked row, a failed card."""

    __tablename__ = "operator_alerts"
    __table_args__ = (
        sa.UniqueConstraint("campus_id", "kind", "day"),
        retain(Retention.RECORD),
    )

    kind: Mapped[str]
    day: Mapped[str] = mapped_column(sa.String(10))
    count: Mapped[int]
    last_at: Mapped[dt.datetime]
    # the next call of the outgoing webhook, at once when null
    webhook_due_at: Mapped[dt.datetime | None]
    webhook_tries: Mapped[int] = mapped_column(default=0)
    webhook_done_at: Mapped[dt.datetime | None]
