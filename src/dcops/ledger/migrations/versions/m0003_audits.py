"""Audits: what was judged, what was found."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
COUNTS = ("passed", "failed", "not_applicable", "could_not_check", "exception")


def _counts() -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS]


def _of_an_audit(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["run"], ["audit_run.run"], ondelete="CASCADE", name=name)


def upgrade() -> None:
    """Add their tables."""
    op.create_table(
        "audit_run",
        sa.Column("run", TEXT, nullable=False),
        sa.Column("audit", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("packs", TEXT, nullable=False),
        sa.Column("rules", TEXT, nullable=False),
        sa.Column("exceptions", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("run", name="audit_run_pkey"),
    )
    op.create_index("audit_run_at", "audit_run", ["audit", "at"])
    op.create_table(
        "audit_tally",
        sa.Column("run", TEXT, nullable=False),
        sa.Column("device", TEXT, nullable=False),
        sa.Column("pack", TEXT, nullable=False),
        *_counts(),
        sa.PrimaryKeyConstraint("run", "device", "pack", name="audit_tally_pkey"),
        _of_an_audit("audit_tally_audit_run_fkey"),
    )
    op.create_table(
        "audit_finding",
        sa.Column("run", TEXT, nullable=False),
        sa.Column("device", TEXT, nullable=False),
        sa.Column("check", TEXT, nullable=False),
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("severity", TEXT, nullable=False),
        sa.Column("refs", TEXT, nullable=False),
        sa.Column("first_seen", TIME, nullable=False),
        sa.PrimaryKeyConstraint("run", "device", "check", "fingerprint", name="audit_finding_pkey"),
        _of_an_audit("audit_finding_audit_run_fkey"),
    )
    op.create_index("audit_finding_fingerprint", "audit_finding", ["fingerprint"])
    op.create_table(
        "audit_source",
        sa.Column("run", TEXT, nullable=False),
        sa.Column("device", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("taken", TIME, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("problem", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("run", "device", "source", name="audit_source_pkey"),
        _of_an_audit("audit_source_audit_run_fkey"),
    )
    op.create_table(
        "audit_standing",
        sa.Column("audit", TEXT, nullable=False),
        sa.Column("device", TEXT, nullable=False),
        sa.Column("pack", TEXT, nullable=False),
        sa.Column("run", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        *_counts(),
        sa.PrimaryKeyConstraint("audit", "device", "pack", name="audit_standing_pkey"),
    )
