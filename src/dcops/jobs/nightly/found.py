"""What jobs of a night found: taken from the rows of their runs, where the first findings of each are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dcops.model.finding import Severity, Status
from dcops.model.job import LedgerRun
from dcops.model.moment import rfc3339


@dataclass(frozen=True, slots=True)
class Found:
    """One finding, as its run wrote it down."""

    id: str
    status: str
    severity: str
    device: str
    title: str
    evidence: str
    fix: str


@dataclass(frozen=True, slots=True)
class Look:
    """What the newest run of one job that looked for something found."""

    job: str
    at: datetime
    number: int
    """How many findings there were."""
    found: tuple[Found, ...]
    """The first of them, worst first."""

    @property
    def hidden(self) -> int:
        """How many are not shown."""
        return max(0, self.number - len(self.found))


def looks(runs: Sequence[LedgerRun]) -> tuple[Look, ...]:
    """What the night's runs found, newest run of each job first to speak; runs that never told are not among them."""
    newest: dict[str, Look] = {}
    for run in runs:  # newest first
        number = run.summary.get("findings")
        if run.job not in newest and isinstance(number, int):
            found = tuple(_read(run.summary.get("found")))
            newest[run.job] = Look(run.job, run.started or run.due, number, found)
    return tuple(newest[job] for job in sorted(newest))


def as_json(look: Look) -> dict[str, Any]:
    """A look as machines read it."""
    return {
        "job": look.job,
        "at": rfc3339(look.at),
        "number": look.number,
        "findings": [
            {
                "id": one.id,
                "status": one.status,
                "severity": one.severity,
                "device": one.device or None,
                "title": one.title,
                "evidence": one.evidence,
                "fix": one.fix,
            }
            for one in look.found
        ],
        "left_out": look.hidden,
    }


def _read(listed: object) -> Iterator[Found]:
    """The open findings among what a run wrote down."""
    statuses = {status.value for status in Status if status.open}
    severities = {severity.value for severity in Severity}
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, Mapping) and item.get("status") in statuses and item.get("severity") in severities:
            texts = {name: str(item.get(name) or "") for name in ("id", "device", "title", "evidence", "fix")}
            yield Found(status=item["status"], severity=item["severity"], **texts)
