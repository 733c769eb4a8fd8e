"""The store on both databases: units, keys, rows, schema."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import threading
import uuid

import pytest
import sqlalchemy as sa

from storage import inbox, opening, outbox, people, records, screens
from storage.base import Base, new_id
from storage.batches import Batcher
from storage.database import Cause, current_cause
from storage.encryption import Cipher, MasterKeys, make_master_key
from storage.errors import (
    AlreadyApplied,
    AlreadyRunning,
    KeyFault,
    NewerDatabase,
    StoreDown,
    WordsGone,
)
from storage.inbox import Arrival
from storage.outbox import Letter
from storage.tables import AuditEntry, Counter, Person


def add_person(unit, now, name=1):
    return people.add_person(unit, "student", name, "en", "UTC", now).id


class TestUnits:
    async def test_a_unit_that_raises_leaves_nothing(self, database, clock):
        def work(unit):
            add_person(unit, clock.now())
            raise LookupError

        with pytest.raises(LookupError):
            await database.transact(work)
        assert await database.read(lambda u: u.scalar(sa.select(Person.id))) is None

    async def test_a_failing_unit_does_not_touch_its_neighbors(self, database, clock):
        def work(n):
            def run(unit):
                add_person(unit, clock.now(), n)
                if n % 3 == 0:
                    raise LookupError

            return run

        outcomes = await asyncio.gather(
            *(database.transact(work(n)) for n in range(30)), return_exceptions=True
        )
        assert sum(isinstance(o, LookupError) for o in outcomes) == 10
        count = await database.read(lambda u: u.scalar(sa.select(sa.func.count(Person.id))))
        assert count == 20

    async def test_800_concurrent_read_add_writes_lose_none(self, database):
        await database.transact(lambda u: u.add(Counter(name="n", value=0)))

        def work(unit):
            row = unit.scalar(sa.select(Counter).where(Counter.name == "n").with_for_update())
            row.value += 1

        await asyncio.gather(*(database.transact(work) for _ in range(800)))
        value = await database.read(
            lambda u: u.scalar(sa.select(Counter.value).where(Counter.name == "n"))
        )
        assert value == 800

    async def test_one_update_at_most_one_writing_flow(self, database, clock):
        (row,) = await database.transact(
            lambda u: inbox.store(u, "student", [Arrival(1, b"l" * 16, b"{}")], clock.now())
        )
        cause = Cause("student", 1, row.id)
        token = current_cause.set(cause)
        try:
            await database.transact(lambda u: None, beside=True)
            assert not cause.applied
            await database.transact(lambda u: None)
            assert cause.applied
            with pytest.raises(AssertionError):
                await database.transact(lambda u: None)
        finally:
            current_cause.reset(token)
        (left,) = await database.read(lambda u: inbox.waiting(u, "student"))
        assert left.applied

    async def test_a_flow_that_was_committed_changes_nothing_again(self, database, clock):
        """Tried again because the answer to its commit was lost; or its row is gone by now."""
        (row,) = await database.transact(
            lambda u: inbox.store(u, "student", [Arrival(1, b"l" * 16, b"{}")], clock.now())
        )

        async def flow(work):
            token = current_cause.set(Cause("student", 1, row.id))
            try:
                await database.transact(work)
            finally:
                current_cause.reset(token)

        def refused(unit):
            raise AssertionError("it sees its own work, and would refuse it")

        with pytest.raises(LookupError):
            await flow(lambda u: {}["fails"])
        await flow(lambda u: add_person(u, clock.now()))
        with pytest.raises(AlreadyApplied):
            await flow(refused)
        await database.transact(lambda u: inbox.finish(u, [row.id]))
        with pytest.raises(AlreadyApplied):
            await flow(refused)
        assert await database.read(lambda u: u.scalar(sa.select(sa.func.count(Person.id)))) == 1

    async def test_batches_give_each_caller_its_own_outcome(self, database):
        def write(unit, items):
            if any(item < 0 for item in items):
                raise LookupError
            return [item * 2 for item in items]

        batcher = Batcher(database, write)
        outcomes = await asyncio.gather(
            *(batcher.put(n if n != 5 else -1) for n in range(150)), return_exceptions=True
        )
        assert isinstance(outcomes[5], LookupError)
        assert [o for n, o in enumerate(outcomes) if n != 5] == [
            n * 2 for n in range(150) if n != 5
        ]


class TestKeys:
    def test_a_ciphertext_opens_only_in_its_place(self):
        cipher, row = Cipher(b"k" * 32), new_id()
        closed = cipher.close("words", "messages", "body", row)
        assert cipher.open(closed, "messages", "body", row) == b"words"
        for table, column, where in (
            ("notes", "body", row),
            ("messages", "text", row),
            ("messages", "body", new_id()),
        ):
            with pytest.raises(KeyFault):
                cipher.open(closed, table, column, where)
        with pytest.raises(KeyFault):
            Cipher(b"x" * 32).open(closed, "messages", "body", row)
        with pytest.raises(KeyFault):
            cipher.open(closed[:-1] + bytes([closed[-1] ^ 1]), "messages", "body", row)
        with pytest.raises(WordsGone):
            cipher.open(None, "messages", "body", row)

    @pytest.mark.parametrize(
        "bad", ["", "k1", "k1:short", "k1:!!!", ":" + "A" * 43, "a:" + "A" * 43 + ",a:" + "B" * 43]
    )
    def test_a_corrupt_key_is_named_by_its_place_never_shown(self, bad):
        with pytest.raises(KeyFault) as fault:
            MasterKeys.parse(bad)
        assert "AAAA" not in str(fault.value)

    async def test_rotation_rewraps_and_the_old_key_may_go(
        self, database, database_url, master, clock
    ):
        person = await database.transact(lambda u: add_person(u, clock.now(), 42))
        await database.transact(lambda u: u.keys.make_student(u, person, clock.now()))
        await database.close()
        newer = MasterKeys.parse(make_master_key("newer"))
        both = MasterKeys((*newer.keys, *master.keys))
        opened = await opening.open_database(database_url, "main", both, clock.now())
        assert await opened.transact(opened.keys.rewrap) == 3
        assert await opened.transact(opened.keys.rewrap) == 0
        await opened.close()
        opened = await opening.open_database(database_url, "main", newer, clock.now())
        reach = await opened.read(lambda u: people.reach(u, person, "student"))
        assert reach.telegram_id == 42
        await opened.close()
        with pytest.raises(KeyFault):
            await opening.open_database(database_url, "main", master, clock.now())

    async def test_a_destroyed_key_leaves_noise(self, database, clock):
        person = await database.transact(lambda u: add_person(u, clock.now()))
        await database.transact(lambda u: u.keys.make_student(u, person, clock.now()))
        await database.transact(lambda u: u.keys.destroy_student(u, person))
        with pytest.raises(WordsGone):
            await database.read(lambda u: u.keys.student(u, person))

    async def test_a_key_that_was_not_destroyed_after_all_still_opens(self, database, clock):
        person = await database.transact(lambda u: add_person(u, clock.now()))
        cipher = await database.transact(lambda u: u.keys.make_student(u, person, clock.now()))
        closed = cipher.close("words", "t", "c", person)

        def work(unit):
            unit.keys.destroy_student(unit, person)
            with pytest.raises(WordsGone):
                unit.keys.student(unit, person)
            raise LookupError

        with pytest.raises(LookupError):
            await database.transact(work)
        again = await database.read(lambda u: u.keys.student(u, person))
        assert again.open(closed, "t", "c", person) == b"words"

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    async def test_whoever_reads_while_a_key_is_destroyed_does_not_keep_it(self, database, clock):
        person = await database.transact(lambda u: add_person(u, clock.now()))
        await database.transact(lambda u: u.keys.make_student(u, person, clock.now()))
        deleted, seen = threading.Event(), threading.Event()

        def destroy(unit):
            unit.keys.destroy_student(unit, person)
            deleted.set()
            assert seen.wait(30)

        destroying = asyncio.create_task(database.transact(destroy))
        assert await asyncio.to_thread(deleted.wait, 30)
        await database.read(lambda u: u.keys.student(u, person))  # not committed: still there
        seen.set()
        await destroying
        with pytest.raises(WordsGone):
            await database.read(lambda u: u.keys.student(u, person))

    @pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
    async def test_no_other_process_keeps_a_destroyed_key(
        self, database, database_url, master, clock
    ):
        person = await database.transact(lambda u: add_person(u, clock.now()))
        await database.transact(lambda u: u.keys.make_student(u, person, clock.now()))
        other = await opening.open_database(database_url, "main", master, clock.now())
        await other.read(lambda u: u.keys.student(u, person))
        await database.transact(lambda u: u.keys.destroy_student(u, person))
        with pytest.raises(WordsGone):
            await other.read(lambda u: u.keys.student(u, person))
        await other.close()

    def test_uuid7_sorts_by_birth(self):
        ids = [new_id() for _ in range(5000)]
        assert ids == sorted(ids)
        assert len(set(ids)) == 5000
        assert {i.version for i in ids} == {7}
        assert {i.variant for i in ids} == {uuid.RFC_4122}


class TestRows:
    async def test_an_update_is_kept_once_and_handed_out_again_while_it_waits(
        self, database, clock
    ):
        def store(*ids):
            arrivals = [Arrival(i, b"l" * 16, b'{"x": "words"}') for i in ids]
            return lambda u: [
                (r.update_id, r.attempts) for r in inbox.store(u, "student", arrivals, clock.now())
            ]

        assert await database.transact(store(1, 2, 2)) == [(1, 0), (2, 0)]
        assert await database.transact(store(2, 3)) == [(2, 1), (3, 0)]
        left = await database.read(lambda u: inbox.waiting(u, "student"))
        assert [r.payload for r in left] == [b'{"x": "words"}'] * 3
        await database.transact(lambda u: inbox.finish(u, [left[0].id]))
        await database.transact(lambda u: inbox.park(u, left[1].id, "ValueError", 3))
        assert await database.transact(store(1, 2)) == []
        assert len(await database.read(lambda u: inbox.waiting(u, "student"))) == 1
        assert await database.read(inbox.count_parked) == 1

    async def test_a_cause_is_queued_once(self, database, clock):
        person = await database.transact(lambda u: add_person(u, clock.now()))
        letter = Letter(person_id=person, bot="student", kind="relay", text_key="k", cause="once")
        first = await database.transact(lambda u: outbox.put(u, letter, clock.now()))
        again = await database.transact(lambda u: outbox.put(u, letter, clock.now()))
        assert first is not None
        assert again is None
        other = dataclasses.replace(letter, cause="another")
        assert await database.transact(lambda u: outbox.put(u, other, clock.now()))

    async def test_a_cause_queued_by_many_at_once_is_queued_once_and_fails_no_unit(
        self, database, clock
    ):
        person = await database.transact(lambda u: add_person(u, clock.now()))
        letter = Letter(person_id=person, bot="student", kind="relay", text_key="k", cause="once")
        queued = await asyncio.gather(
            *(database.transact(lambda u: outbox.put(u, letter, clock.now())) for _ in range(16))
        )
        assert len([row_id for row_id in queued if row_id]) == 1

    async def test_screens_come_back_and_go(self, database, clock):
        save = {"a": {"state": "S:one", "data": {"n": 1}}, "b": {"state": "S:two"}}
        await database.transact(lambda u: screens.save(u, "student", save, clock.now()))
        assert await database.read(lambda u: screens.load(u, "student", "a")) == save["a"]
        await database.transact(lambda u: screens.save(u, "student", {"a": None}, clock.now()))
        assert await database.read(lambda u: screens.load(u, "student", "a")) is None
        assert await database.read(lambda u: screens.load(u, "staff", "b")) is None

    async def test_a_tampered_audit_row_is_found(self, database, clock):
        for n in range(5):
            await database.transact(
                lambda u, n=n: records.audit(u, "tested", clock.now(), facts={"n": n})
            )
        assert await database.read(records.first_broken_audit) is None
        await database.transact(
            lambda u: u.execute(
                sa.update(AuditEntry).where(AuditEntry.position == 3).values(action="other")
            )
        )
        assert await database.read(records.first_broken_audit) == 3

    async def test_audit_positions_have_no_gap_when_many_write(self, database, clock):
        await asyncio.gather(
            *(
                database.transact(lambda u: records.audit(u, "tested", clock.now()))
                for _ in range(40)
            )
        )
        assert await database.read(records.first_broken_audit) is None


class TestSchema:
    async def test_up_down_up_and_code_equals_database(self, database_url):
        assert await opening.schema_differences(database_url) == []
        await opening.migrate(database_url, "base")
        assert await opening.current_revision(database_url) is None
        await opening.migrate(database_url)
        assert await opening.schema_differences(database_url) == []

    async def test_a_newer_database_is_refused(self, database_url, master, clock):
        await opening.with_connection(
            database_url,
            lambda c: c.execute(sa.text("UPDATE alembic_version SET version_num = '9999'")),
        )
        with pytest.raises(NewerDatabase):
            await opening.open_database(database_url, "main", master, clock.now())
        with pytest.raises(NewerDatabase):
            await opening.migrate(database_url)

    @pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda t: t.name)
    def test_every_table_has_campus_and_retention(self, table):
        assert table.info["retention"]
        assert table.c.campus_id.nullable is False
        assert [c.name for c in table.primary_key] == ["id"]
        for constraint in table.constraints:
            if isinstance(constraint, sa.UniqueConstraint):
                assert "campus_id" in constraint.columns.keys()  # noqa: SIM118
        for index in table.indexes:
            if index.unique:
                assert "campus_id" in index.columns.keys()  # noqa: SIM118


class TestEmbedded:
    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    async def test_the_log_is_copied_beside_the_writer(self, database, clock):
        await database.transact(lambda unit: add_person(unit, clock.now()))
        assert database.path.with_name("handrail.db-wal").stat().st_size > 0
        assert database.checkpoint() == 0

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    async def test_a_second_process_is_refused(self, database, database_url, master, clock):
        with pytest.raises(AlreadyRunning):
            await opening.open_database(database_url, "main", master, clock.now())

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    async def test_a_file_that_went_away_is_noticed(self, database, tmp_path, clock):
        (tmp_path / "handrail.db").rename(tmp_path / "elsewhere.db")
        with pytest.raises(StoreDown):
            await database.transact(lambda u: add_person(u, clock.now()))
        with pytest.raises(StoreDown):
            await database.read(lambda u: None)
        (tmp_path / "elsewhere.db").rename(tmp_path / "handrail.db")
        await database.transact(lambda u: add_person(u, clock.now()))

    async def test_a_server_that_does_not_answer_is_store_down(self, master, clock):
        with pytest.raises(StoreDown):
            await opening.open_database(
                "postgresql://nobody@127.0.0.1:1/none", "main", master, clock.now()
            )

    def test_instants_need_a_zone(self):
        from storage.base import UtcDateTime

        with pytest.raises(ValueError):
            UtcDateTime().process_bind_param(dt.datetime(2026, 1, 1), None)  # noqa: DTZ001
