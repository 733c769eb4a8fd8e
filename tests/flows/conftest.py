"""The flows over a real database, SQLite and PostgreSQL."""

from __future__ import annotations

import pytest

from tests.flows.campus import Campus


@pytest.fixture
def path(database, clock):
    return Campus(database, clock)
