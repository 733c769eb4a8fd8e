"""Backup and restore: what they refuse, and what is said of what they bring back."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import json

import pytest
import sqlalchemy as sa

from flows.clock import SystemClock
from storage import backup, codes, opening, people, staff, students
from storage.backup_files import KEYS_NAME, NotABackup, NotWritten, alone_in, written
from storage.encryption import MasterKeys, make_master_key
from storage.errors import WordsGone
from storage.tables import DataKey, Invite, Staff


def contents(folder):
    """What lies there, but for SQLite's own log, which comes and goes."""
    return {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def add_student(unit, now, number):
    person = people.add_person(unit, "student", number, "en", "UTC", now).id
    students.add(
        unit, person, age_band="adult", region=None, stage="enrolled", pseudonym="P", now=now
    )
    return person


@pytest.fixture
async def fill(master, clock):
    """Opens a fresh SQLite database of the same name each time, with some students."""

    async def fresh(url, *numbers, campus="main"):
        await opening.migrate(url)
        opened = await opening.open_database(url, campus, master, clock.now())
        for number in numbers:
            await opened.transact(lambda u, n=number: add_student(u, clock.now(), n))
        await opened.close()

    return fresh


async def test_there_and_back_without_the_students_keys(
    database, database_url, master, clock, tmp_path
):
    person = await database.transact(lambda u: add_student(u, clock.now(), 77))
    target = tmp_path / "out" / "b.gz"
    rows = await backup.back_up(database_url, target)
    assert rows == 3
    await database.close()
    with pytest.raises(backup.WouldReplace):
        await backup.restore(database_url, target, force=False)
    fresh = f"sqlite:///{tmp_path / 'fresh.db'}"
    assert (await backup.restore(fresh, target, force=False)).rows == rows
    opened = await opening.open_database(fresh, "main", master, clock.now())
    assert (await opened.read(lambda u: people.reach(u, person, "student"))).telegram_id == 77
    keys = await opened.read(lambda u: u.scalar(sa.select(sa.func.count(DataKey.id))))
    assert keys == 3
    await opened.close()


@pytest.mark.parametrize("content", [b"", b"no gzip", b"\x1f\x8b\x08\x00broken"])
async def test_a_damaged_file_changes_nothing(content, tmp_path):
    path = tmp_path / "b.gz"
    path.write_bytes(content)
    with pytest.raises(backup.NotABackup):
        await backup.restore(f"sqlite:///{tmp_path / 'x.db'}", path, force=True)
    assert not (tmp_path / "x.db").exists()


class TestOneFolder:
    """The keys file of a folder is that of one database."""

    async def test_a_database_set_up_anew_does_not_replace_the_keys_of_the_old_one(
        self, fill, tmp_path
    ):
        old, new = (f"sqlite:///{tmp_path / name}" for name in ("old.db", "new.db"))
        safe = tmp_path / "safe"
        await fill(old, 7)
        await backup.back_up(old, safe / "day1.gz")
        before = {path.name: path.read_bytes() for path in safe.iterdir()}
        await fill(new)
        with pytest.raises(NotWritten, match="another folder"):
            await backup.back_up(new, safe / "day2.gz")
        assert {path.name: path.read_bytes() for path in safe.iterdir()} == before
        again = f"sqlite:///{tmp_path / 'again.db'}"
        restored = await backup.restore(again, safe / "day1.gz", force=False)
        assert (restored.students, restored.without_key) == (1, 0)

    async def test_nor_does_one_that_nobody_opened_yet(self, fill, tmp_path):
        old, new = (f"sqlite:///{tmp_path / name}" for name in ("old.db", "new.db"))
        await fill(old, 7)
        await backup.back_up(old, tmp_path / "safe" / "day1.gz")
        await opening.migrate(new)
        with pytest.raises(NotWritten):
            await backup.back_up(new, tmp_path / "safe" / "day2.gz")

    async def test_a_damaged_keys_file_is_not_replaced(self, fill, tmp_path):
        url = f"sqlite:///{tmp_path / 'a.db'}"
        await fill(url, 7)
        (tmp_path / "safe").mkdir()
        (tmp_path / "safe" / KEYS_NAME).write_text("[")
        with pytest.raises(NotWritten, match="damaged"):
            await backup.back_up(url, tmp_path / "safe" / "b.gz")
        assert (tmp_path / "safe" / KEYS_NAME).read_text() == "["

    async def test_rotated_keys_and_one_more_student_replace_it(
        self, fill, tmp_path, master, clock
    ):
        url = f"sqlite:///{tmp_path / 'a.db'}"
        await fill(url, 7)
        await backup.back_up(url, tmp_path / "safe" / "1.gz")
        both = MasterKeys((*MasterKeys.parse(make_master_key("newer")).keys, *master.keys))
        opened = await opening.open_database(url, "main", both, clock.now())
        await opened.transact(opened.keys.rewrap)
        await opened.close()
        await backup.back_up(url, tmp_path / "safe" / "2.gz")
        again = f"sqlite:///{tmp_path / 'again.db'}"
        restored = await backup.restore(
            again, tmp_path / "safe" / "1.gz", force=False, master=both
        )
        assert (restored.students, restored.without_key) == (1, 0)

    async def test_a_backup_beside_the_keys_of_another_database_is_refused(self, fill, tmp_path):
        for name in ("one", "two"):
            await fill(f"sqlite:///{tmp_path / name}.db", 7)
            await backup.back_up(f"sqlite:///{tmp_path / name}.db", tmp_path / name / "b.gz")
        (tmp_path / "two" / KEYS_NAME).replace(tmp_path / "one" / KEYS_NAME)
        with pytest.raises(NotABackup, match="another database"):
            await backup.restore(
                f"sqlite:///{tmp_path / 'x.db'}", tmp_path / "one" / "b.gz", force=True
            )
        assert not (tmp_path / "x.db").exists()


class TestBesideAnother:
    async def test_two_at_once_leave_one_whole_backup(
        self, database, database_url, clock, tmp_path
    ):
        await database.transact(lambda u: add_student(u, clock.now(), 7))
        path = tmp_path / "out" / "b.gz"
        ended = await asyncio.gather(
            *(backup.back_up(database_url, path) for _ in range(3)), return_exceptions=True
        )
        refused = [str(end) for end in ended if isinstance(end, NotWritten)]
        assert all("another backup" in said for said in refused)
        assert len(refused) < 3 == len(refused) + ended.count(3)
        assert {found.name for found in path.parent.iterdir()} == {"b.gz", KEYS_NAME}
        fresh = f"sqlite:///{tmp_path / 'fresh.db'}"
        assert (await backup.restore(fresh, path, force=False)).rows == 3

    async def test_one_that_runs_is_left_alone(self, fill, tmp_path):
        url, folder = f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "out"
        await fill(url, 7)
        folder.mkdir()
        with alone_in(folder), written(folder / "b.gz") as partial:
            partial.write_bytes(b"half")
            with pytest.raises(NotWritten, match="another backup"):
                await backup.back_up(url, folder / "c.gz")
            assert [found.name for found in folder.iterdir()] == [partial.name]
        assert (folder / "b.gz").read_bytes() == b"half"

    async def test_what_a_killed_one_left_goes_with_the_next(self, fill, tmp_path):
        url, folder = f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "out"
        await fill(url, 7)
        folder.mkdir()
        left = folder / ".handrail-abc.partial"
        left.write_bytes(b"half")
        (folder / "mine.partial").write_bytes(b"not ours")
        await backup.back_up(url, folder / "b.gz")
        assert {found.name for found in folder.iterdir()} == {
            "b.gz", KEYS_NAME, "mine.partial"
        }  # fmt: skip

    async def test_one_that_fails_leaves_nothing(self, fill, tmp_path, monkeypatch):
        url, folder = f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "out"
        await fill(url, 7)

        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(NotWritten, match="No space"):
            await backup.back_up(url, folder / "b.gz")
        assert list(folder.iterdir()) == []


class TestTarget:
    @pytest.mark.parametrize(
        "name",
        [
            "db/a.db",
            "db/a.db-wal",
            "db/a.db-shm",
            "db/a.db-journal",
            "db/a.db.lock",
            "db/../db/a.db",
            "linked/a.db",
            "link.db",
            "hard.db",
            "db/handrail-keys.json",
            "safe/handrail-keys.json",
            "safe/Handrail-Keys.JSON",
        ],
    )
    async def test_neither_the_database_nor_the_keys_file_is_written_over(
        self, fill, tmp_path, name
    ):
        (tmp_path / "db").mkdir()
        (tmp_path / "safe").mkdir()
        url = f"sqlite:///{tmp_path / 'db' / 'a.db'}"
        await fill(url, 7)
        await backup.back_up(url, tmp_path / "safe" / "b.gz")
        (tmp_path / "linked").symlink_to(tmp_path / "db")
        (tmp_path / "link.db").symlink_to(tmp_path / "db" / "a.db")
        (tmp_path / "hard.db").hardlink_to(tmp_path / "db" / "a.db")
        before = contents(tmp_path)
        with pytest.raises(NotWritten, match="name of its own"):
            await backup.back_up(url, tmp_path / name)
        assert contents(tmp_path) == before

    async def test_a_folder_is_no_file_and_gets_no_keys_beside_it(self, fill, tmp_path):
        url = f"sqlite:///{tmp_path / 'a.db'}"
        await fill(url, 7)
        (tmp_path / "safe" / "folder").mkdir(parents=True)
        with pytest.raises(NotWritten, match="folder"):
            await backup.back_up(url, tmp_path / "safe" / "folder")
        assert [path.name for path in (tmp_path / "safe").iterdir()] == ["folder"]

    async def test_beside_the_database_is_allowed(self, fill, tmp_path):
        url = f"sqlite:///{tmp_path / 'a.db'}"
        await fill(url, 7)
        assert await backup.back_up(url, tmp_path / "a.db.gz")


def each(**changes):
    return lambda keys: [{**key, **changes} for key in keys]


@pytest.mark.parametrize(
    "damage",
    [
        each(wrapped="!!"),
        each(wrapped=5),
        each(wrapped=None),
        each(wrapped=""),
        each(id="zz"),
        each(id=None),
        each(owner_id=[]),
        each(campus_id=5),
        each(purpose="other"),
        each(purpose={}),
        each(master_id=None),
        each(created_at="yesterday"),
        each(created_at="2026-11-24T09:00:00"),
        each(more="x"),
        lambda keys: [{k: v for k, v in key.items() if k != "wrapped"} for key in keys],
        lambda keys: [{k: v for k, v in key.items() if k != "created_at"} for key in keys],
        lambda keys: keys + keys,
        lambda keys: [*keys, {**keys[0], "id": "0" * 32}],
        lambda keys: [*keys, 5],
        lambda keys: dict.fromkeys("ab"),
    ],
)
async def test_a_damaged_keys_file_is_said_and_changes_nothing(fill, tmp_path, master, damage):
    url, path = f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "out" / "b.gz"
    await fill(url, 7)
    await backup.back_up(url, path)
    keys = json.loads((tmp_path / "out" / KEYS_NAME).read_text())
    (tmp_path / "out" / KEYS_NAME).write_text(json.dumps(damage(keys)))
    for known in (master, None):
        with pytest.raises(NotABackup, match="whole copy"):
            await backup.restore(f"sqlite:///{tmp_path / 'x.db'}", path, force=True, master=known)
    assert not (tmp_path / "x.db").exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: [*lines, lines[0]],
        lambda lines: [[name, {**row, "id": "zz"}] for name, row in lines],
        lambda lines: [[name, {**row, "campus_id": [1]}] for name, row in lines],
        lambda lines: [[name, {**row, "more": 1}] for name, row in lines],
        lambda lines: [["nothing", row] for _, row in lines],
        lambda lines: [[5, row] for _, row in lines],
        lambda lines: [line for line in lines if line[0] != "persons"],
        lambda lines: [[name, {**row, "created_at": 5}] for name, row in lines],
        lambda lines: [[name, {**row, "created_at": "2026-11-24"}] for name, row in lines],
        lambda lines: [[name, {**row, "language": {}}] for name, row in lines],
    ],
)
async def test_damaged_rows_are_said_and_change_nothing(
    database, database_url, clock, tmp_path, damage
):
    await database.transact(lambda u: add_student(u, clock.now(), 7))
    path = tmp_path / "out" / "b.gz"
    await backup.back_up(database_url, path)
    await database.close()
    with gzip.open(path, "rt", encoding="utf-8") as handle:
        first, *lines, _ = map(json.loads, handle.readlines())
    lines = damage(lines)
    with gzip.open(path, "wt", encoding="utf-8") as handle:
        for line in (first, *lines, {"rows": len(lines)}):
            handle.write(json.dumps(line) + "\n")
    with pytest.raises(NotABackup):
        await backup.restore(database_url, path, force=True)
    count = sa.select(sa.func.count()).select_from(sa.table("students"))
    assert await opening.with_connection(database_url, lambda c: c.scalar(count)) == 1


