"""What the store says when something below it goes wrong, and that neighbors do not suffer."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3

import asyncpg
import pytest
import sqlalchemy as sa

from storage import backup, inbox, opening, people, records
from storage.base import new_id
from storage.batches import Batcher
from storage.errors import AlreadyRunning, StoreDown
from storage.inbox import Arrival
from storage.tables import AuditEntry, Inbox, OperatorAlert, Person

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


def add_person(unit, now, name=1):
    return people.add_person(unit, "student", name, "en", "UTC", now).id


async def on_server(url, *statements):
    """Run statements from the server's own database, beside the tested one."""
    server = sa.make_url(url).set(database="postgres").render_as_string(hide_password=False)
    connection = await asyncpg.connect(server)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


class TestGroups:
    async def test_wrong_sql_is_its_own_units_fault(self, database, clock):
        def wrong(unit):
            unit.execute(sa.text("SELECT nonsense FROM persons"))

        work = [lambda u, n=n: add_person(u, clock.now(), n) for n in range(10)]
        work.insert(5, wrong)
        outcomes = await asyncio.gather(*map(database.transact, work), return_exceptions=True)
        assert not isinstance(outcomes[5], StoreDown)
        assert isinstance(outcomes[5], sa.exc.DBAPIError)
        assert await database.read(lambda u: u.scalar(sa.select(sa.func.count(Person.id)))) == 10
        assert not any(isinstance(o, BaseException) for n, o in enumerate(outcomes) if n != 5)

    async def test_a_broken_rule_of_the_schema_is_no_lost_store(self, database, clock):
        row_id = new_id()

        def twice(unit):
            for _ in range(2):
                row = people.add_person(unit, "student", 1, "en", "UTC", clock.now())
                row.id = row_id
                unit.flush()

        with pytest.raises(sa.exc.IntegrityError):
            await database.transact(twice)


