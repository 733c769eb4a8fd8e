"""Promises that the schema itself keeps, whatever the code above it does."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa

from storage import alerts, cases, follow_ups, opening, people, purge, students
from storage.base import Base
from storage.sqlite import SqliteDatabase

LEASE = dt.timedelta(seconds=30)


def add_student(unit, now, telegram_id=1):
    person = people.add_person(unit, "student", telegram_id, "en", "UTC", now).id
    students.add(
        unit, person, age_band="adult", region=None, stage="enrolled", pseudonym="p", now=now
    )
    return person


@pytest.fixture
async def student(database, clock):
    return await database.transact(lambda u: add_student(u, clock.now()))


async def test_one_open_case_a_student(database, clock, student):
    def add(unit):
        return cases.add(unit, student, 0, "asked", clock.now()).id

    def close(unit):
        cases.lock(unit, first).status = "closed"

    first = await database.transact(add)
    with pytest.raises(sa.exc.IntegrityError):
        await database.transact(add)
    await database.transact(close)
    assert await database.transact(add) != first


async def test_one_open_alert_a_case(database, clock, student):
    def add(unit):
        return alerts.add(unit, case_id, "imminent", clock.now()).id

    def end(unit):
        alerts.open_of(unit, case_id).state = "ended"

    case_id = await database.transact(
        lambda u: cases.add(u, student, 3, "flagged", clock.now()).id
    )
    first = await database.transact(add)
    with pytest.raises(sa.exc.IntegrityError):
        await database.transact(add)
    await database.transact(end)
    assert await database.transact(add) != first


async def test_a_lock_reads_the_row_as_it_is_now(database, clock, student):
    """A unit that looked first must decide on what is there once it holds the row."""

    def work(unit):
        case = cases.add(unit, student, 0, "asked", clock.now())
        assert cases.get(unit, case.id).status == "waiting"
        table = cases.Case.__table__
        unit.execute(sa.update(table).where(table.c.id == case.id).values(status="taken"))
        return (
            cases.lock(unit, case.id).status,
            cases.open_case_of(unit, student).status,
        )

    assert await database.transact(work) == ("taken", "taken")


async def test_a_second_plan_calls_the_first_one_off(database, clock, student):
    def work(unit):
        case = cases.add(unit, student, 0, "asked", clock.now())
        for hours in (1, 2):
            follow_ups.plan(unit, case, clock.now().replace(hour=clock.now().hour + hours))
        return [row.due_at.hour for row in follow_ups.due(unit, clock.now().replace(hour=23))]

    assert await database.transact(work) == [clock.now().hour + 2]


async def test_checks_in_the_database_are_those_in_the_code(database_url):
    """Alembic compares no CHECK: a value that only the code knows would fail at night."""

    def checks(connection):
        inspector = sa.inspect(connection)
        return {
            (table, check["name"]): check["sqltext"]
            for table in inspector.get_table_names()
            for check in inspector.get_check_constraints(table)
        }

    found = await opening.with_connection(database_url, checks)
    wanted = {
        (table.name, f"ck_{table.name}_{column.type.name}"): column.type.enums
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.Enum)
    }
    assert set(found) == set(wanted)
    for key, values in wanted.items():
        assert found[key].count("'") == 2 * len(values), key
        assert all(f"'{value}'" in found[key] for value in values), key


@pytest.mark.parametrize(
    "ask",
    [
        lambda unit, now: cases.silent(unit, now, 2, now, now),
        lambda unit, now: cases.waiting(unit, hold=True),
        lambda unit, now: alerts.claim_for_webhook(unit, now, LEASE, latest=now),
        lambda unit, now: cases.held_by(unit, uuid.uuid4()),
        lambda unit, now: cases.latest_closed(unit, uuid.uuid4(), now),
        lambda unit, now: purge.messages(unit, now, 10),
        lambda unit, now: purge.letters(unit, now, 10),
        lambda unit, now: purge.deliveries(unit, now, 10),
    ],
    ids=[
        "silent",
        "waiting",
        "webhook",
        "held_by",
        "latest_closed",
        "messages",
        "letters",
        "deliveries",
    ],
)
async def test_nothing_reads_years_of_rows_to_find_a_few(database, clock, ask):
    """What sweeps ask again and again, and what a press waits for, finds its rows by an index."""
    if not isinstance(database, SqliteDatabase):
        pytest.skip("PostgreSQL plans by what is in the tables, and these are empty")

    def plans(unit):
        connection, asked = unit.connection(), []
        listen = (connection, "before_cursor_execute", lambda *said: asked.append(said[2:4]))
        sa.event.listen(*listen)
        ask(unit, clock.now())
        sa.event.remove(*listen)
        assert asked
        return [
            step.detail
            for statement, values in asked
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]

    # an index of which only the campus is used is the whole table: there is one campus. These two
    # hold nothing but what is open
    few = ("ix_cases_answer_due", "uq_alerts_open")
    steps = [s for s in await database.transact(plans) if not any(index in s for index in few)]
    assert [step for step in steps if step.startswith("SCAN") or "(campus_id=?)" in step] == []