async def test_students_without_a_key_are_counted(database, database_url, master, clock, tmp_path):
    gone, kept = [
        await database.transact(lambda u, n=n: add_student(u, clock.now(), n)) for n in (7, 8)
    ]
    await backup.back_up(database_url, tmp_path / "out" / "b.gz")
    await database.close()
    path = tmp_path / "out" / KEYS_NAME
    path.write_text(
        json.dumps([key for key in json.loads(path.read_text()) if key["owner_id"] != gone.hex])
    )
    restored = await backup.restore(database_url, tmp_path / "out" / "b.gz", force=True)
    assert (restored.students, restored.without_key) == (2, 1)
    opened = await opening.open_database(database_url, "main", master, clock.now())
    with pytest.raises(WordsGone):
        await opened.read(lambda u: u.keys.student(u, gone))
    await opened.read(lambda u: u.keys.student(u, kept))
    await opened.close()


async def test_nobody_is_on_call_and_no_unused_invite_is_good_after_a_restore(
    database, database_url, master, clock, tmp_path
):
    later = clock.now() + dt.timedelta(days=7)

    def seed(unit):
        member = people.add_person(unit, "staff", 7, "en", "UTC", clock.now()).id
        row = staff.add(unit, member, "counselor", clock.now())
        row.on_call, row.on_call_until = True, later
        for code in ("used", "unused"):
            codes.add_invite(unit, code, "admin", clock.now(), later, created_by=None)
        codes.lock_invite(unit, "used").used_at = clock.now()
        return member

    member = await database.transact(seed)
    before = SystemClock().now()
    await backup.back_up(database_url, tmp_path / "out" / "b.gz")
    await database.close()
    restored = await backup.restore(database_url, tmp_path / "out" / "b.gz", force=True)
    assert abs(restored.at - before) < dt.timedelta(minutes=1)
    opened = await opening.open_database(database_url, "main", master, clock.now())
    row = await opened.read(lambda u: u.get(Staff, member))
    assert (row.on_call, row.on_call_until, row.revoked_at) == (False, None, None)
    invites = await opened.read(lambda u: list(u.scalars(sa.select(Invite))))
    assert {bool(row.used_at): row.expires_at for row in invites} == {
        True: later,
        False: clock.now(),
    }
    await opened.close()


@pytest.mark.parametrize("header", [{"at": None}, {"at": "yesterday"}, {"at": 5}, {"keys": 5}])
async def test_a_damaged_header_changes_nothing(fill, tmp_path, header):
    url, path = f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "out" / "b.gz"
    await fill(url, 7)
    await backup.back_up(url, path)
    with gzip.open(path, "rt", encoding="utf-8") as handle:
        first, *lines = handle.readlines()
    with gzip.open(path, "wt", encoding="utf-8") as handle:
        handle.writelines([json.dumps(json.loads(first) | header) + "\n", *lines])
    with pytest.raises(NotABackup):
        await backup.restore(f"sqlite:///{tmp_path / 'x.db'}", path, force=True)
    assert not (tmp_path / "x.db").exists()
