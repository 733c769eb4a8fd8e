"""Opening a store from its address, and bringing its schema to the newest."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage import postgres, sqlite
from storage.base import Base, start_ids_after
from storage.database import Database, Unit
from storage.encryption import MasterKeys
from storage.errors import NewerDatabase, StorageError
from storage.keys import KeyRing

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


class NotMigrated(StorageError):
    """The schema is older than this version; `python -m bot migrate` brings it up."""


async def open_database(
    url: str, campus_id: str, master: MasterKeys, now: dt.datetime
) -> Database:
    """A store with its campus keys loaded.

    NotMigrated or NewerDatabase when the schema is not this version's, KeyFault when the keys do
    not open it, AlreadyRunning when another process holds an embedded one, StoreDown otherwise.
    """
    await check_schema(url)
    keys = KeyRing(master, campus_id, alone=is_sqlite(url))
    database: Database
    if is_sqlite(url):
        database = sqlite.SqliteDatabase(sqlite_path(url), campus_id, keys)
    else:
        database = postgres.PostgresDatabase(url, campus_id, keys)

    def begin(unit: Unit) -> None:
        _start_ids(unit)
        keys.load(unit, now)

    try:
        await database.transact(begin, beside=True)
    except BaseException:
        await database.close()
        raise
    return database


def _start_ids(unit: Unit) -> None:
    """Begin behind the newest key of every table: one look at the end of each one's index."""
    for table in Base.metadata.sorted_tables:
        newest = unit.scalar(sa.select(table.c.id).order_by(table.c.id.desc()).limit(1))
        if newest is not None:
            start_ids_after(newest)


def is_sqlite(url: str) -> bool:
    """Whether this is the embedded store."""
    return sa.make_url(url).get_backend_name() == "sqlite"


def sqlite_path(url: str) -> Path:
    """The file of an embedded store."""
    name = sa.make_url(url).database
    if not name or name == ":memory:":
        raise StorageError("HANDRAIL_DATABASE_URL needs a file: sqlite:///var/handrail.db")
    return Path(name)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def head_revision() -> str:
    """The newest schema this version knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


async def migrate(url: str, revision: str = "head") -> None:
    """Bring the schema up (or, for developers, `revision` down to)."""

    def run(connection: sa.Connection) -> None:
        _check_not_newer(MigrationContext.configure(connection).get_current_revision())
        config = _config()
        config.attributes["connection"] = connection
        if revision == "head" or revision.startswith("+"):
            command.upgrade(config, revision)
        else:
            command.downgrade(config, revision)

    await with_connection(url, run)


async def current_revision(url: str) -> str | None:
    """The schema the database has now; None for an empty one."""
    if is_sqlite(url) and not sqlite_path(url).exists():
        return None
    revision: str | None = await with_connection(
        url, lambda connection: MigrationContext.configure(connection).get_current_revision()
    )
    return revision


async def check_schema(url: str) -> None:
    """NotMigrated or NewerDatabase unless the schema is this version's."""
    revision = await current_revision(url)
    _check_not_newer(revision)
    if revision != head_revision():
        raise NotMigrated(revision or "empty")


async def schema_differences(url: str) -> list[Any]:
    """What the tables in code and in the database do not agree on (a test wants none)."""
    from alembic.autogenerate import compare_metadata  # late: only tests and developers use it

    import storage.tables  # noqa: F401

    def compare(connection: sa.Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))

    differences: list[Any] = await with_connection(url, compare)
    return differences


def _check_not_newer(revision: str | None) -> None:
    if revision is None:
        return
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision not in known:
        raise NewerDatabase(revision)


async def with_connection(url: str, run: Any, *, snapshot: bool = False) -> Any:
    """Run something synchronous over one plain connection, in one transaction.

    With `snapshot` it sees one moment of the database, and a running process is not disturbed.
    """
    from storage.database import store_faults

    with store_faults():
        if not is_sqlite(url):
            engine = postgres.make_engine(url)
            if snapshot:
                engine = engine.execution_options(isolation_level="REPEATABLE READ")
            try:
                async with engine.begin() as connection:
                    return await connection.run_sync(run)
            finally:
                await engine.dispose()
        path = sqlite_path(url)
        path.parent.mkdir(parents=True, exist_ok=True)
        plain = sqlite.make_engine(path, read_only=snapshot)
        try:
            return await asyncio.to_thread(_in_thread, plain, run)
        finally:
            plain.dispose()


def _in_thread(engine: sa.Engine, run: Any) -> Any:
    with engine.begin() as connection:
        return run(connection)
