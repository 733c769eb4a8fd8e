"""The key ring: unwraps data keys, and keeps in memory what nobody else can destroy."""

from __future__ import annotations

import collections
import datetime as dt
import os
import threading
import uuid
from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage.base import new_id
from storage.encryption import KEY_BYTES, Cipher, MasterKeys, keyed_hash
from storage.errors import UnknownCampus, WordsGone
from storage.tables.keys import DataKey

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

NIL = uuid.UUID(int=0)
_CACHED = 50_000
# far more than are destroyed while one unit runs
_DESTROYED_LATELY = 10_000


def check_campus(connection: Session | sa.Connection, campus_id: str) -> None:
    """UnknownCampus when the store has others only.

    A mistyped id would start as an empty campus, and nobody of the real one be paged any more.
    """
    table = DataKey.__table__
    query = sa.select(table.c.campus_id).where(table.c.purpose == "campus")
    known = sorted(row.campus_id for row in connection.execute(query))
    if known and campus_id not in known:
        raise UnknownCampus(campus_id, known)


class KeyRing:
    """Ciphers of one campus. Safe to use from the writer and the reader threads.

    `alone`: no other process has this store, so a student's key is kept until it is destroyed
    here. Else it is kept within its unit only: another process may have destroyed it since.
    """

    def __init__(self, master: MasterKeys, campus_id: str, *, alone: bool = False) -> None:
        self._master = master
        self._campus_id = campus_id
        self._alone = alone
        self._lock = threading.Lock()
        self._students: collections.OrderedDict[uuid.UUID, Cipher] = collections.OrderedDict()
        # not kept again: a reader beside the destroying unit still finds them until its commit.
        # Nobody does after that, so only the latest matter
        self._destroyed: collections.OrderedDict[uuid.UUID, None] = collections.OrderedDict()
        self._campus: Cipher | None = None
        self._lookup: bytes | None = None

    @property
    def campus(self) -> Cipher:
        """For what belongs to no single student: inbox rows, staff names, screens."""
        assert self._campus is not None, "load() first"
        return self._campus

    def hash(self, purpose: str, value: str) -> bytes:
        """Keyed hash of a Telegram id, a code or a screen key."""
        assert self._lookup is not None, "load() first"
        return keyed_hash(self._lookup, purpose, value)

    def load(self, session: Session, now: dt.datetime, *, new_campus: bool = False) -> None:
        """Unwrap the campus keys, making them the first time.

        UnknownCampus when the store has other campuses only and nobody asked for a `new_campus`.
        """
        if not new_campus:
            check_campus(session, self._campus_id)
        self._open(session)
        if self._lookup is None:
            self._lookup = self._make(session, "lookup", NIL, now)
        if self._campus is None:
            self._campus = Cipher(self._make(session, "campus", NIL, now))

    def open(self, session: Session) -> None:
        """Unwrap the campus keys where there are any: a store nobody opened yet has none.

        UnknownCampus as above.
        """
        check_campus(session, self._campus_id)
        self._open(session)

    def _open(self, session: Session) -> None:
        self._lookup = self._load(session, "lookup", NIL)
        campus = self._load(session, "campus", NIL)
        self._campus = None if campus is None else Cipher(campus)

    def make_student(self, session: Session, student_id: uuid.UUID, now: dt.datetime) -> Cipher:
        """A new student's own key."""
        cipher = Cipher(self._make(session, "student", student_id, now))
        return self._remember(session, student_id, cipher)

    def student(self, session: Session, student_id: uuid.UUID) -> Cipher:
        """A student's cipher; WordsGone once the key was destroyed."""
        cipher = self._kept(session, student_id)
        if cipher is not None:
            return cipher
        key = self._load(session, "student", student_id)
        if key is None:
            raise WordsGone("the student's key was destroyed")
        return self._remember(session, student_id, Cipher(key))

    def destroy_student(self, session: Session, student_id: uuid.UUID) -> None:
        """Make everything under a student's key unreadable for good."""
        with self._lock:
            self._destroyed[student_id] = None
            self._destroyed.move_to_end(student_id)
            if len(self._destroyed) > _DESTROYED_LATELY:
                self._destroyed.popitem(last=False)
            self._students.pop(student_id, None)
        session.info.pop(student_id, None)
        session.execute(
            sa.delete(DataKey).where(
                DataKey.campus_id == self._campus_id,
                DataKey.purpose == "student",
                DataKey.owner_id == student_id,
            )
        )

    def rewrap(self, session: Session) -> int:
        """Wrap every key of this campus under the newest master key; how many changed."""
        changed = 0
        newest = self._master.newest
        rows = session.scalars(
            sa.select(DataKey).where(
                DataKey.campus_id == self._campus_id, DataKey.master_id != newest.id
            )
        )
        for row in rows:
            key = self._master.find(row.master_id).unwrap(row.wrapped, row.id)
            row.wrapped, row.master_id = newest.wrap(key, row.id), newest.id
            changed += 1
        return changed

    def _kept(self, session: Session, student_id: uuid.UUID) -> Cipher | None:
        if not self._alone:
            return session.info.get(student_id)
        with self._lock:
            cipher = self._students.get(student_id)
            if cipher is not None:
                self._students.move_to_end(student_id)
            return cipher

    def _remember(self, session: Session, student_id: uuid.UUID, cipher: Cipher) -> Cipher:
        if not self._alone:
            session.info[student_id] = cipher
            return cipher
        with self._lock:
            if student_id not in self._destroyed:
                self._students[student_id] = cipher
            while len(self._students) > _CACHED:
                self._students.popitem(last=False)
        return cipher

    def _load(self, session: Session, purpose: str, owner: uuid.UUID) -> bytes | None:
        table = DataKey.__table__
        row = session.execute(
            sa.select(table.c.id, table.c.master_id, table.c.wrapped).where(
                table.c.campus_id == self._campus_id,
                table.c.purpose == purpose,
                table.c.owner_id == owner,
            )
        ).one_or_none()
        if row is None:
            return None
        return self._master.find(row.master_id).unwrap(row.wrapped, row.id)

    def _make(self, session: Session, purpose: str, owner: uuid.UUID, now: dt.datetime) -> bytes:
        key, row_id, newest = os.urandom(KEY_BYTES), new_id(), self._master.newest
        session.execute(
            sa.insert(DataKey.__table__).values(  # type: ignore[arg-type]
                id=row_id,
                campus_id=self._campus_id,
                purpose=purpose,
                owner_id=owner,
                master_id=newest.id,
                wrapped=newest.wrap(key, row_id),
                created_at=now,
            )
        )
        return key
