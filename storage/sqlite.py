"""The embedded store: one writer thread with group commits, readers beside it.

Measured before it was chosen: 5,352 two-insert units a second in groups of 50 at
`synchronous=FULL`, against 575 with a commit each.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import fcntl
import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event

from storage.database import Unit, Work, committed, prepare, store_faults
from storage.errors import AlreadyRunning, StoreDown
from storage.keys import KeyRing

T = TypeVar("T")

_GROUP = 64
_READERS = 2
# the log is copied into the database beside the writer, not in its commits: a copy waits for the
# disk several times, and every message behind it would wait along
_CHECKPOINT_EVERY_S = 1.0
# pages (64 MiB) at which the writer does it all the same
_LONGEST_LOG = 16_000


def make_engine(path: Path, *, read_only: bool = False) -> sa.Engine:
    """A SQLite engine: WAL, every commit on the disk before it is answered."""
    engine = sa.create_engine(
        f"sqlite:///{path}",
        connect_args={"check_same_thread": False, "timeout": 5.0, "isolation_level": None},
        pool_size=_READERS + 1,  # and the checkpoint
        max_overflow=0,
        hide_parameters=True,  # a fault that is logged must not bring ids or ciphertext
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=5000")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.execute(f"PRAGMA wal_autocheckpoint={_LONGEST_LOG}")
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


@dataclasses.dataclass(slots=True)
class _Waiting:
    work: Callable[[Unit], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    outcome: Any = None
    fault: BaseException | None = None


class SqliteDatabase:
    """One file, one process. See `storage.database.Database`."""

    def __init__(self, path: Path, campus_id: str, keys: KeyRing) -> None:
        self.campus_id = campus_id
        self.keys = keys
        self.path = path
        self.letter_hooks: list[Callable[[], None]] = []
        self._lock_file = hold(path)
        self._writer = make_engine(path)
        self._reader = make_engine(path, read_only=True)
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="store-reader")
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._inode: int | None = None
        # the writer thread's own, kept from group to group
        self._connection: sa.Connection | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._write, name="store-writer", daemon=True)
        self._thread.start()
        self._ending = threading.Event()
        self._checkpointer = threading.Thread(
            target=self._copy_log, name="store-checkpoint", daemon=True
        )
        self._checkpointer.start()

    async def transact(self, work: Work[T], *, beside: bool = False) -> T:
        """Queue a writing unit and wait until its group is on the disk."""
        if self._closed:
            raise StoreDown("closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[tuple[T, bool]] = loop.create_future()
        self._queue.put(_Waiting(prepare(work, beside=beside), loop, future))
        outcome, letters = await future
        committed(beside=beside)
        if letters:
            for hook in self.letter_hooks:
                hook()
        return outcome

    async def read(self, work: Work[T]) -> T:
        """Run a reading unit in a reader thread."""
        if self._closed:
            raise StoreDown("closed")
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def close(self) -> None:
        """Let the writer finish what waits; whoever comes later hears StoreDown."""
        self._closed = True
        self._queue.put(None)
        self._ending.set()
        for thread in (self._thread, self._checkpointer):
            await asyncio.get_running_loop().run_in_executor(None, thread.join)
        self._readers.shutdown()
        self._reader.dispose()
        self._writer.dispose()
        self._lock_file.close()

    def checkpoint(self) -> int:
        """Copy what the log holds into the database; how many of its pages are still to do.

        Never holds up a writer or a reader.
        """
        with self._reader.connect() as connection:
            pragma = connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
            _, pages, copied = pragma.one()
        return int(pages) - int(copied)

    def _copy_log(self) -> None:
        while not self._ending.wait(_CHECKPOINT_EVERY_S):
            try:
                with store_faults():
                    self.checkpoint()
            except StoreDown:
                continue  # the next unit says so to whoever waits for it

    def _unit(self, connection: sa.Connection, **more: Any) -> Unit:
        unit = Unit(bind=connection, expire_on_commit=False, **more)
        unit.campus_id, unit.keys = self.campus_id, self.keys
        return unit

    def _read(self, work: Work[T]) -> T:
        with store_faults():
            self._check_file()
            with self._reader.connect() as connection, self._unit(connection) as unit:
                return work(unit)

    def _write(self) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                self._let_go()
                return
            group, last = [first], False
            while len(group) < _GROUP and not last:
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
                if item is None:
                    last = True
                else:
                    group.append(item)
            self._commit(group)
            _wake(group)
            if last:
                self._let_go()
                return

    def _commit(self, group: list[_Waiting]) -> None:
        try:
            with store_faults():
                self._check_file()
                if self._connection is None:
                    self._connection = self._writer.connect()
                if not self._together(self._connection, group):
                    self._apart(self._connection, group)
        except BaseException as fault:  # the whole group fails together, and each caller hears it
            for waiting in group:
                waiting.fault = waiting.fault or fault
            self._let_go()

    def _let_go(self) -> None:
        """The next group opens the file anew."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _together(self, connection: sa.Connection, group: list[_Waiting]) -> bool:
        """One transaction for all. False when a unit failed in it: nothing is changed then.

        Units seldom fail, and a savepoint costs more than most units: so first without.
        """
        try:
            with (
                store_faults(),
                connection.begin(),
                self._unit(connection, join_transaction_mode="rollback_only") as unit,
            ):
                for waiting in group:
                    _run(unit, waiting)
                    unit.flush()
                    unit.expunge_all()
                    unit.info.clear()
        except StoreDown:
            raise
        except Exception as fault:
            if len(group) > 1:
                return False
            group[0].fault = fault
        return True

    def _apart(self, connection: sa.Connection, group: list[_Waiting]) -> None:
        """One transaction, a savepoint a unit: whichever fails leaves the others alone."""
        with connection.begin():
            for waiting in group:
                try:
                    with (
                        store_faults(),
                        self._unit(connection, join_transaction_mode="create_savepoint") as unit,
                    ):
                        _run(unit, waiting)
                        unit.commit()
                except StoreDown:
                    raise
                except Exception as fault:
                    waiting.fault = fault

    def _check_file(self) -> None:
        """A file that was moved or deleted takes writes that nobody would ever find again."""
        try:
            inode = os.stat(self.path).st_ino
        except FileNotFoundError:
            if self._inode is None:
                return
            raise StoreDown("the database file is gone") from None
        if self._inode is None:
            self._inode = inode
        elif inode != self._inode:
            raise StoreDown("the database file was replaced")


def _run(unit: Unit, waiting: _Waiting) -> None:
    if not waiting.future.cancelled():
        waiting.outcome = waiting.work(unit)


def _wake(group: list[_Waiting]) -> None:
    def answer(part: list[_Waiting]) -> None:
        for waiting in part:
            if waiting.future.done():
                continue
            if waiting.fault is not None:
                waiting.future.set_exception(waiting.fault)
            else:
                waiting.future.set_result(waiting.outcome)

    loops: dict[asyncio.AbstractEventLoop, list[_Waiting]] = {}
    for waiting in group:
        loops.setdefault(waiting.loop, []).append(waiting)
    for loop, part in loops.items():
        with contextlib.suppress(RuntimeError):  # closed: nobody waits there any more
            loop.call_soon_threadsafe(answer, part)


def hold(path: Path) -> IO[str]:
    """One process an embedded database; the lock goes with the process, however it ends.

    AlreadyRunning when another one holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = open(f"{path}.lock", "w", encoding="ascii")  # noqa: SIM115 (held while we run)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        handle.close()
        raise AlreadyRunning(str(path.name)) from fault
    return handle
