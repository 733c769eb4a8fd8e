"""Somebody at the terminal."""

from __future__ import annotations

import asyncio
import os

from typer.testing import CliRunner

from bot.__main__ import app
from storage import opening, people
from storage.encryption import MasterKeys
from tests.support.clock import START


class Operator:
    """Types commands against one database."""

    def __init__(self, monkeypatch, url, keys):
        self._monkeypatch = monkeypatch
        for name in [name for name in os.environ if name.startswith("HANDRAIL")]:
            monkeypatch.delenv(name)
        self.url, self.keys = url, keys
        self.set(HANDRAIL_DATABASE_URL=url, HANDRAIL_KEYS=keys)

    def set(self, **environ):
        for name, value in environ.items():
            self._monkeypatch.setenv(name, value)

    def types(self, *arguments, stdin=None):
        return CliRunner().invoke(app, arguments, input=stdin)

    def refused(self, *arguments):
        """One line that says what to do; nothing that looks like a program's inside."""
        ended = self.types(*arguments)
        assert ended.exit_code == 2, ended.output
        assert ended.stdout == ""
        assert len(ended.stderr.strip().splitlines()) == 1
        assert "Traceback" not in ended.stderr
        return ended.stderr

    def stored(self, work):
        """Read something with the keys at hand."""

        async def look():
            master = MasterKeys.parse(self.keys)
            database = await opening.open_database(self.url, "main", master, START)
            try:
                return await database.transact(work)
            finally:
                await database.close()

        return asyncio.run(look())

    def with_a_student(self, telegram_id=77):
        self.stored(lambda u: people.add_person(u, "student", telegram_id, "en", "UTC", START))

    def has_a_student(self, telegram_id=77):
        return self.stored(lambda u: people.find_person(u, "student", telegram_id)) is not None
