"""What the report of a night says: plain values, worst first. Later parts of dcops add their fields here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from dcops.jobs.changes import Changed
from dcops.jobs.nightly.compliance import Compliance
from dcops.jobs.nightly.found import Look
from dcops.model.job import MaintenanceWindow


class Verdict(StrEnum):
    """What a reader has to do about a thing. The order is the order in which things are shown."""

    ACT = "act"
    """Somebody must do something this morning."""
    LOOK = "look"
    """Somebody should look at it; nothing was lost."""
    WELL = "well"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(Verdict).index(self)


class Standing(StrEnum):
    """How one run of a job stands in the morning: the states of the ledger, and what the ledger cannot know."""

    MISSING = "missing"
    """It was due and there is no row: the worst, because nobody else will ever tell."""
    SILENT = "silent"
    """It says that it runs, and gave no sign of life for minutes."""
    LOST = "lost"
    TIMEOUT = "timeout"
    FAILED = "failed"
    PARTIAL = "partial"
    SKIPPED = "skipped"
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    """It was due a moment ago and has not begun."""
    FINDINGS = "findings"
    OK = "ok"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(Standing).index(self)

    @property
    def done(self) -> bool:
        """The work was done to the end."""
        return self in (Standing.OK, Standing.FINDINGS)


@dataclass(frozen=True, slots=True)
class JobLine:
    """One run of a job in the night, or one that should have been."""

    job: str
    standing: Standing
    verdict: Verdict
    due: datetime
    scheduled: bool
    """False: somebody started it by hand."""
    started: datetime | None = None
    seconds: float | None = None
    attempt: int = 1
    reason: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Devices by result; empty when the job says nothing of devices, or never said it."""
    artefact: str = ""
    made_up: bool = False
    """It went wrong, and a later run of the same night did the work."""
    same: int = 0
    """How many more runs of the night ended in the same way and are not shown."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A device that a job could not finish with."""

    device: str
    site: str
    job: str
    kind: str
    message: str
    next_step: str
    last_success: datetime | None
    in_maintenance: bool
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Unproven:
    """A device without a good backup for too long."""

    device: str
    site: str
    last_success: datetime | None
    """None: there never was one that the ledger knows."""
    hours: float | None


@dataclass(frozen=True, slots=True)
class Pushed:
    """A device that pushes its backup to us, and what came last."""

    device: str
    site: str
    max_age_hours: int
    watched: bool
    """Somebody looked for its files at all."""
    last: datetime | None
    """When its newest backup arrived; None when none ever did, as far as the ledger knows."""
    hours: float | None
    """How long nothing has come, or has been looked for in vain; None when that is not known."""
    name: str = ""
    size: int | None = None
    sha256: str = ""
    arrivals: int = 0
    """How many came in the night."""

    @property
    def late(self) -> bool:
        """Too old, or nobody knows."""
        return self.hours is None or self.hours > self.max_age_hours


@dataclass(frozen=True, slots=True)
class Skipped:
    """Devices that were left out for one reason."""

    kind: str
    message: str
    devices: tuple[str, ...]

    @property
    def expected(self) -> bool:
        """A standing reason, not one of this night."""
        return self.kind == "unsupported"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a person has to deal with. Forms put it into words: `problem.<key>` and `step.<key>`."""

    key: str
    verdict: Verdict
    job: str = ""
    due: datetime | None = None
    standing: str = ""
    kind: str = ""
    devices: tuple[str, ...] = ()
    number: int = 0
    said: str = ""
    """The words of the device, the library or the ledger, in English."""
    next_step: str = ""
    """What the one who met the error advises, in English; empty: the form has its own advice."""


@dataclass(frozen=True, slots=True)
class RestoreTests:
    """Whether backups were ever opened: a restore test stands for a year."""

    of: int
    """Devices that can be backed up or push their backups."""
    within: int
    """Of those: how many stood a test within a year."""
    oldest: datetime | None
    """When the one of them that was tested longest ago was; None when none ever was."""


@dataclass(frozen=True, slots=True)
class BackupCover:
    """How many devices that can be backed up were, in the night."""

    of: int
    archived: int | None
    """None: no run of the night told."""
    changed: int | None
    recovered: tuple[str, ...] = ()
    """Failed first and was well in a later run of the night."""
    unheard: tuple[str, ...] = ()
    """Should have been backed up, and no run says a word of it."""


@dataclass(frozen=True, slots=True)
class NightlyReport:
    """One night of a site."""

    site: str
    lab: bool
    night: date
    """The day of the morning."""
    since: datetime
    until: datetime
    made: datetime
    jobs: tuple[JobLine, ...]
    problems: tuple[Problem, ...]
    backup: BackupCover
    failures: tuple[Failure, ...]
    changes: tuple[Changed, ...] | None
    """None: they could not be read, see `changes_error`."""
    changes_error: str
    unproven: tuple[Unproven, ...]
    skipped: tuple[Skipped, ...]
    maintenance: tuple[MaintenanceWindow, ...]
    dead_letters: int
    scheduled_jobs: int
    unproven_hours: float
    pushed: tuple[Pushed, ...] = ()
    """Those that push their backups, overdue ones first."""
    looks: tuple[Look, ...] = ()
    """What jobs that look for something found."""
    restore_tests: RestoreTests = RestoreTests(0, 0, None)
    compliance: Compliance | None = None
    """None: no audit of the night told."""

    @property
    def verdict(self) -> Verdict:
        """The worst of all that is in it."""
        return min((problem.verdict for problem in self.problems), key=lambda one: one.rank, default=Verdict.WELL)

    @property
    def to_act(self) -> int:
        """How many things somebody must do."""
        return sum(problem.verdict is Verdict.ACT for problem in self.problems)

    @property
    def to_look(self) -> int:
        """How many things somebody should look at."""
        return sum(problem.verdict is Verdict.LOOK for problem in self.problems)

    @property
    def scheduled(self) -> tuple[JobLine, ...]:
        """The runs that the schedule asked for."""
        return tuple(line for line in self.jobs if line.scheduled)

    @property
    def runs_due(self) -> int:
        """How many runs the schedule asked for."""
        return sum(1 + line.same for line in self.scheduled)

    @property
    def runs_done(self) -> int:
        """How many of those were done to the end."""
        return sum(1 + line.same for line in self.scheduled if line.standing.done)

    @property
    def changed_devices(self) -> int | None:
        """How many configurations changed or are new; None when that is not known."""
        if self.changes is None or self.backup.archived is None:
            return None
        return len(self.changes)
