"""Schema history (alembic)."""
