"""Restore tests."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT = sa.Text()


def upgrade() -> None:
    """Add their table."""
    op.create_table(
        "restore_test",
        sa.Column("run", TEXT, nullable=False),
        sa.Column("device", TEXT, nullable=False),
        sa.Column("revision", TEXT, nullable=False),
        sa.Column("sources", TEXT, nullable=False),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", TEXT, nullable=False),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("run", "device", name="restore_test_pkey"),
    )
    op.create_index("restore_test_device", "restore_test", ["device", "tested_at"])
    op.create_index("restore_test_tested_at", "restore_test", ["tested_at"])
