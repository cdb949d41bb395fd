"""A site whose house is to be kept: a real archive, a real ledger, a clock that is set."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dcops.inventory.inventory import Inventory
from dcops.jobs import housekeeping
from dcops.jobs.housekeeping.chore import Rooms, Wanted
from dcops.model.backup_item import BackupItem, BackupPlace, Classification, Retention
from tests.jobs.nights import DAY, ONE_AM, ZONE, Site, device

WEEK = Retention(all_days=7)
WANTED = Wanted(
    repack_every=timedelta(days=30),
    verify_every=timedelta(days=7),
    keep_evidence=timedelta(days=400),
    keep_quiet_runs=timedelta(days=31),
    least_free_bytes=1,
)


def item(retention):
    return BackupItem(
        "network",
        "Network",
        Classification.CONFIDENTIAL,
        24,
        (BackupPlace.ARCHIVE,),
        retention,
        sites=("main",),
    )


@dataclass
class House:
    """A site and what its housekeeping may use."""

    site: Site
    state: Path
    now: datetime = ONE_AM
    retention: Retention | None = WEEK
    wanted: Wanted = WANTED
    promised: tuple = ()
    stopped: bool = False

    @property
    def archive(self):
        return self.site.archive

    @property
    def ledger(self):
        return self.site.ledger

    @property
    def rooms(self):
        items = (item(self.retention),) if self.retention else ()
        return Rooms(
            state=self.state,
            archive=self.archive,
            ledger=lambda: self.site.ledger,
            inventory=lambda: Inventory(devices=self.site.devices, backup_items=items),
            promises=lambda: self.promised,
            zone=ZONE,
            wanted=self.wanted,
            clock=lambda: self.now,
            stopping=lambda: self.stopped,
        )

    def wants(self, **changes):
        self.wanted = replace(self.wanted, **changes)

    def kept(self, *chores):
        return housekeeping.run(self.rooms, chores or housekeeping.CHORES)

    def nights(self, number, name="rtr-edge-1", first=0):
        """Archive a change every night; now is the morning after the last one."""
        for night in range(first, first + number):
            taken = ONE_AM + DAY * night
            self.site.store(name, f"hostname {name}\nnight {night}\n", taken=taken, run=f"run-{night}-{name}")
            self.now = taken + timedelta(hours=3)

    def versions(self, name="rtr-edge-1"):
        return self.archive.log(name)

    def sealed_files(self):
        return sorted((self.state / "archive" / "sealed").glob("*/*.age"))


@pytest.fixture
def house(tmp_path):
    site = Site(tmp_path, [device("rtr-edge-1"), device("rtr-edge-2")])
    yield House(site, tmp_path)
    site.close()
