"""A run of a job and what came of it, device by device."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from dcops.errors import DeviceError, ErrorKind
from dcops.model.finding import Finding


class Result(StrEnum):
    """The outcome of one device in one word."""

    OK = "ok"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    TIMEOUT = "timeout"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one device."""

    device: str
    result: Result
    detail: str = ""
    error: DeviceError | None = None
    seconds: float | None = None

    @property
    def failed(self) -> bool:
        """The device did not give what was asked of it."""
        return self.result in (Result.FAILED, Result.TIMEOUT)


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run of one job. It has no truth value: ask `failed`."""

    command: str
    run: str
    started: datetime
    finished: datetime
    outcomes: tuple[Outcome, ...]
    extra: dict[str, Any] = field(default_factory=dict)
    failure: str = ""
    """Why the work as a whole did not succeed though it came to its end; empty when it did, or devices tell it."""
    findings: tuple[Finding, ...] | None = None
    """What the job found, worst first; None when it is not one that looks for anything."""

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """The findings that a person has to deal with; what could not be checked is among them."""
        return tuple(finding for finding in self.findings or () if finding.status.open)

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The outcomes that need a person."""
        return tuple(outcome for outcome in self.outcomes if outcome.failed)

    @property
    def held(self) -> tuple[Outcome, ...]:
        """The outcomes of devices that another run held: nothing was learned of them."""
        return tuple(
            outcome
            for outcome in self.outcomes
            if outcome.result is Result.SKIPPED and outcome.error and outcome.error.kind is ErrorKind.LOCKED
        )

    @property
    def counts(self) -> dict[str, int]:
        """How many devices ended how, every result named even when none did."""
        seen = Counter(outcome.result for outcome in self.outcomes)
        return {result.value: seen[result] for result in Result}

    def __bool__(self) -> bool:
        raise TypeError("a run has no truth value: ask run.failed")


def new_run_id(now: datetime) -> str:
    """A name for a run that sorts by time and does not repeat: `20260115T010000Z-3f9a1c`."""
    import secrets

    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
