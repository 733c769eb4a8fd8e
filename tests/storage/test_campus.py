"""A campus sees its own rows only; consents are only ever added to."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from bot.faults import explain
from storage import opening, people, records, screens
from storage.base import Base
from storage.consents import current_consents, record_consent
from storage.errors import UnknownCampus
from storage.looking import LookOnly
from storage.tables import Consent, DataKey, Person


@pytest.fixture
async def neighbor(database, database_url, master, clock):
    """Opens the same database as another campus, once ours holds a person; our person's id."""

    def seed(unit):
        person = people.add_person(unit, "student", 42, "en", "UTC", clock.now())
        unit.keys.make_student(unit, person.id, clock.now())
        screens.save(unit, "student", {"key": {"state": "S:one"}}, clock.now())
        records.audit(unit, "tested", clock.now())
        return person.id

    person_id = await database.transact(seed)
    await database.close()
    opened = await opening.open_database(
        database_url, "other", master, clock.now(), new_campus=True
    )
    yield opened, person_id
    await opened.close()


class TestCampus:
    async def test_rows_of_another_campus_are_not_found(self, neighbor):
        database, person_id = neighbor
        count = sa.select(sa.func.count(Person.id))
        assert await database.read(lambda u: u.scalar(count)) == 0
        assert await database.read(lambda u: u.get(Person, person_id)) is None
        assert await database.read(lambda u: people.find_person(u, "student", 42)) is None
        assert await database.read(lambda u: screens.load(u, "student", "key")) is None
        assert await database.read(lambda u: people.reach(u, person_id, "student")) is None

    async def test_rows_of_another_campus_are_not_changed(self, neighbor, database_url):
        database, _ = neighbor
        await database.transact(lambda u: u.execute(sa.update(Person).values(language="zh")))
        await database.transact(lambda u: u.execute(sa.delete(Consent)))
        found = await opening.with_connection(
            database_url, lambda c: c.scalar(sa.text("SELECT language FROM persons"))
        )
        assert found == "en"

    async def test_each_campus_has_keys_and_an_audit_chain_of_its_own(self, neighbor, clock):
        database, _ = neighbor
        await database.transact(lambda u: records.audit(u, "tested", clock.now()))
        assert await database.read(records.first_broken_audit) is None
        assert await database.read(lambda u: u.scalar(sa.select(sa.func.count(DataKey.id)))) == 2

    async def test_the_same_id_is_another_hash_in_another_campus(
        self, database, database_url, master, clock
    ):
        ours = database.keys.hash("address.student", "42")
        await database.close()
        opened = await opening.open_database(
            database_url, "other", master, clock.now(), new_campus=True
        )
        assert opened.keys.hash("address.student", "42") != ours
        await opened.close()


class TestMistyped:
    """A campus that nobody asked for would be empty, and the real one would be paged no more."""

    async def test_a_second_campus_is_made_only_when_asked_for(
        self, database, database_url, master, clock
    ):
        await database.close()
        with pytest.raises(UnknownCampus) as refused:
            await opening.open_database(database_url, "maim", master, clock.now())
        said = explain(refused.value)
        assert "'maim'" in said and "'main'" in said and "--new-campus" in said
        campuses = await opening.with_connection(
            database_url, lambda c: set(c.scalars(sa.text("SELECT campus_id FROM data_keys")))
        )
        assert campuses == {"main"}
        opened = await opening.open_database(database_url, "main", master, clock.now())
        await opened.close()

    async def test_nor_is_it_looked_at(self, database, database_url, master):
        with pytest.raises(UnknownCampus):
            await LookOnly(database_url, "maim", master).read(lambda unit: None)

    async def test_once_made_it_opens_as_any_other(self, neighbor, database_url, master, clock):
        database, _ = neighbor
        await database.close()
        for campus in ("other", "main"):
            opened = await opening.open_database(database_url, campus, master, clock.now())
            await opened.close()


class TestConsents:
    async def test_taking_back_is_one_more_row(self, database, clock):
        def work(unit):
            person = people.add_person(unit, "student", 1, "en", "UTC", clock.now()).id
            for purpose, action in (
                ("service", "given"),
                ("statistics", "given"),
                ("statistics", "withdrawn"),
                ("statistics", "given"),
                ("statistics", "withdrawn"),
            ):
                record_consent(unit, person, purpose, "2026-11", action, clock.now())
            return person

        person = await database.transact(work)
        agreed = await database.read(lambda u: current_consents(u, person))
        assert agreed == {"service": "2026-11"}
        assert await database.read(lambda u: u.scalar(sa.select(sa.func.count(Consent.id)))) == 5

    async def test_nobody_elses_consent_counts(self, database, clock):
        assert await database.read(lambda u: current_consents(u, uuid.uuid4())) == {}


def test_strings_that_enumerate_have_a_check():
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, sa.Enum):
                assert not column.type.native_enum, f"{table.name}.{column.name}"
                assert column.type.create_constraint, f"{table.name}.{column.name}"
