"""who made an invite"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0002_desk_invites"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up."""
    op.add_column("invites", sa.Column("created_by", sa.Uuid(), nullable=True))


def downgrade() -> None:
    """For developers: bring it down again."""
    op.drop_column("invites", "created_by")
