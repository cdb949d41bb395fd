"""The jobs that dcops knows, written by hand. Each imports what it needs when it is run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from dcops.errors import UsageError
from dcops.jobs.context import Call, Site
from dcops.model.device import Device
from dcops.model.run import JobRun


def everyone(_device: Device) -> bool:
    """Every device."""
    return True


@dataclass(frozen=True, slots=True)
class Job:
    """Something that dcops does by itself at night, or when it is asked."""

    name: str
    title: str
    run: Callable[[Site, Sequence[Device], Call], JobRun]
    on_devices: bool = True
    """It is about devices, and has an outcome for each."""
    holds_locks: bool = True
    """It talks to its devices, and nobody else does meanwhile."""
    concerns: Callable[[Device], bool] = everyone
    """Which of the selected devices it is about."""
    changes_devices: bool = False
    """It is never tried again without a person, and never begins without its locks."""


def _backup(site: Site, devices: Sequence[Device], call: Call) -> JobRun:
    from dcops.jobs import backup

    return backup.run(site.context(call), devices, smallest_share=site.smallest_share)


def _drop(site: Site, devices: Sequence[Device], call: Call) -> JobRun:
    from datetime import UTC, datetime

    from dcops.jobs import drop

    rooms = drop.Rooms(
        archive=site.archive(),
        ledger=site.ledger,
        place=site.place,
        clock=lambda: datetime.now(UTC),
        progress=call.progress,
        stopping=call.stopping,
        smallest_share=site.smallest_share,
    )
    return drop.run(rooms, devices, owned=site.inventory.devices)


def _pushes(device: Device) -> bool:
    return device.drop is not None


def _configured(device: Device) -> bool:
    return not device.only_watched


def _discovery(site: Site, devices: Sequence[Device], call: Call) -> JobRun:
    from dcops.jobs import discovery

    return discovery.run(site.context(call), site.inventory, devices)


def _judged(device: Device) -> bool:
    """A device that nothing depends on yet is judged when somebody asks for its report by name."""
    from datetime import UTC, datetime

    return device.platform is not None and device.in_service(datetime.now(UTC).date())


def _compliance(site: Site, devices: Sequence[Device], call: Call) -> JobRun:
    from dcops.jobs.compliance import run

    rooms, wanted = site.compliance(call)
    return run.run(rooms, devices, wanted).run


def _copy(site: Site, devices: Sequence[Device], call: Call) -> JobRun:  # noqa: ARG001
    from dcops.jobs import copy

    def note(name: str, value: str) -> None:
        site.ledger.note(name, value)

    return copy.run(site.second_store(), stopping=call.stopping, note=note)


def _drill(site: Site, devices: Sequence[Device], call: Call) -> JobRun:
    from dcops.jobs import drill

    rooms = site.drill_rooms(call)
    return drill.run(rooms, drill.chosen(rooms, devices))


def _housekeeping(site: Site, devices: Sequence[Device], call: Call) -> JobRun:  # noqa: ARG001
    from dcops.jobs import housekeeping

    return housekeeping.run(site.housekeeping(call))


def _report(site: Site, devices: Sequence[Device], call: Call) -> JobRun:  # noqa: ARG001
    from datetime import UTC, datetime

    from dcops.jobs import report

    folder = site.state / "reports"
    return report.run(
        site.sources(), site.texts, folder=folder, channels=site.channels, clock=lambda: datetime.now(UTC)
    )


JOBS = (
    Job("backup", "Read, validate and archive every configuration.", _backup, concerns=_configured),
    Job(
        "drop",
        "Take in the backups that devices push, and miss those that do not come.",
        _drop,
        holds_locks=False,
        concerns=_pushes,
    ),
    Job(
        "discovery",
        "What stands on the network and not in the inventory, and the reverse.",
        _discovery,
        concerns=_configured,
    ),
    Job("compliance", "Judge every device by the rules of compliance/.", _compliance, concerns=_judged),
    Job("copy", "Bring the second store up to date, and compare it with the first.", _copy, on_devices=False),
    Job("drill", "Open a sample of the backups, and see whether devices could be restored.", _drill, holds_locks=False),
    Job("housekeeping", "Pack, prune and verify what is kept; see what is missing.", _housekeeping, on_devices=False),
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
