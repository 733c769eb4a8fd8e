"""Runs migrations over the connection that `storage.opening` hands in."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

import storage.tables  # noqa: F401
from storage.base import Base, UtcDateTime


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations stand alone: they name plain types, never ours."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
