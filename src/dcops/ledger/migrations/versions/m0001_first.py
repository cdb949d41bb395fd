"""Runs, attempts, outcomes, locks, maintenance windows, messages and notes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LIVE = sa.text("state IN ('queued', 'running')")
WAITING = sa.text("next_try IS NOT NULL")
DEAD = sa.text("dead")


def _of_one_run() -> list[sa.Column[object]]:
    return [
        sa.Column("job", TEXT, nullable=False),
        sa.Column("due", TIME, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("node", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("trigger", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("run", TEXT, nullable=False),
        sa.Column("claimed", TIME, nullable=False),
        sa.Column("started", TIME),
        sa.Column("heartbeat", TIME),
        sa.Column("finished", TIME),
        sa.Column("exit_code", sa.Integer()),
        sa.Column("process_group", sa.Integer()),
        sa.Column("summary", TEXT, nullable=False),
        sa.Column("artefact", TEXT, nullable=False),
    ]


def _belongs_to_a_run(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["job", "due"], ["job_run.job", "job_run.due"], ondelete="CASCADE", name=name)


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "job_run",
        *_of_one_run(),
        sa.PrimaryKeyConstraint("job", "due", name="job_run_pkey"),
        sa.CheckConstraint("attempt >= 1", name="job_run_attempt_check"),
    )
    op.create_index("job_run_due", "job_run", ["due"])
    op.create_index("job_run_live", "job_run", ["state"], sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_table(
        "job_attempt",
        *_of_one_run(),
        sa.PrimaryKeyConstraint("job", "due", "attempt", name="job_attempt_pkey"),
        _belongs_to_a_run("job_attempt_job_run_fkey"),
    )
    op.create_table(
        "job_outcome",
        sa.Column("job", TEXT, nullable=False),
        sa.Column("due", TIME, nullable=False),
        sa.Column("device", TEXT, nullable=False),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("error_kind", TEXT, nullable=False),
        sa.Column("error_message", TEXT, nullable=False),
        sa.Column("next_step", TEXT, nullable=False),
        sa.Column("seconds", sa.Float()),
        sa.PrimaryKeyConstraint("job", "due", "device", name="job_outcome_pkey"),
        _belongs_to_a_run("job_outcome_job_run_fkey"),
    )
    op.create_table(
        "device_success",
        sa.Column("job", TEXT, nullable=False),
        sa.Column("device", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("job", "device", name="device_success_pkey"),
    )
    op.create_table(
        "device_lock",
        sa.Column("device", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("taken", TIME, nullable=False),
        sa.Column("expires", TIME, nullable=False),
        sa.PrimaryKeyConstraint("device", name="device_lock_pkey"),
    )
    op.create_index("device_lock_owner", "device_lock", ["owner"])
    op.create_table(
        "maintenance_window",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("selection", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="maintenance_window_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("maintenance_window_ends_at", "maintenance_window", ["ends_at"])
    op.create_table(
        "message",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("dedup", TEXT),
        sa.Column("created", TIME, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try", TIME),
        sa.Column("last_error", TEXT, nullable=False),
        sa.Column("sent", TIME),
        sa.Column("dead", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="message_pkey"),
        sa.UniqueConstraint("channel", "dedup", name="message_channel_dedup_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("message_waiting", "message", ["next_try"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("message_dead", "message", ["id"], sqlite_where=DEAD, postgresql_where=DEAD)
    op.create_index("message_created", "message", ["created"])
    op.create_table(
        "note",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="note_pkey"),
    )
