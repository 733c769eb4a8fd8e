"""What people wrote, at rest: sealed to its place, rotated, backed up, restored, erased."""

from __future__ import annotations

import gzip
import json

import pytest
import sqlalchemy as sa

from storage import (
    backup,
    cases,
    confirmations,
    inbox,
    messages,
    moods,
    opening,
    outbox,
    people,
    records,
    screens,
    staff,
    students,
)
from storage.base import Base
from storage.encryption import MasterKeys, make_master_key
from storage.errors import KeyFault, WordsGone
from storage.inbox import Arrival
from storage.messages import NewMessage
from storage.outbox import Letter
from storage.tables import CrisisConfirmation, Person

# every binary column is one of these; a new one must be put in its place here
HASHES = {
    "addresses.address_hash", "audit.digest", "audit.previous",
    "campus_codes.code_hash", "events.subject", "inbox.lane", "invites.code_hash",
    "screens.key_hash",
}  # fmt: skip
SEALED = (
    "addresses.address", "case_notes.body", "crisis_confirmations.by", "data_keys.wrapped",
    "inbox.payload", "messages.body", "moods.value", "outbox.args", "screens.state", "staff.name",
    "students.pseudonym",
)  # fmt: skip


def facts():
    return {
        "level": "elevated", "score": 0.5, "lang": "en", "other": False, "abuse": 0.0,
        "signals": [], "lexicon_version": "t", "model_version": None, "degraded": False,
    }  # fmt: skip


def seed(unit, now):
    """Two of everything that is sealed; the student with words and a case."""
    ids = []
    for number in (1, 2):
        student = people.add_person(unit, "student", number, "en", "UTC", now).id
        students.add(
            unit, student, age_band="adult", region=None, stage="enrolled",
            pseudonym=f"planted name {number}", now=now,
        )  # fmt: skip
        member = people.add_person(unit, "staff", 10 + number, "en", "UTC", now).id
        staff.set_name(unit, staff.add(unit, member, "counselor", now), f"planted staff {number}")
        ids.append((student, member))
    (student, member), _ = ids
    case = cases.add(unit, student, 2, "flagged", now)
    for number in (1, 2):
        message = NewMessage(
            student_id=student, author_id=student, direction="from_student", part="text",
            body=f"planted words {number}", bot="student", update_id=number, case_id=case.id,
        )  # fmt: skip
        messages.add_all(unit, [(message, facts())], now)
        cases.add_note(unit, case, member, f"planted note {number}", now)
        moods.add(unit, student, number, now)
        confirmations.add(unit, f"us-{number}", f"planted checker {number}", "988", now)
        letter = Letter(
            person_id=ids[number - 1][0], bot="student", kind="relay", text_key="k",
            cause=f"c{number}", args={"text": f"planted letter {number}"},
        )  # fmt: skip
        outbox.put(unit, letter, now)
    screens.save(unit, "student", {n: {"state": f"planted {n}"} for n in "ab"}, now)
    arrivals = [Arrival(n, b"l" * 16, b'{"text": "planted update"}') for n in (1, 2)]
    inbox.store(unit, "student", arrivals, now)
    records.audit(unit, "tested", now, subject_id=case.id)
    return student, case.id


def readers(unit, student, case_id, now):
    """How each sealed column is read."""
    case = unit.get(cases.Case, case_id)
    row = students.get(unit, student)[1]
    members = staff.everybody(unit)
    return {
        "addresses.address": lambda: people.reach(unit, student, "student"),
        "case_notes.body": lambda: cases.notes_of(unit, case),
        "crisis_confirmations.by": lambda: [
            unit.keys.campus.open(row.by, "crisis_confirmations", "by", row.id)
            for row in unit.scalars(sa.select(CrisisConfirmation))
        ],
        "data_keys.wrapped": lambda: unit.keys.student(unit, student),
        "inbox.payload": lambda: inbox.waiting(unit, "student"),
        "messages.body": lambda: messages.of_case(unit, case_id, limit=9),
        "moods.value": lambda: moods.latest(unit, student, 9),
        "outbox.args": lambda: outbox.claim(unit, "student", now, limit=9, busy=()),
        "screens.state": lambda: screens.load(unit, "student", "a"),
        "staff.name": lambda: [staff.name_of(unit, member) for member in members],
        "students.pseudonym": lambda: students.pseudonym_of(unit, row),
    }


