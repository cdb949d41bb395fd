"""Jobs, backups, maintenance and messages as metrics, read from the ledger at every scrape.

They come from the ledger and not from the scheduler: a scheduler that died must not take away what proves it dead. A
source that cannot be read takes its series away and sets its `dcops_…_up` to 0. A zero always means zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client.core import GaugeMetricFamily, Metric

from dcops.exporters import compliance, copies, declared, stated
from dcops.exporters.scrape import Reading, budget, exposition, registry_of
from dcops.exporters.sources import JobReading, LedgerReading, Readings, Sources
from dcops.jobs.maintenance import covers
from dcops.model.job import RunState
from dcops.model.run import Result

if TYPE_CHECKING:
    from dcops.model.device import Device

PATH = "/metrics/jobs"
_DEVICE = ("site", "device")


def _utc() -> datetime:
    return datetime.now(UTC)


class Jobs:
    """The kind `jobs`."""

    def __init__(self, root: Path, clock: Callable[[], datetime] = _utc) -> None:
        self._sources = Sources(root, clock)
        self._reading = Reading("jobs", lambda: list(families(self._sources.read())))

    def routes(self) -> list[web.RouteDef]:
        """Where it answers."""
        return [web.get(PATH, self._answer)]

    def close(self) -> None:
        """Let go of the ledger."""
        self._reading.close()
        self._sources.close()

    async def _answer(self, request: web.Request) -> web.Response:
        found = await self._reading.metrics(budget(request))
        # An answer that says "nothing can be read" beats none: `up` stays the exporter's own.
        return exposition(request, registry_of([_up("ledger", well=False)] if found is None else found))


def families(readings: Readings) -> Iterator[Metric]:
    """Every series that can be told from what was read."""
    yield from _sources(readings)
    if readings.plans is not None:
        intervals = _gauge("dcops_job_interval_seconds", "Longest time between two runs, by the schedule.", "job_name")
        for plan in readings.plans.values():
            if plan.timetable is not None:
                intervals.add_metric([plan.name], plan.timetable.interval_seconds(readings.now))
        yield intervals
    if readings.ledger is not None:
        yield from _jobs(readings.ledger)
        yield from _house(readings.ledger)
        yield from copies.families(readings.ledger)
        if readings.devices is not None:
            yield from _backups(readings.ledger, readings.devices)
            yield _maintenance(readings.ledger, readings.devices)
            yield from _arrivals(readings.ledger, readings.devices)
            yield _restore_tests(readings.ledger, readings.devices)
            yield from compliance.families(readings.ledger, readings.devices)
    if readings.devices is not None:
        yield _allowed_ages(readings.devices)
        if readings.declared is not None:
            yield from declared.families(readings.devices, readings.declared)
    if readings.inventory is not None:
        yield from stated.families(readings.inventory)
    if readings.backup_bytes is not None and readings.devices is not None:
        sizes = _gauge(
            "dcops_config_backup_bytes", "Size of the newest archived running configuration.", "site", "device"
        )
        for device in readings.devices:
            if device.name in readings.backup_bytes:
                sizes.add_metric([device.site, device.name], readings.backup_bytes[device.name])
        yield sizes


def _sources(readings: Readings) -> Iterator[Metric]:
    yield _up("settings", well=readings.plans is not None)
    yield _up("ledger", well=readings.ledger is not None)
    yield _up("inventory", well=readings.devices is not None)
    yield _up("archive", well=readings.backup_bytes is not None)


def _up(name: str, *, well: bool) -> Metric:
    up = _gauge(f"dcops_{name}_up", f"The {name} could be read.")
    up.add_metric([], well)
    return up


def _jobs(ledger: LedgerReading) -> Iterator[Metric]:
    success = _gauge("dcops_job_last_success_timestamp_seconds", "When the last run ended that went well.", "job_name")
    last = _gauge("dcops_job_last_run_timestamp_seconds", "When the newest run began, or was skipped.", "job_name")
    well = _gauge("dcops_job_last_run_success", "The newest run that ended went well.", "job_name")
    seconds = _gauge("dcops_job_duration_seconds", "How long the newest run took that ended.", "job_name")
    state = _gauge("dcops_job_last_run_state", "State of the newest run: one series is 1.", "job_name", "state")
    outcomes = _gauge(
        "dcops_job_outcomes", "Devices of the newest run that ended, by what came of them.", "job_name", "result"
    )
    for name, job in ledger.jobs.items():
        last.add_metric([name], (job.newest.started or job.newest.due).timestamp())
        for one in RunState:
            state.add_metric([name, one.value], job.newest.state is one)
        if job.success is not None and job.success.finished is not None:
            success.add_metric([name], job.success.finished.timestamp())
        if job.ended is not None:
            well.add_metric([name], job.ended.state.succeeded)
            if job.ended.seconds is not None:
                seconds.add_metric([name], job.ended.seconds)
            for result, count in _by_result(job).items():
                outcomes.add_metric([name, result], count)
    yield from (success, last, well, seconds, state, outcomes)


def _by_result(job: JobReading) -> dict[str, int]:
    # A run over devices names every result, so that a series does not vanish on a good night.
    return {result.value: job.outcomes.get(result.value, 0) for result in Result} if job.outcomes else {}


def _house(ledger: LedgerReading) -> Iterator[Metric]:
    letters = _gauge("dcops_notification_dead_letters", "Messages that were given up.")
    letters.add_metric([], ledger.dead_letters)
    yield letters
    heartbeat = _gauge(
        "dcops_scheduler_last_heartbeat_timestamp_seconds", "When the scheduler last looked at the timetables."
    )
    if ledger.scheduler is not None:
        heartbeat.add_metric([], ledger.scheduler.timestamp())
    yield heartbeat


def _backups(ledger: LedgerReading, devices: Sequence[Device]) -> Iterator[Metric]:
    backups = _gauge(
        "dcops_config_backup_last_success_timestamp_seconds", "When the configuration was last read whole.", *_DEVICE
    )
    for device in devices:
        if device.name in ledger.backups:
            backups.add_metric([device.site, device.name], ledger.backups[device.name].timestamp())
    yield backups


def _arrivals(ledger: LedgerReading, devices: Sequence[Device]) -> Iterator[Metric]:
    last = _gauge("dcops_drop_last_arrival_timestamp_seconds", "When a backup that it pushes last arrived.", *_DEVICE)
    sizes = _gauge("dcops_drop_last_arrival_bytes", "Size of the backup that last arrived.", *_DEVICE)
    for device in devices:
        if device.name in ledger.arrivals:
            last.add_metric([device.site, device.name], ledger.arrivals[device.name].at.timestamp())
            sizes.add_metric([device.site, device.name], ledger.arrivals[device.name].size)
    yield from (last, sizes)


def _restore_tests(ledger: LedgerReading, devices: Sequence[Device]) -> Metric:
    # A device that was never tested has no series: it must not look like one that was tested in 1970.
    tests = _gauge(
        "dcops_backup_restore_test_timestamp_seconds",
        "When its backup last stood a restore test; `parsed` alone opened nothing.",
        *_DEVICE,
        "level",
    )
    for device in devices:
        for level, tested in ledger.restore_tests.items():
            if device.name in tested:
                tests.add_metric([device.site, device.name, level.value], tested[device.name].timestamp())
    return tests


def _allowed_ages(devices: Sequence[Device]) -> Metric:
    # One series per device that pushes: `unless` the first above finds the device that never sent anything.
    ages = _gauge("dcops_drop_max_age_seconds", "How old the backup that it pushes may become.", *_DEVICE)
    for device in devices:
        if device.drop:
            ages.add_metric([device.site, device.name], device.drop.max_age_hours * 3600)
    return ages


def _maintenance(ledger: LedgerReading, devices: Sequence[Device]) -> Metric:
    active = _gauge("dcops_maintenance_active", "A maintenance window is open for the device.", *_DEVICE)
    for device in devices:
        active.add_metric([device.site, device.name], any(covers(window, device) for window in ledger.windows))
    return active


def _gauge(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, labels=labels)
