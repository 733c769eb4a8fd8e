"""Real databases for every test that asks for one: SQLite always, PostgreSQL where it is found."""

from __future__ import annotations

import asyncio
import functools
import itertools
import os
import shutil
import ssl
import uuid

import pytest

from flows.policy import Policy
from storage import opening
from storage.encryption import MasterKeys, make_master_key
from tests.support.clock import TestClock
from tests.support.postgres import KeptDatabase, named, run

POSTGRES = os.environ.get("HANDRAIL_TEST_POSTGRES_URL", "")


@pytest.fixture(autouse=True, scope="session")
def _dialogs_of_one_second_differ():
    """aiogram-dialog tells two dialogs of the same second apart by one digit pair only: in tests,
    which open several a second, one in a hundred old buttons would belong to the new screen."""
    with pytest.MonkeyPatch.context() as patch:
        ids = itertools.count(1_000_000_000)
        patch.setattr("aiogram_dialog.api.entities.stack.new_int_id", lambda: next(ids))
        yield


@pytest.fixture(autouse=True, scope="session")
def _certificates_are_read_once():
    """Five clients a test would read the same certificates, and none talks TLS here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
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
def kept_postgres():
    """A database a worker, made from a template that is migrated once."""
    if not POSTGRES:
        yield None
        return
    template = f"handrail_template_{uuid.uuid4().hex[:10]}"
    run(POSTGRES, f'CREATE DATABASE "{template}"')
    asyncio.run(opening.migrate(named(POSTGRES, template)))
    kept = KeptDatabase(POSTGRES, template)
    yield kept
    kept.drop()
    run(POSTGRES, f'DROP DATABASE "{template}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request, tmp_path, migrated_sqlite, kept_postgres):
    if request.param == "sqlite":
        shutil.copy(migrated_sqlite, tmp_path / "handrail.db")
        yield f"sqlite:///{tmp_path / 'handrail.db'}"
        return
    if kept_postgres is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI tests on PostgreSQL too: run scripts/test, which finds or starts one")
        pytest.skip("no PostgreSQL here (HANDRAIL_TEST_POSTGRES_URL)")
    yield kept_postgres.url()
    kept_postgres.empty()


@pytest.fixture
def master():
    return MasterKeys.parse(make_master_key("test1"))


@pytest.fixture
async def database(database_url, master, clock):
    opened = await opening.open_database(database_url, "main", master, clock.now())
    yield opened
    await opened.close()
