"""The jobs that dcops knows, written by hand. Each imports what it needs when it is run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from dcops.errors import UsageError
from dcops.jobs.context import Call, Site
from dcops.model.device import Device
from dcops.model.run import JobRun


@dataclass(frozen=True, slots=True)
class Job:
    """Something that dcops does by itself at night, or when it is asked."""

    name: str
    title: str
    run: Callable[[Site, Sequence[Device], Call], JobRun]
    on_devices: bool = True
    """It talks to devices, and holds their locks while it does."""
    changes_devices: bool = False
    """It is never tried again without a person, and never begins without its locks."""


def _backup(site: Site, devices: Sequence[Device], call: Call) -> JobRun:
    from dcops.jobs import backup

    return backup.run(site.context(call), devices, smallest_share=site.smallest_share)


def _copy(site: Site, devices: Sequence[Device], call: Call) -> JobRun:  # noqa: ARG001
    from dcops.jobs import copy

    def note(name: str, value: str) -> None:
        site.ledger.note(name, value)

    return copy.run(site.second_store(), stopping=call.stopping, note=note)


def _report(site: Site, devices: Sequence[Device], call: Call) -> JobRun:  # noqa: ARG001
    from datetime import UTC, datetime

    from dcops.jobs import report

    folder = site.state / "reports"
    return report.run(
        site.sources(), site.texts, folder=folder, channels=site.channels, clock=lambda: datetime.now(UTC)
    )


JOBS = (
    Job("backup", "Read, validate and archive every configuration.", _backup),
    Job("copy", "Bring the second store up to date, and compare it with the first.", _copy, on_devices=False),
    Job("report", "Last night on one page, as files and as the morning mail.", _report, on_devices=False),
)


def find(name: str, jobs: Sequence[Job] = JOBS) -> Job:
    """The job of that name; a UsageError names the nearest one."""
    for job in jobs:
        if job.name == name:
            return job
    raise UsageError(f"there is no job {name!r}, {nearest(name, [job.name for job in jobs])}")


def nearest(name: str, names: Sequence[str]) -> str:
    """Which known name may have been meant."""
    near = get_close_matches(name, names, 1)
    return f"did you mean {near[0]}?" if near else f"known are: {', '.join(sorted(names))}"
