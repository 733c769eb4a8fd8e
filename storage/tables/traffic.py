"""What comes in, what goes out, and which screen somebody is on."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Retention, Row, one_of, retain


class Inbox(Row, Base):
    """An update, stored before Telegram is told that we have it; gone once done."""

    __tablename__ = "inbox"
    __table_args__ = (
        sa.UniqueConstraint("campus_id", "bot", "update_id"),
        sa.Index("ix_inbox_state", "bot", "state", "id"),
        retain(Retention.TRAFFIC),
    )

    bot: Mapped[str] = mapped_column(sa.String(8))
    update_id: Mapped[int] = mapped_column(sa.BigInteger)
    lane: Mapped[bytes] = mapped_column(sa.LargeBinary(16))
    payload: Mapped[bytes]
    received_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(one_of(["waiting", "parked"], "state"))
    # set by the flow's own commit: after a crash the row is not handled again
    applied: Mapped[bool]
    attempts: Mapped[int]
    reason: Mapped[str | None]


class InboxSeen(Row, Base):
    """De-duplication, kept seven days."""

    __tablename__ = "inbox_seen"
    __table_args__ = (
        sa.UniqueConstraint("campus_id", "bot", "update_id"),
        sa.Index("ix_inbox_seen_seen_at", "seen_at"),
        retain(Retention.TRAFFIC),
    )

    bot: Mapped[str] = mapped_column(sa.String(8))
    update_id: Mapped[int] = mapped_column(sa.BigInteger)
    seen_at: Mapped[dt.datetime]


class LaneLease(Row, Base):
    """Which process works a lane or sends for a bot; the fence rises with each new owner."""

    __tablename__ = "lane_leases"
    __table_args__ = (
        sa.UniqueConstraint("campus_id", "name"),
        retain(Retention.TRAFFIC),
    )

    name: Mapped[str]
    owner: Mapped[str]
    fence: Mapped[int] = mapped_column(sa.BigInteger)
    until: Mapped[dt.datetime]


class Outbox(Row, Base):
    """What must reach a person by itself: channel-neutral, rendered when sent."""

    __tablename__ = "outbox"
    __table_args__ = (
        sa.UniqueConstraint("campus_id", "cause"),
        sa.Index("ix_outbox_due", "bot", "state", "priority", "id"),
        sa.Index("ix_outbox_person", "person_id", "state"),
        sa.Index("ix_outbox_finished", "campus_id", "finished_at"),
        retain(Retention.TRAFFIC),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("persons.id"))
    bot: Mapped[str] = mapped_column(sa.String(8))
    kind: Mapped[str] = mapped_column(
        one_of(
            ["card", "page", "alert", "relay", "notice", "follow_up", "reminder", "campaign"],
            "kind",
        )
    )
    text_key: Mapped[str]
    # the counselor's text that it carries
    message_id: Mapped[uuid.UUID | None]
    # JSON, encrypted with the key of `key_owner` (a student, or the campus when null)
    key_owner: Mapped[uuid.UUID | None]
    args: Mapped[bytes]
    media: Mapped[list[Any] | None]
    # 0 cards and pages, 1 alerts, 2 relays and notices, 3 reminders and follow-ups, 4 campaigns
    priority: Mapped[int]
    cause: Mapped[str] = mapped_column(sa.String(96))
    created_at: Mapped[dt.datetime]
    not_before: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime | None]
    state: Mapped[str] = mapped_column(
        one_of(["waiting", "attempting", "sent", "failed", "skipped", "expired"], "state")
    )
    attempts: Mapped[int]
    attempt_started_at: Mapped[dt.datetime | None]
    # sends that may have reached the person before (a kill, time-out or reset)
    repeats: Mapped[int]
    reason: Mapped[str | None]
    finished_at: Mapped[dt.datetime | None]
    # a protected copy in a staff chat goes this long after it was sent
    delete_after_s: Mapped[int | None]


class Delivery(Row, Base):
    """A message of ours in a chat: so that it can be edited, replied to, taken back."""

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.Index("ix_deliveries_delete", "delete_at", "deleted_at"),
        sa.Index("ix_deliveries_sent", "campus_id", "sent_at"),
        sa.Index("ix_deliveries_case", "case_id"),
        sa.Index("ix_deliveries_address", "address_id", "message_id"),
        retain(Retention.TRAFFIC),
    )

    outbox_id: Mapped[uuid.UUID | None]
    case_id: Mapped[uuid.UUID | None]
    address_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("addresses.id"))
    bot: Mapped[str] = mapped_column(sa.String(8))
    message_id: Mapped[int] = mapped_column(sa.BigInteger)
    sent_at: Mapped[dt.datetime]
    delete_at: Mapped[dt.datetime | None]
    deleted_at: Mapped[dt.datetime | None]
    # Telegram does not delete it any more: it stands in the chat until somebody does by hand
    stands_since: Mapped[dt.datetime | None]


class Screen(Row, Base):
    """Which screen a chat is on, as ciphertext under a hashed key."""

    __tablename__ = "screens"
    __table_args__ = (
        sa.UniqueConstraint("campus_id", "bot", "key_hash"),
        retain(Retention.TRAFFIC),
    )

    bot: Mapped[str] = mapped_column(sa.String(8))
    key_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    state: Mapped[bytes]
    at: Mapped[dt.datetime]