@only_postgres
class TestServer:
    async def test_a_connection_lost_in_a_unit_is_store_down(self, database):
        kill = sa.text("SELECT pg_terminate_backend(pg_backend_pid())")
        with pytest.raises(StoreDown):
            await database.transact(lambda u: u.execute(kill))
        assert await database.read(lambda u: u.scalar(sa.text("SELECT 1"))) == 1

    async def test_a_server_that_refuses_connections_is_store_down(
        self, database, database_url, clock
    ):
        """Starting up, shutting down, full and absent all refuse at connecting."""
        name = sa.make_url(database_url).database
        await on_server(
            database_url,
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
            f'ALTER DATABASE "{name}" RENAME TO "{name}_away"',
        )
        try:
            with pytest.raises(StoreDown):
                await database.transact(lambda u: add_person(u, clock.now()))
            with pytest.raises(StoreDown):
                await database.read(lambda u: u.scalar(sa.text("SELECT 1")))
            with pytest.raises(StoreDown):
                await opening.check_schema(database_url)
        finally:
            await on_server(database_url, f'ALTER DATABASE "{name}_away" RENAME TO "{name}"')
        assert await database.read(lambda u: u.scalar(sa.text("SELECT 1"))) == 1

    async def test_a_database_that_takes_no_connections_is_store_down(
        self, database, database_url
    ):
        name = sa.make_url(database_url).database
        await on_server(database_url, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        with pytest.raises(StoreDown):
            await opening.check_schema(database_url)
        await on_server(database_url, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        await opening.check_schema(database_url)

    async def test_a_standby_is_store_down(self, database, clock):
        def on_a_standby(unit):
            unit.execute(sa.text("SET TRANSACTION READ ONLY"))
            add_person(unit, clock.now())

        with pytest.raises(StoreDown):
            await database.transact(on_a_standby)

    async def test_a_pool_with_no_connection_left_is_store_down(self, database):
        database.engine.sync_engine.pool._timeout = 0.1
        held = [await database.engine.connect() for _ in range(20)]
        try:
            with pytest.raises(StoreDown):
                await database.read(lambda u: u.scalar(sa.text("SELECT 1")))
        finally:
            for connection in held:
                await connection.close()


@only_sqlite
class TestFile:
    async def test_a_damaged_file_is_store_down(self, database, tmp_path, clock):
        await database.transact(lambda u: add_person(u, clock.now()))
        connection = sqlite3.connect(tmp_path / "handrail.db")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        size = (tmp_path / "handrail.db").stat().st_size
        with (tmp_path / "handrail.db").open("r+b") as handle:
            handle.write(b"\xff" * size)
        database._writer.dispose()
        with pytest.raises(StoreDown):
            await database.transact(lambda u: add_person(u, clock.now(), 2))

    async def test_an_emptied_file_is_store_down(self, database, tmp_path, clock):
        for name in ("handrail.db-wal", "handrail.db-shm"):
            (tmp_path / name).unlink(missing_ok=True)
        (tmp_path / "handrail.db").open("w").close()
        database._writer.dispose()
        with pytest.raises(StoreDown):
            await database.transact(lambda u: add_person(u, clock.now(), 2))

    async def test_a_closed_store_answers(self, database, clock):
        await database.close()
        async with asyncio.timeout(5):
            with pytest.raises(StoreDown):
                await database.transact(lambda u: add_person(u, clock.now()))
            with pytest.raises(StoreDown):
                await database.read(lambda u: None)

    async def test_nothing_is_restored_under_a_running_process(
        self, database, database_url, tmp_path, clock
    ):
        await database.transact(lambda u: add_person(u, clock.now()))
        await backup.back_up(database_url, tmp_path / "out" / "b.gz")
        with pytest.raises(AlreadyRunning):
            await backup.restore(database_url, tmp_path / "out" / "b.gz", force=True)
        assert await database.read(lambda u: u.scalar(sa.select(sa.func.count(Person.id)))) == 1
        await database.close()
        assert await backup.restore(database_url, tmp_path / "out" / "b.gz", force=True)


class TestBatches:
    """Whoever waits for a batch may be cancelled; the others must neither hang nor mix."""

    @pytest.fixture
    def gate(self, database):
        """A batcher whose first batch is held until the gate opens."""
        opened = asyncio.Event()

        class Held:
            async def transact(self, work, *, beside=False):
                await opened.wait()
                return await database.transact(work, beside=beside)

        return Batcher(Held(), lambda unit, items: [item * 2 for item in items]), opened

    async def test_a_cancelled_one_leaves_the_others_their_own_outcomes(self, gate):
        batcher, opened = gate
        calls = [asyncio.ensure_future(batcher.put(n)) for n in range(6)]
        await asyncio.sleep(0)
        calls[1].cancel()
        opened.set()
        async with asyncio.timeout(5):
            outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert isinstance(outcomes[1], asyncio.CancelledError)
        assert [outcomes[n] for n in (0, 2, 3, 4, 5)] == [0, 4, 6, 8, 10]

    async def test_one_cancelled_when_told_to_lead_hands_on(self, database):
        opened, loop = asyncio.Event(), asyncio.get_running_loop()

        class Held:
            async def transact(self, work, *, beside=False):
                await opened.wait()
                outcome = await database.transact(work, beside=beside)
                # runs after `second` was told to lead, before it wakes
                loop.call_soon(second.cancel)
                return outcome

        batcher = Batcher(Held(), lambda unit, items: [item * 2 for item in items])
        first, second, third = (asyncio.ensure_future(batcher.put(n)) for n in range(3))
        await asyncio.sleep(0)
        opened.set()
        async with asyncio.timeout(5):
            assert await first == 0
            assert await third == 4
            assert await batcher.put(9) == 18
        assert second.cancelled()

    async def test_those_who_come_while_the_first_gathers_share_its_commit(self, database):
        sizes = []

        def write(unit, items):
            sizes.append(len(items))
            return [item * 2 for item in items]

        batcher = Batcher(database, write, gather_s=0.5)
        assert await asyncio.gather(*(batcher.put(n) for n in range(5))) == [0, 2, 4, 6, 8]
        assert sizes == [5]

    async def test_one_cancelled_while_it_gathers_hands_on(self, database):
        batcher = Batcher(database, lambda unit, items: [i * 2 for i in items], gather_s=0.05)
        first, second = (asyncio.ensure_future(batcher.put(n)) for n in range(1, 3))
        await asyncio.sleep(0)
        first.cancel()
        async with asyncio.timeout(5):
            assert await second == 4
            assert await batcher.put(9) == 18


class TestOperatorAlerts:
    async def test_many_faults_at_once_are_one_row_a_day_and_break_no_unit(self, database, clock):
        first = await asyncio.gather(
            *(
                database.transact(lambda u: records.alert_operator(u, "model_gone", clock.now()))
                for _ in range(12)
            )
        )
        assert sorted(first) == [False] * 11 + [True]
        (row,) = await database.read(lambda u: list(u.scalars(sa.select(OperatorAlert))))
        assert (row.count, row.webhook_done_at) == (12, None)
        clock.advance(dt.timedelta(days=1))
        assert await database.transact(
            lambda u: records.alert_operator(u, "model_gone", clock.now())
        )


class TestDamage:
    async def test_one_damaged_row_does_not_hold_up_the_inbox(self, database, clock):
        arrivals = [Arrival(n, b"l" * 16, b'{"n": 1}') for n in (1, 2, 3)]
        rows = await database.transact(lambda u: inbox.store(u, "student", arrivals, clock.now()))
        damage = sa.update(Inbox).where(Inbox.id == rows[1].id).values(payload=b"\x01damaged")
        await database.transact(lambda u: u.execute(damage))
        left = await database.read(lambda u: inbox.waiting(u, "student"))
        # empty is no JSON: the worker parks it, counts it and shows it
        assert [row.payload for row in left] == [b'{"n": 1}', b"", b'{"n": 1}']

    async def test_a_cut_end_of_the_audit_chain_is_found(self, database, clock):
        for _ in range(3):
            await database.transact(lambda u: records.audit(u, "tested", clock.now()))
        cut = sa.delete(AuditEntry).where(AuditEntry.position == 3)
        await database.transact(lambda u: u.execute(cut))
        assert await database.read(records.first_broken_audit) == 3
