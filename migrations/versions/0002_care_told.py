"""a count of what was told of a case"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0002_care_told"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up."""
    op.add_column("cases", sa.Column("told", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """For developers: bring it down again."""
    op.drop_column("cases", "told")
