"""Messages, what the screen saw in them, and what became of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Retention, Row, one_of, retain

LEVELS = ["none", "low", "elevated", "imminent"]


class Message(Row, Base):
    """Words of one update part, encrypted with the key of the student they belong to."""

    __tablename__ = "messages"
    __table_args__ = (
        sa.UniqueConstraint("campus_id", "cause_bot", "cause_update", "part"),
        sa.Index("ix_messages_case", "case_id", "id"),
        sa.Index("ix_messages_student", "student_id", "id"),
        sa.Index(
            "ix_messages_uncased",
            "campus_id",
            "sent_at",
            sqlite_where=sa.text("case_id IS NULL"),
            postgresql_where=sa.text("case_id IS NULL"),
        ),
        retain(Retention.TURNS),
    )

    student_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("students.id"))
    case_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("cases.id"))
    author_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("persons.id"))
    direction: Mapped[str] = mapped_column(one_of(["from_student", "to_student"], "direction"))
    part: Mapped[str] = mapped_column(
        one_of(["text", "caption", "edit", "reply", "button", "media"], "part")
    )
    # null once erased; the assessment outlives the words only as numbers
    body: Mapped[bytes | None]
    cause_bot: Mapped[str] = mapped_column(sa.String(8))
    cause_update: Mapped[int] = mapped_column(sa.BigInteger)
    sent_at: Mapped[dt.datetime]
    read_at: Mapped[dt.datetime | None]
    # when it was given up on the way to the student
    undelivered_at: Mapped[dt.datetime | None]


class Assessment(Row, Base):
    """What the risk screen said of one message: everything needed to explain it later."""

    __tablename__ = "assessments"
    __table_args__ = (
        sa.UniqueConstraint("campus_id", "message_id"),
        sa.Index("ix_assessments_case", "case_id"),
        retain(Retention.TURNS),
    )

    message_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("messages.id", ondelete="CASCADE"))
    case_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("cases.id"))
    level: Mapped[str] = mapped_column(one_of(LEVELS, "level"))
    score: Mapped[float]
    lang: Mapped[str] = mapped_column(sa.String(2))
    other: Mapped[bool]
    abuse: Mapped[float]
    # [{kind, tier, level, reason, start, end, version}], offsets only, no words
    signals: Mapped[list[Any]]
    lexicon_version: Mapped[str]
    model_version: Mapped[str | None]
    degraded: Mapped[bool]
    # what the student or a counselor said of it afterwards
    student_says: Mapped[str | None] = mapped_column(one_of(["not_meant"], "student_says"))
    label: Mapped[str | None] = mapped_column(one_of(["true_alarm", "false_alarm"], "label"))
    at: Mapped[dt.datetime]


class Case(Row, Base):
    """One open case a student and desk: who asked or what was flagged, and who has it."""

    __tablename__ = "cases"
    __table_args__ = (
        sa.UniqueConstraint("campus_id", "number"),
        sa.Index(
            "uq_cases_open",
            "campus_id",
            "desk",
            "student_id",
            unique=True,
            sqlite_where=sa.text("status <> 'closed'"),
            postgresql_where=sa.text("status <> 'closed'"),
        ),
        sa.Index("ix_cases_queue", "campus_id", "desk", "status", "triage", "opened_at"),
        sa.Index("ix_cases_student", "campus_id", "student_id", "status"),
        sa.Index("ix_cases_counselor", "campus_id", "counselor_id", "status"),
        sa.Index(
            "ix_cases_answer_due",
            "campus_id",
            "answer_due_at",
            sqlite_where=sa.text("answer_due_at IS NOT NULL"),
            postgresql_where=sa.text("answer_due_at IS NOT NULL"),
        ),
        retain(Retention.CASE),
    )

    number: Mapped[int]
    desk: Mapped[str] = mapped_column(one_of(["counseling", "career"], "desk"))
    student_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("students.id"))
    status: Mapped[str] = mapped_column(one_of(["waiting", "taken", "closed"], "status"))
    # 0 asked without a flag, 1 low, 2 elevated, 3 imminent: the order of the queue
    triage: Mapped[int]
    origin: Mapped[str] = mapped_column(one_of(["asked", "flagged", "follow_up"], "origin"))
    opened_at: Mapped[dt.datetime]
    counselor_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    taken_at: Mapped[dt.datetime | None]
    # a taken case whose student waits longer than this goes back to the queue; of one that waits
    # there the desk hears again
    answer_due_at: Mapped[dt.datetime | None]
    counselor_wrote_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    disposition: Mapped[str | None]
    student_blocked_at: Mapped[dt.datetime | None]
    # when the desk last heard of a block, and whether it is still to hear of this one
    block_told_at: Mapped[dt.datetime | None]
    block_untold: Mapped[bool] = mapped_column(default=False)
    # how often something of it was told: two events of one moment are two letters
    told: Mapped[int] = mapped_column(default=0)


class CaseNote(Row, Base):
    """A counselor's note, encrypted with the student's key (it is about them)."""

    __tablename__ = "case_notes"
    __table_args__ = (sa.Index("ix_case_notes_case", "case_id"), retain(Retention.CASE))

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("cases.id"))
    student_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("students.id"))
    author_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    body: Mapped[bytes | None]
    at: Mapped[dt.datetime]


class CaseReader(Row, Base):
    """Which case a member of staff has open to write in; one at a time."""

    __tablename__ = "case_readers"
    __table_args__ = (
        sa.UniqueConstraint("campus_id", "staff_id"),
        retain(Retention.TRAFFIC),
    )

    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("cases.id"))
    # what the next text is: an answer to the student, a note, or the closing summary
    step: Mapped[str] = mapped_column(one_of(["talk", "note"], "step"))
    at: Mapped[dt.datetime]


class Alert(Row, Base):
    """A page that goes on until somebody acknowledges: one a case at a time."""

    __tablename__ = "alerts"
    __table_args__ = (
        sa.Index(
            "uq_alerts_open",
            "campus_id",
            "case_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.Index("ix_alerts_due", "state", "due_at"),
        retain(Retention.CASE),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("cases.id"))
    level: Mapped[str] = mapped_column(one_of(LEVELS, "level"))
    state: Mapped[str] = mapped_column(one_of(["open", "acknowledged", "ended"], "state"))
    raised_at: Mapped[dt.datetime]
    # when the sweeper pages next, and how many pages went out
    due_at: Mapped[dt.datetime]
    round: Mapped[int]
    webhook_due_at: Mapped[dt.datetime | None]
    webhook_done_at: Mapped[dt.datetime | None]
    webhook_tries: Mapped[int]
    acknowledged_at: Mapped[dt.datetime | None]
    acknowledged_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))


class FollowUp(Row, Base):
    """A check-in after a closed case: a row with a due time."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        sa.UniqueConstraint("campus_id", "case_id", "due_at"),
        sa.Index("ix_follow_ups_due", "state", "due_at"),
        retain(Retention.CASE),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("cases.id"))
    student_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("students.id"))
    state: Mapped[str] = mapped_column(
        one_of(["planned", "asked", "answered", "called_off"], "state")
    )
    due_at: Mapped[dt.datetime]
    asked_at: Mapped[dt.datetime | None]
    answered_at: Mapped[dt.datetime | None]
    answer: Mapped[str | None] = mapped_column(one_of(["better", "same", "worse"], "answer"))


class Mood(Row, Base):
    """One tap: how somebody is, 1 (very low) to 5 (very good), encrypted."""

    __tablename__ = "moods"
    __table_args__ = (
        sa.Index("ix_moods_student", "student_id", "at"),
        retain(Retention.LASTING),
    )

    student_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("students.id"))
    value: Mapped[bytes]
    at: Mapped[dt.datetime]
