"""The tables of the ledger and the indices that its questions need."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from dcops.ledger.columns import Moment, Tree, Words

metadata = MetaData()

# SQLite counts rows by itself only in a column that is called INTEGER and nothing else.
Number = BigInteger().with_variant(Integer, "sqlite")

# As a text, not as parameters: a database uses a partial index only when it sees that the question is covered by it.
LIVE = text("state IN ('queued', 'running')")
DEAD = text("dead")
WAITING = text("next_try IS NOT NULL")

job_run = Table(
    "job_run",
    metadata,
    Column("job", Words, nullable=False),
    Column("due", Moment, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("node", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("trigger", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("run", Words, nullable=False),
    Column("claimed", Moment, nullable=False),
    Column("started", Moment),
    Column("heartbeat", Moment),
    Column("finished", Moment),
    Column("exit_code", Integer),
    Column("process_group", Integer),
    Column("summary", Tree, nullable=False),
    Column("artefact", Words, nullable=False),
    PrimaryKeyConstraint("job", "due", name="job_run_pkey"),
    CheckConstraint("attempt >= 1", name="job_run_attempt_check"),
)
Index("job_run_due", job_run.c.due)
_JOB_RUN_LIVE = Index("job_run_live", job_run.c.state, sqlite_where=LIVE)

job_attempt = Table(
    "job_attempt",
    metadata,
    Column("job", Words, nullable=False),
    Column("due", Moment, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("node", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("trigger", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("run", Words, nullable=False),
    Column("claimed", Moment, nullable=False),
    Column("started", Moment),
    Column("heartbeat", Moment),
    Column("finished", Moment),
    Column("exit_code", Integer),
    Column("process_group", Integer),
    Column("summary", Tree, nullable=False),
    Column("artefact", Words, nullable=False),
    PrimaryKeyConstraint("job", "due", "attempt", name="job_attempt_pkey"),
    ForeignKeyConstraint(
        ["job", "due"], ["job_run.job", "job_run.due"], ondelete="CASCADE", name="job_attempt_job_run_fkey"
    ),
)

job_outcome = Table(
    "job_outcome",
    metadata,
    Column("job", Words, nullable=False),
    Column("due", Moment, nullable=False),
    Column("device", Words, nullable=False),
    Column("result", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("error_kind", Words, nullable=False),
    Column("error_message", Words, nullable=False),
    Column("next_step", Words, nullable=False),
    Column("seconds", Float),
    PrimaryKeyConstraint("job", "due", "device", name="job_outcome_pkey"),
    ForeignKeyConstraint(
        ["job", "due"], ["job_run.job", "job_run.due"], ondelete="CASCADE", name="job_outcome_job_run_fkey"
    ),
)

# Kept apart from the outcomes: it survives their pruning, and a scrape reads one row per device, not a year.
device_success = Table(
    "device_success",
    metadata,
    Column("job", Words, nullable=False),
    Column("device", Words, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("job", "device", name="device_success_pkey"),
)

device_lock = Table(
    "device_lock",
    metadata,
    Column("device", Words, nullable=False),
    Column("owner", Words, nullable=False),
    Column("taken", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    PrimaryKeyConstraint("device", name="device_lock_pkey"),
)
Index("device_lock_owner", device_lock.c.owner)

maintenance_window = Table(
    "maintenance_window",
    metadata,
    Column("id", Number, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("who", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("selection", Tree, nullable=False),
    PrimaryKeyConstraint("id", name="maintenance_window_pkey"),
    sqlite_autoincrement=True,
)
Index("maintenance_window_ends_at", maintenance_window.c.ends_at)

message = Table(
    "message",
    metadata,
    Column("id", Number, nullable=False),
    Column("channel", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("body", Words, nullable=False),
    # NULL is equal to nothing: messages without a key never exclude each other.
    Column("dedup", Words),
    Column("created", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try", Moment),
    Column("last_error", Words, nullable=False),
    Column("sent", Moment),
    Column("dead", Boolean, nullable=False),
    PrimaryKeyConstraint("id", name="message_pkey"),
    UniqueConstraint("channel", "dedup", name="message_channel_dedup_key"),
    sqlite_autoincrement=True,
)
_MESSAGE_WAITING = Index("message_waiting", message.c.next_try, sqlite_where=WAITING)
_MESSAGE_DEAD = Index("message_dead", message.c.id, sqlite_where=DEAD)
Index("message_created", message.c.created)

note = Table(
    "note",
    metadata,
    Column("name", Words, nullable=False),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("name", name="note_pkey"),
)

restore_test = Table(
    "restore_test",
    metadata,
    Column("run", Words, nullable=False),
    Column("device", Words, nullable=False),
    Column("revision", Words, nullable=False),
    Column("sources", Words, nullable=False),
    Column("tested_at", Moment, nullable=False),
    Column("level", Words, nullable=False),
    Column("result", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("holder", Words, nullable=False),
    PrimaryKeyConstraint("run", "device", name="restore_test_pkey"),
)
Index("restore_test_device", restore_test.c.device, restore_test.c.tested_at)
Index("restore_test_tested_at", restore_test.c.tested_at)


def _counts() -> list[Column[int]]:
    names = ("passed", "failed", "not_applicable", "could_not_check", "exception")
    return [Column(name, Integer, nullable=False) for name in names]


def _of_an_audit(name: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["run"], ["audit_run.run"], ondelete="CASCADE", name=name)


audit_run = Table(
    "audit_run",
    metadata,
    Column("run", Words, nullable=False),
    Column("audit", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("origin", Words, nullable=False),
    Column("packs", Tree, nullable=False),
    Column("rules", Words, nullable=False),
    Column("exceptions", Tree, nullable=False),
    PrimaryKeyConstraint("run", name="audit_run_pkey"),
)
Index("audit_run_at", audit_run.c.audit, audit_run.c.at)

audit_tally = Table(
    "audit_tally",
    metadata,
    Column("run", Words, nullable=False),
    Column("device", Words, nullable=False),
    Column("pack", Words, nullable=False),
    *_counts(),
    PrimaryKeyConstraint("run", "device", "pack", name="audit_tally_pkey"),
    _of_an_audit("audit_tally_audit_run_fkey"),
)

audit_finding = Table(
    "audit_finding",
    metadata,
    Column("run", Words, nullable=False),
    Column("device", Words, nullable=False),
    Column("check", Words, nullable=False),
    Column("fingerprint", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("severity", Words, nullable=False),
    Column("refs", Tree, nullable=False),
    Column("first_seen", Moment, nullable=False),
    PrimaryKeyConstraint("run", "device", "check", "fingerprint", name="audit_finding_pkey"),
    _of_an_audit("audit_finding_audit_run_fkey"),
)
Index("audit_finding_fingerprint", audit_finding.c.fingerprint)

audit_source = Table(
    "audit_source",
    metadata,
    Column("run", Words, nullable=False),
    Column("device", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("taken", Moment, nullable=False),
    Column("origin", Words, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("problem", Words, nullable=False),
    PrimaryKeyConstraint("run", "device", "source", name="audit_source_pkey"),
    _of_an_audit("audit_source_audit_run_fkey"),
)

# Kept apart from the audits, as the successes of devices are: a scrape reads one row per device and pack, not a year.
audit_standing = Table(
    "audit_standing",
    metadata,
    Column("audit", Words, nullable=False),
    Column("device", Words, nullable=False),
    Column("pack", Words, nullable=False),
    Column("run", Words, nullable=False),
    Column("at", Moment, nullable=False),
    *_counts(),
    PrimaryKeyConstraint("audit", "device", "pack", name="audit_standing_pkey"),
)


def know_postgresql() -> None:
    """Let the partial indices be partial in PostgreSQL too.

    Not said where they are made: its word alone makes SQLAlchemy import that dialect with four drivers, which costs
    whoever keeps the ledger in a file as much as reading two routers.
    """
    for index, where in ((_JOB_RUN_LIVE, LIVE), (_MESSAGE_WAITING, WAITING), (_MESSAGE_DEAD, DEAD)):
        index.dialect_kwargs["postgresql_where"] = where
