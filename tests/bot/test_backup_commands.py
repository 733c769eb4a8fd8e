"""`backup` and `restore`, as an operator meets them."""

from __future__ import annotations

import json

import pytest

from storage import people, staff, students
from storage.backup_files import KEYS_NAME
from storage.encryption import make_master_key
from tests.support.clock import START


def join(unit, number):
    person = people.add_person(unit, "student", number, "en", "UTC", START).id
    students.add(
        unit, person, age_band="adult", region=None, stage="enrolled", pseudonym="P", now=START
    )


class TestBackup:
    def test_there_and_back(self, operator, tmp_path):
        operator.with_a_student()
        target = tmp_path / "safe" / "b.gz"
        assert operator.types("backup", str(target)).exit_code == 0
        assert {path.stat().st_mode & 0o077 for path in target.parent.iterdir()} == {0}
        assert "--force" in operator.refused("restore", str(target))
        assert operator.types("restore", str(target), "--force").exit_code == 0
        assert operator.has_a_student()

    def test_a_place_that_cannot_be_written_is_not_a_lost_database(self, embedded, tmp_path):
        (tmp_path / "a-file").write_text("x")
        assert "cannot be" in embedded.refused("backup", str(tmp_path / "a-file" / "b.gz"))
        assert str(tmp_path) in embedded.refused("backup", str(tmp_path))

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("b.gz", b"junk"),
            ("b.gz", None),
            ("handrail-keys.json", None),
            ("handrail-keys.json", b"{"),
            ("handrail-keys.json", b"[]"),
            ("handrail-keys.json", b'{"a": 1}'),
            ("handrail-keys.json", b'[{"a": 1}]'),
        ],
    )
    def test_a_damaged_one_changes_nothing(self, embedded, tmp_path, name, content):
        embedded.with_a_student()
        target = tmp_path / "safe" / "b.gz"
        embedded.types("backup", str(target))
        (target.parent / name).unlink()
        if content is not None:
            (target.parent / name).write_bytes(content)
        embedded.refused("restore", str(target), "--force")
        assert embedded.has_a_student()

    def test_keys_that_do_not_open_it_change_nothing(self, embedded, tmp_path):
        embedded.with_a_student()
        target = tmp_path / "safe" / "b.gz"
        embedded.types("backup", str(target))
        embedded.set(HANDRAIL_KEYS=make_master_key("k1"))
        assert embedded.refused("restore", str(target), "--force").startswith("Keys: ")
        embedded.set(HANDRAIL_KEYS="")
        embedded.refused("restore", str(target), "--force")
        assert embedded.has_a_student()

    def test_students_who_cannot_be_read_are_counted_aloud(self, embedded, tmp_path):
        for number in (7, 8, 9):
            embedded.stored(lambda unit, n=number: join(unit, n))
        target = tmp_path / "safe" / "b.gz"
        embedded.types("backup", str(target))
        assert "no key" not in embedded.types("restore", str(target), "--force").output
        path = target.parent / KEYS_NAME
        keys = [key for key in json.loads(path.read_text()) if key["purpose"] != "student"]
        path.write_text(json.dumps(keys))
        ended = embedded.types("restore", str(target), "--force")
        assert ended.exit_code == 0
        assert "3 of 3 students" in ended.stderr

    def test_who_has_access_again_is_said_with_how_to_take_it_away(self, operator, tmp_path):
        def work(unit):
            for number, role in enumerate(("admin", "counselor", "counselor")):
                member = people.add_person(unit, "staff", number, "en", "UTC", START).id
                row = staff.add(unit, member, role, START)
                staff.set_name(unit, row, f"Person {number}")
                if number == 1:
                    row.revoked_at = START

        operator.stored(work)
        target = tmp_path / "safe" / "b.gz"
        operator.types("backup", str(target))
        ended = operator.types("restore", str(target), "--force")
        assert ended.exit_code == 0
        listed = [line for line in ended.stdout.splitlines() if "Person" in line]
        assert [line.split()[0] for line in listed] == ["1", "3"]
        assert set(listed) <= set(operator.types("revoke").stdout.splitlines())
        assert "python -m bot revoke" in ended.stdout
        assert operator.types("revoke", "3").exit_code == 0
