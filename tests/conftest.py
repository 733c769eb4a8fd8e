"""Real databases for every test that asks for one: SQLite always, PostgreSQL where it is found."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import uuid

import asyncpg
import pytest
import sqlalchemy as sa

from flows.policy import Policy
from storage import opening
from storage.encryption import MasterKeys, make_master_key
from tests.support.clock import TestClock

POSTGRES = os.environ.get("HANDRAIL_TEST_POSTGRES_URL", "")


@pytest.fixture(autouse=True, scope="session")
def _dialogs_of_one_second_differ():
    """aiogram-dialog tells two dialogs of the same second apart by one digit pair only: in tests,
    which open several a second, one in a hundred old buttons would belong to the new screen."""
    with pytest.MonkeyPatch.context() as patch:
        ids = itertools.count(1_000_000_000)
        patch.setattr("aiogram_dialog.api.entities.stack.new_int_id", lambda: next(ids))
        yield


@pytest.fixture
def clock():
    return TestClock()


@pytest.fixture
def policy():
    """What settings.toml says when nobody changed it."""
    return Policy()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory):
    """Migrated once a worker; each test works on a copy."""
    path = tmp_path_factory.mktemp("template") / "handrail.db"
    asyncio.run(opening.migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_postgres():
    """A template database a worker, migrated once."""
    if not POSTGRES:
        yield None
        return
    name = f"handrail_template_{uuid.uuid4().hex[:10]}"
    asyncio.run(_run(f'CREATE DATABASE "{name}"'))
    asyncio.run(opening.migrate(_with_database(name)))
    yield name
    asyncio.run(_run(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request, tmp_path, migrated_sqlite, migrated_postgres):
    if request.param == "sqlite":
        shutil.copy(migrated_sqlite, tmp_path / "handrail.db")
        yield f"sqlite:///{tmp_path / 'handrail.db'}"
        return
    if migrated_postgres is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI tests on PostgreSQL too: run scripts/test, which finds or starts one")
        pytest.skip("no PostgreSQL here (HANDRAIL_TEST_POSTGRES_URL)")
    name = f"handrail_{uuid.uuid4().hex[:12]}"
    asyncio.run(_run(f'CREATE DATABASE "{name}" TEMPLATE "{migrated_postgres}"'))
    yield _with_database(name)
    asyncio.run(_run(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
def master():
    return MasterKeys.parse(make_master_key("test1"))


@pytest.fixture
async def database(database_url, master, clock):
    opened = await opening.open_database(database_url, "main", master, clock.now())
    yield opened
    await opened.close()


def _with_database(name: str) -> str:
    return sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


async def _run(statement: str) -> None:
    connection = await asyncpg.connect(POSTGRES)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
