"""What the metrics of jobs are read from: settings, ledger, inventory and archive, each of which may be away."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from dcops.assembly.schedule import plans_of
from dcops.assembly.stores import inventory_of, ledger_of
from dcops.errors import DcopsError
from dcops.jobs.compliance import NAME as COMPLIANCE
from dcops.jobs.pushed import arrivals
from dcops.jobs.pushed.arrivals import Arrival
from dcops.jobs.runs.reconcile import HEARTBEAT_NOTE
from dcops.model.audit import Standing
from dcops.model.job import LedgerRun, MaintenanceWindow, RunState
from dcops.model.moment import from_rfc3339
from dcops.model.restore_test import Level
from dcops.model.snapshot import ConfigSource
from dcops.settings import Settings, load

if TYPE_CHECKING:
    from dcops.inventory.inventory import Inventory
    from dcops.jobs.runs.plan import Plan
    from dcops.ledger.ledger import Ledger
    from dcops.model.backup_item import BackupItem
    from dcops.model.device import Device

log = logging.getLogger(__name__)
T = TypeVar("T")

ENDED = frozenset(state for state in RunState if state.ended)
MOST_LETTERS = 500


@dataclass(frozen=True, slots=True)
class JobReading:
    """One job as the ledger knows it."""

    newest: LedgerRun
    ended: LedgerRun | None
    """The newest that ended, however."""
    success: LedgerRun | None
    outcomes: Mapping[str, int]
    """Of the newest that ended: how many devices ended how."""


@dataclass(frozen=True, slots=True)
class LedgerReading:
    """What the ledger knows."""

    jobs: Mapping[str, JobReading]
    """Without those that never ran."""
    backups: Mapping[str, datetime]
    """When each device was last backed up."""
    windows: Collection[MaintenanceWindow]
    """In force now."""
    dead_letters: int
    scheduler: datetime | None
    """When the scheduler last looked at the timetables."""
    arrivals: Mapping[str, Arrival] = field(default_factory=dict)
    """What last arrived from each device that pushes its backup."""
    copy_verified: datetime | None = None
    """When the second store was last found right, every hash recomputed there."""
    restore_tests: Mapping[Level, Mapping[str, datetime]] = field(default_factory=dict)
    """When a backup of each device last stood a restore test, by how far that went."""
    standings: Collection[Standing] = ()
    """How each device stood in its newest audit of compliance."""
    exceptions: Collection[Mapping[str, str]] = ()
    """Those that the newest audit knew."""


@dataclass(frozen=True, slots=True)
class Readings:
    """Everything that was read. What could not be read is None, never empty."""

    plans: Mapping[str, Plan] | None
    ledger: LedgerReading | None
    devices: Sequence[Device] | None
    backup_bytes: Mapping[str, int] | None
    now: datetime
    declared: Mapping[str, BackupItem] | None = None
    """The backup item of each device that has one."""
    inventory: Inventory | None = None


class Sources:
    """The rooms of a site root, read at every scrape."""

    def __init__(self, root: Path, clock: Callable[[], datetime]) -> None:
        self._root = root
        self._clock = clock
        self._settings: Settings | None = None
        self._ledger: Ledger | None = None
        self._inventory = _Inventory()
        self._said: dict[str, str] = {}

    def read(self) -> Readings:
        """Read every source; one that is away takes none of the others along."""
        now = self._clock()
        # With a dcops.toml that was spoilt a minute ago the ledger still lies where it lay.
        settings = self._try("dcops.toml", lambda: load(self._root))
        plans = self._try("schedules", lambda: plans_of(settings)) if settings else None
        self._settings = settings or self._settings
        known = self._settings
        if known is None:
            return Readings(None, None, None, None, now)
        devices = self._try("inventory", lambda: self._inventory.devices(known))
        return Readings(
            plans=plans,
            ledger=self._try("ledger", lambda: self._read_ledger(known, devices or (), now)),
            devices=devices,
            backup_bytes=self._try("archive", lambda: _archived_bytes(known, devices or ())),
            now=now,
            declared=self._inventory.declared if devices is not None else None,
            inventory=self._inventory.whole if devices is not None else None,
        )

    def close(self) -> None:
        """Let go of the database."""
        if self._ledger is not None:
            self._ledger.close()

    def _read_ledger(self, settings: Settings, devices: Sequence[Device], now: datetime) -> LedgerReading:
        from dcops.jobs.catalog import JOBS
        from dcops.jobs.copy import VERIFIED_NOTE
        from dcops.jobs.maintenance import in_force

        # Opened once: it comes back by itself, and opening it anew would make an empty one where it was taken away.
        ledger = self._ledger = self._ledger or ledger_of(settings)
        heartbeat = ledger.noted(HEARTBEAT_NOTE)
        copy_verified = ledger.noted(VERIFIED_NOTE)
        readings = {job.name: _job(ledger, job.name) for job in JOBS}
        return LedgerReading(
            jobs={name: reading for name, reading in readings.items() if reading},
            backups=ledger.device_successes("backup"),
            windows=in_force(ledger.windows(at=now), now),
            dead_letters=len(ledger.dead_messages(limit=MOST_LETTERS)),
            scheduler=from_rfc3339(heartbeat) if heartbeat else None,
            arrivals=_arrivals(ledger, devices, now),
            copy_verified=from_rfc3339(copy_verified) if copy_verified else None,
            restore_tests={level: _tested(ledger, level) for level in Level},
            standings=ledger.standings(COMPLIANCE),
            exceptions=next((one.exceptions for one in ledger.audits(COMPLIANCE, limit=1)), ()),
        )

    def _try(self, name: str, read: Callable[[], T]) -> T | None:
        try:
            found = read()
        except DcopsError as error:
            self._say(name, str(error))
            return None
        except Exception:
            # Whatever it is, the other sources are still worth a scrape.
            log.exception("%s: cannot be read", name)
            return None
        self._say(name, "")
        return found

    def _say(self, name: str, problem: str) -> None:
        """Tell the log once when a source goes away, and once when it is back: not at every scrape."""
        if problem != self._said.get(name, ""):
            self._said[name] = problem
            log.warning("%s: %s", name, problem or "can be read again")


class _Inventory:
    """The devices, read again only when a file changed."""

    def __init__(self) -> None:
        self._seen: object = None
        self._devices: Sequence[Device] = ()
        self.declared: Mapping[str, BackupItem] = {}
        """The backup items by device, as of the last reading."""
        self.whole: Inventory | None = None

    def devices(self, settings: Settings) -> Sequence[Device]:
        seen = _fingerprint(settings.paths.inventory)
        if seen != self._seen:
            self._seen = None
            inventory = self.whole = inventory_of(settings)
            self._devices = tuple(device for device in inventory.devices if not device.foreign)
            items = {device.name: inventory.backup_item_of(device) for device in self._devices}
            self.declared = {name: item for name, item in items.items() if item is not None}
            self._seen = seen
        return self._devices


def _fingerprint(folder: Path) -> object:
    files = [path for path in folder.rglob("*") if path.suffix in (".yaml", ".yml")]
    return folder, frozenset((path, (status := path.stat()).st_mtime_ns, status.st_size) for path in files)


def _job(ledger: Ledger, name: str) -> JobReading | None:
    newest = ledger.last(name)
    if newest is None:
        return None
    ended = newest if newest.state.ended else next(iter(ledger.runs(job=name, states=ENDED, limit=1)), None)
    outcomes: dict[str, int] = {}
    for outcome in ledger.outcomes(ended.key) if ended else ():
        outcomes[outcome.result] = outcomes.get(outcome.result, 0) + 1
    return JobReading(newest, ended, ledger.last_success(name), outcomes)


def _tested(ledger: Ledger, level: Level) -> Mapping[str, datetime]:
    return {device: test.tested_at for device, test in ledger.last_restore_tests(level=level).items()}


def _arrivals(ledger: Ledger, devices: Sequence[Device], now: datetime) -> Mapping[str, Arrival]:
    """What last arrived, dated so that its age is right though the clock was put back meanwhile."""
    watches = {device.name: arrivals.read(ledger, device.name) for device in devices if device.drop}
    return {
        name: replace(watch.newest, at=now - watch.age(now))
        for name, watch in watches.items()
        if watch is not None and watch.newest is not None
    }


def _archived_bytes(settings: Settings, devices: Sequence[Device]) -> Mapping[str, int]:
    """The size of each device's newest running configuration, in exact bytes."""
    from dcops.archive.archive import Archive

    archive = Archive.open(settings.paths.state / "archive")
    sizes = {device.name: archive.previous_sizes(device.name).get(ConfigSource.RUNNING) for device in devices}
    return {name: size for name, size in sizes.items() if size is not None}
