"""The flows over a real database, SQLite and PostgreSQL."""

from __future__ import annotations

import pytest

from tests.flows.campus import WANG, Campus


@pytest.fixture
def path(database, clock):
    return Campus(database, clock)


@pytest.fixture
async def taken(path):
    """A student, two counselors, and the first one's case."""
    student, lin, wang = await path.student(), await path.counselor(), await path.counselor(WANG)
    case = await path.help.ask(student, update_id=1)
    await path.desk.take(lin, case.case_id)
    return student, lin, wang, case.case_id
