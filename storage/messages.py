"""Words, encrypted with the key of the student they belong to, and what the screen said."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, cast

import sqlalchemy as sa

from storage.base import new_id
from storage.database import Unit
from storage.tables.care import Assessment, Message

# built once: every message passes them
_ADD = sa.insert(cast(sa.Table, Message.__table__))
_ASSESS = sa.insert(cast(sa.Table, Assessment.__table__))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """One part of an update, to be stored."""

    student_id: uuid.UUID
    author_id: uuid.UUID
    direction: str
    part: str
    body: str
    bot: str
    update_id: int
    case_id: uuid.UUID | None = None


# rows that come with one update without being its own words
BESIDE = 100


@dataclasses.dataclass(frozen=True, slots=True)
class Words:
    """A message opened for somebody who may read it; a mark stands for something not kept."""

    id: uuid.UUID
    author_id: uuid.UUID
    direction: str
    part: str
    body: str
    sent_at: dt.datetime
    level: str
    spans: tuple[tuple[int, int], ...]
    mark: bool
    not_meant: bool
    undelivered: bool


def received(unit: Unit, bot: str, update_id: int) -> list[tuple[uuid.UUID, uuid.UUID | None]]:
    """Messages (and their cases) already stored for an update: a restart came in between."""
    table = Message.__table__
    return [
        (row.id, row.case_id)
        for row in unit.execute(
            sa.select(table.c.id, table.c.case_id)
            .where(
                table.c.campus_id == unit.campus_id,
                table.c.cause_bot == bot,
                table.c.cause_update == update_id,
            )
            .order_by(table.c.id)
        )
    ]


def beside(update_id: int, place: int = 0) -> int:
    """The number of such a row, 0 <= place < BESIDE: negative, so that no update meets it."""
    return -(update_id * BESIDE + place)


def add_all(
    unit: Unit, items: Sequence[tuple[NewMessage, dict[str, Any] | None]], now: dt.datetime
) -> list[uuid.UUID]:
    """Store messages, each with what the screen said of it (None for a counselor's, and for a
    mark, which has no words).

    No ORM here: every message of every student passes.
    """
    ids = [new_id() for _ in items]
    rows, assessments = [], []
    for row_id, (message, facts) in zip(ids, items, strict=True):
        cipher = unit.keys.student(unit, message.student_id)
        rows.append(
            {
                "id": row_id,
                "campus_id": unit.campus_id,
                "student_id": message.student_id,
                "case_id": message.case_id,
                "author_id": message.author_id,
                "direction": message.direction,
                "part": message.part,
                "body": cipher.close(
                    message.body.encode("utf-8", "surrogatepass"), "messages", "body", row_id
                ),
                "cause_bot": message.bot,
                "cause_update": message.update_id,
                "sent_at": now,
            }
        )
        if facts is not None:
            assessments.append(
                {
                    "id": new_id(),
                    "campus_id": unit.campus_id,
                    "message_id": row_id,
                    "case_id": message.case_id,
                    "at": now,
                    **facts,
                }
            )
    connection = unit.connection()
    connection.execute(_ADD, rows)
    if assessments:
        connection.execute(_ASSESS, assessments)
    return ids


def attach(unit: Unit, message_ids: Sequence[uuid.UUID], case_id: uuid.UUID) -> None:
    """Put messages into a case."""
    unit.execute(sa.update(Message).where(Message.id.in_(message_ids)).values(case_id=case_id))
    unit.execute(
        sa.update(Assessment).where(Assessment.message_id.in_(message_ids)).values(case_id=case_id)
    )


def of_case(
    unit: Unit, case_id: uuid.UUID, *, limit: int, only_unread: bool = False
) -> list[Words]:
    """The newest messages of a case, opened, oldest first."""
    query = (
        sa.select(Message, Assessment)
        .outerjoin(Assessment, Assessment.message_id == Message.id)
        .where(Message.case_id == case_id, Message.body.is_not(None))
        .order_by(Message.id.desc())
        .limit(limit)
    )
    if only_unread:
        query = query.where(Message.read_at.is_(None), Message.direction == "from_student")
    opened = []
    for message, assessment in unit.execute(query):
        cipher = unit.keys.student(unit, message.student_id)
        opened.append(
            Words(
                message.id,
                message.author_id,
                message.direction,
                message.part,
                cipher.open(message.body, "messages", "body", message.id).decode(
                    "utf-8", "replace"
                ),
                message.sent_at,
                assessment.level if assessment else "none",
                tuple((s["start"], s["end"]) for s in assessment.signals) if assessment else (),
                assessment is None and message.direction == "from_student",
                assessment is not None and assessment.student_says == "not_meant",
                message.undelivered_at is not None,
            )
        )
    return opened[::-1]


def mark_read(unit: Unit, message_ids: Sequence[uuid.UUID], now: dt.datetime) -> None:
    """A counselor has opened them."""
    unit.execute(
        sa.update(Message)
        .where(Message.id.in_(message_ids), Message.read_at.is_(None))
        .values(read_at=now)
    )


def set_undelivered(unit: Unit, message_id: uuid.UUID, now: dt.datetime) -> Message | None:
    """It did not reach the student; None where it is no longer kept."""
    message = unit.get(Message, message_id)
    if message is not None:
        message.undelivered_at = now
    return message


def undelivered(
    unit: Unit, case_id: uuid.UUID, since: dt.datetime | None = None
) -> list[dt.datetime]:
    """When those texts of a case were written that did not arrive, oldest first."""
    query = (
        sa.select(Message.sent_at)
        .where(Message.case_id == case_id, Message.undelivered_at.is_not(None))
        .order_by(Message.id)
    )
    if since is not None:
        query = query.where(Message.undelivered_at >= since)
    return list(unit.scalars(query))


def count_unread(unit: Unit, case_id: uuid.UUID, besides: Sequence[uuid.UUID] = ()) -> int:
    """Messages of the student that nobody opened yet, not counting some."""
    return int(
        unit.scalar(
            sa.select(sa.func.count(Message.id)).where(
                Message.case_id == case_id,
                Message.direction == "from_student",
                Message.read_at.is_(None),
                Message.body.is_not(None),
                Message.id.not_in(besides),
            )
        )
        or 0
    )


def assessments_of_case(unit: Unit, case_id: uuid.UUID, limit: int = 20) -> list[Assessment]:
    """What was flagged in a case, or heard there about somebody else, newest first."""
    return list(
        unit.scalars(
            sa.select(Assessment)
            .where(
                Assessment.case_id == case_id,
                sa.or_(Assessment.level != "none", Assessment.other),
            )
            .order_by(Assessment.id.desc())
            .limit(limit)
        )
    )
