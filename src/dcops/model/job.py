"""A scheduled run of a job, as the ledger holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dcops.model.run import Result


class RunState(StrEnum):
    """Where a run stands. Only `ok` and `findings` mean that the work was done to the end."""

    QUEUED = "queued"
    RUNNING = "running"
    OK = "ok"
    FINDINGS = "findings"
    """Done to the end, and it found something that a person should see."""
    PARTIAL = "partial"
    """Done for some devices; others failed."""
    FAILED = "failed"
    TIMEOUT = "timeout"
    LOST = "lost"
    """Its process vanished without a word."""
    SKIPPED = "skipped"

    @property
    def ended(self) -> bool:
        """Nothing more will come."""
        return self not in (RunState.QUEUED, RunState.RUNNING)

    @property
    def succeeded(self) -> bool:
        """The work was done to the end."""
        return self in (RunState.OK, RunState.FINDINGS)


class RunTrigger(StrEnum):
    """Who asked for a run."""

    SCHEDULE = "schedule"
    CATCH_UP = "catch-up"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class RunKey:
    """What makes a run unique: one row per job and due time."""

    job: str
    due: datetime
    """UTC."""


@dataclass(frozen=True, slots=True)
class LedgerRun:
    """One row of the ledger: the newest attempt at a due time. All times are UTC."""

    job: str
    due: datetime
    attempt: int
    node: str
    state: RunState
    trigger: RunTrigger
    reason: str = ""
    """Why it was skipped, lost, timed out or failed, in words."""
    run: str = ""
    """The job's own run id, once it has one."""
    started: datetime | None = None
    heartbeat: datetime | None = None
    finished: datetime | None = None
    exit_code: int | None = None
    process_group: int | None = None
    summary: Mapping[str, object] = field(default_factory=dict)
    """Counts by result and what else the job tells (`JobRun.counts` and `extra`)."""
    artefact: str = ""
    """Folder with the captured log and the result, relative to the state folder."""
    claimed: datetime | None = None
    """When this attempt was taken, before its process began."""

    @property
    def key(self) -> RunKey:
        """What makes it unique."""
        return RunKey(self.job, self.due)

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it runs."""
        if self.started is None or self.finished is None:
            return None
        return (self.finished - self.started).total_seconds()


@dataclass(frozen=True, slots=True)
class DeviceResult:
    """What came of one device in one run, as the ledger holds it."""

    job: str
    due: datetime
    device: str
    result: str
    detail: str = ""
    error_kind: str = ""
    error_message: str = ""
    next_step: str = ""
    seconds: float | None = None

    @property
    def succeeded(self) -> bool:
        """The device gave what was asked of it."""
        return self.result in (Result.OK, Result.CHANGED, Result.UNCHANGED)


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """A time in which alarms about some devices stay silent. Empty tuples select everything of their kind."""

    id: int
    start: datetime
    end: datetime
    who: str
    reason: str
    sites: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A notification that waits to be sent, was sent, or was given up (the dead letters)."""

    id: int
    channel: str
    """`mail`, `webhook` or `alertmanager`."""
    subject: str
    body: str
    created: datetime
    attempts: int = 0
    next_try: datetime | None = None
    sent: datetime | None = None
    dead: bool = False
    last_error: str = ""