def swap(connection, column):
    """Exchange the ciphertexts of two rows; of one owner, where there is one."""
    name, field = column.split(".")
    table = Base.metadata.tables[name]
    query = sa.select(table.c.id, table.c[field]).order_by(table.c.id)
    if name == "data_keys":
        query = query.where(table.c.purpose == "student")
    if name == "addresses":
        query = query.where(table.c.bot == "student")
    one, two = connection.execute(query).all()[:2]
    for row, value in ((one, two[1]), (two, one[1])):
        connection.execute(sa.update(table).where(table.c.id == row.id).values({field: value}))


def test_every_binary_column_has_its_place_in_this_file():
    binary = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.LargeBinary)
    }
    assert binary == HASHES | set(SEALED)


@pytest.mark.parametrize("column", SEALED)
async def test_a_ciphertext_moved_to_another_row_does_not_open(
    database, database_url, master, clock, column
):
    student, case_id = await database.transact(lambda u: seed(u, clock.now()))
    await database.close()
    await opening.with_connection(database_url, lambda c: swap(c, column))
    opened = await opening.open_database(database_url, "main", master, clock.now())

    def read(unit):
        return readers(unit, student, case_id, clock.now())[column]()

    try:
        if column == "inbox.payload":  # parked and shown by the worker: it is no JSON
            assert [row.payload for row in await opened.transact(read)] == [b"", b""]
        elif column == "outbox.args":
            assert {post.unreadable for post in await opened.transact(read)} == {"KeyFault"}
        else:
            with pytest.raises(KeyFault) as fault:
                await opened.transact(read)
            assert "planted" not in str(fault.value)
    finally:
        await opened.close()


@pytest.mark.parametrize("column", SEALED)
async def test_in_its_own_row_it_opens_and_is_nowhere_in_plain(database, clock, column):
    student, case_id = await database.transact(lambda u: seed(u, clock.now()))
    name, field = column.split(".")
    stored = await database.read(
        lambda u: list(u.scalars(sa.select(Base.metadata.tables[name].c[field])))
    )
    assert stored
    assert not any(b"planted" in value for value in stored)
    assert len(set(stored)) == len(stored)
    assert await database.transact(lambda u: readers(u, student, case_id, clock.now())[column]())


async def words(database, case_id):
    return [w.body for w in await database.read(lambda u: messages.of_case(u, case_id, limit=9))]


WORDS = ["planted words 1", "planted words 2"]


async def test_rotated_keys_open_all_that_was_written_before(
    database, database_url, master, clock
):
    _, case_id = await database.transact(lambda u: seed(u, clock.now()))
    await database.close()
    newer = MasterKeys.parse(make_master_key("newer"))
    both = MasterKeys((*newer.keys, *master.keys))
    opened = await opening.open_database(database_url, "main", both, clock.now())
    assert await opened.transact(opened.keys.rewrap) == 4  # campus, look-up, two students
    await opened.close()
    opened = await opening.open_database(database_url, "main", newer, clock.now())
    assert await words(opened, case_id) == WORDS
    assert await opened.read(lambda u: people.find_person(u, "student", 1))
    await opened.close()


