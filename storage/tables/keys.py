"""Keys that encrypt, themselves wrapped by a master key from HANDRAIL_KEYS."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Retention, Row, one_of, retain


class DataKey(Row, Base):
    """One wrapped 256-bit key: look-up key and data key a campus, data key a student.

    Destroying a student's row makes every ciphertext under it noise, in backups too.
    """

    __tablename__ = "data_keys"
    __table_args__ = (
        sa.UniqueConstraint("campus_id", "purpose", "owner_id"),
        retain(Retention.LASTING),
    )

    purpose: Mapped[str] = mapped_column(one_of(["lookup", "campus", "student"], "purpose"))
    # the campus keys carry the nil UUID: NULLs are distinct in a unique key
    owner_id: Mapped[uuid.UUID]
    master_id: Mapped[str] = mapped_column(sa.String(16))
    wrapped: Mapped[bytes]
    created_at: Mapped[dt.datetime]