class TestBackup:
    async def test_either_database_is_restored_into_sqlite(
        self, database, database_url, master, clock, tmp_path
    ):
        _, case_id = await database.transact(lambda u: seed(u, clock.now()))
        count = await backup.back_up(database_url, tmp_path / "out" / "b.gz")
        fresh = f"sqlite:///{tmp_path / 'fresh.db'}"
        restored = await backup.restore(fresh, tmp_path / "out" / "b.gz", force=False)
        assert restored.rows == count
        opened = await opening.open_database(fresh, "main", master, clock.now())
        assert await words(opened, case_id) == WORDS
        assert await opened.read(records.first_broken_audit) is None
        # numbers go on where they stood
        again = await opened.transact(lambda u: records.next_number(u, "case"))
        assert again == 2
        await opened.close()

    async def test_sqlite_is_restored_into_either(
        self, database, database_url, master, clock, tmp_path
    ):
        source = f"sqlite:///{tmp_path / 'source.db'}"
        await opening.migrate(source)
        opened = await opening.open_database(source, "main", master, clock.now())
        _, case_id = await opened.transact(lambda u: seed(u, clock.now()))
        await backup.back_up(source, tmp_path / "out" / "b.gz")
        await opened.close()
        await database.close()
        await backup.restore(database_url, tmp_path / "out" / "b.gz", force=False)
        opened = await opening.open_database(database_url, "main", master, clock.now())
        assert await words(opened, case_id) == WORDS
        assert await opened.read(records.first_broken_audit) is None
        await opened.close()

    async def test_an_older_backup_holds_noise_of_whoever_was_erased_since(
        self, database, database_url, master, clock, tmp_path
    ):
        student, case_id = await database.transact(lambda u: seed(u, clock.now()))
        older = tmp_path / "out" / "older.gz"
        await backup.back_up(database_url, older)
        await database.transact(lambda u: u.keys.destroy_student(u, student))
        await backup.back_up(database_url, tmp_path / "out" / "newer.gz")
        await database.close()
        await backup.restore(database_url, older, force=True)
        opened = await opening.open_database(database_url, "main", master, clock.now())
        with pytest.raises(WordsGone):
            await words(opened, case_id)
        await opened.close()

    async def test_it_holds_neither_keys_nor_plain_words(
        self, database, database_url, clock, tmp_path
    ):
        await database.transact(lambda u: seed(u, clock.now()))
        await backup.back_up(database_url, tmp_path / "b.gz")
        with gzip.open(tmp_path / "b.gz", "rt", encoding="utf-8") as handle:
            lines = [json.loads(line) for line in handle]
        assert "data_keys" not in {line[0] for line in lines[1:-1]}
        assert "planted" not in json.dumps(lines)
        for name in ("b.gz", backup.KEYS_NAME):
            assert (tmp_path / name).stat().st_mode & 0o077 == 0
        assert not list(tmp_path.glob("*.partial"))

    async def test_one_cut_short_changes_nothing(self, database, database_url, clock, tmp_path):
        await database.transact(lambda u: seed(u, clock.now()))
        whole, cut = tmp_path / "b.gz", tmp_path / "cut.gz"
        await backup.back_up(database_url, whole)
        with gzip.open(whole, "rt", encoding="utf-8") as handle:
            lines = handle.readlines()
        with gzip.open(cut, "wt", encoding="utf-8") as handle:
            handle.writelines(lines[:-3] + lines[-1:])
        await database.close()
        with pytest.raises(backup.NotABackup):
            await backup.restore(database_url, cut, force=True)
        count = sa.select(sa.func.count()).select_from(Person)
        assert await opening.with_connection(database_url, lambda c: c.scalar(count)) == 4


async def test_only_the_latest_destroyed_keys_are_remembered(database, clock, monkeypatch):
    monkeypatch.setattr("storage.keys._DESTROYED_LATELY", 2)

    def destroy(unit, number):
        student = people.add_person(unit, "student", 900 + number, "en", "UTC", clock.now()).id
        unit.keys.make_student(unit, student, clock.now())
        unit.keys.destroy_student(unit, student)
        return student

    gone = [await database.transact(lambda u, n=n: destroy(u, n)) for n in range(4)]
    assert list(database.keys._destroyed) == gone[-2:]
    for student in gone:
        with pytest.raises(WordsGone):
            await database.read(lambda unit, who=student: unit.keys.student(unit, who))
