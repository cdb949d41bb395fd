"""The rooms of one site root, as jobs and the nightly report ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dcops.assembly.compliance import compliance_rooms_of, nightly_of
from dcops.assembly.drills import drill_rooms_of, scheduled_identity_of
from dcops.assembly.keeping import housekeeping_rooms_of
from dcops.assembly.messages import channels_of, texts_of
from dcops.assembly.reach import context_of, drivers_of
from dcops.assembly.schedule import devices_of, plans_of, zone_of
from dcops.assembly.stores import archive_of, inventory_of, ledger_of, place_of, second_store_of, writable_archive_of
from dcops.jobs.context import Call, Context
from dcops.model.device import Device

if TYPE_CHECKING:
    from dcops.archive.archive import Archive
    from dcops.archive.copies.store import SecondStore
    from dcops.inventory.inventory import Inventory
    from dcops.jobs.compliance.run import Rooms as ComplianceRooms
    from dcops.jobs.compliance.run import Wanted
    from dcops.jobs.drill import Rooms as DrillRooms
    from dcops.jobs.housekeeping.chore import Rooms as HousekeepingRooms
    from dcops.jobs.nightly.gather import Sources
    from dcops.jobs.pushed.place import Place
    from dcops.ledger.ledger import Ledger
    from dcops.settings import Settings
    from dcops.templates.render import Texts


class SiteRoot:
    """The rooms of a site root, each opened when a job first asks for it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def state(self) -> Path:
        """The state folder."""
        return self._settings.paths.state

    @property
    def smallest_share(self) -> float:
        """`[backup] smallest_share`."""
        return self._settings.backup.smallest_share

    @property
    def channels(self) -> Sequence[str]:
        """The channels over which people are told."""
        return channels_of(self._settings)

    @cached_property
    def inventory(self) -> Inventory:
        """What we own."""
        return inventory_of(self._settings)

    @cached_property
    def ledger(self) -> Ledger:
        """What ran; raises CannotRun when it cannot be reached."""
        return ledger_of(self._settings)

    @cached_property
    def texts(self) -> Texts:
        """Words and templates in the site's language."""
        return texts_of(self._settings)

    def devices(self, job: str) -> Sequence[Device]:
        """Those that `[jobs.NAME]` selects."""
        return devices_of(self._settings, self.inventory, job)

    @property
    def place(self) -> Place:
        """Where devices push their files to."""
        return place_of(self._settings)

    def archive(self) -> Archive:
        """The archive, ready to take something in."""
        return writable_archive_of(self._settings)[0]

    def context(self, call: Call) -> Context:
        """The rooms that a run over devices needs."""
        return context_of(self._settings, call)

    def sources(self) -> Sources:
        """What the nightly report is made of."""
        return report_sources_of(self._settings, self.ledger)

    @property
    def has_second_store(self) -> bool:
        """`[copy] to` names a place."""
        return bool(self._settings.copy.to)

    def second_store(self) -> SecondStore:
        """The place that `[copy]` names."""
        return second_store_of(self._settings)

    def housekeeping(self, call: Call) -> HousekeepingRooms:
        """What the chores of housekeeping need."""
        return housekeeping_rooms_of(self._settings, self, call.stopping)

    def drill_rooms(self, call: Call) -> DrillRooms:
        """What a drill on a schedule needs."""
        identity = scheduled_identity_of(self._settings)
        rooms, _ = drill_rooms_of(self._settings, call.progress, identity, self.ledger, stopping=call.stopping)
        return rooms

    def compliance(self, call: Call) -> tuple[ComplianceRooms, Wanted]:
        """What an audit on a schedule needs."""
        return compliance_rooms_of(self._settings, call, self.ledger), nightly_of(self._settings)


def report_sources_of(settings: Settings, ledger: Ledger) -> Sources:
    """What the nightly report is gathered from."""
    from dcops.jobs.nightly.gather import BACKUP, DROP, Sources

    root = SiteRoot(settings)
    return Sources(
        site=settings.site.name,
        zone=zone_of(settings),
        ledger=ledger,
        archive=archive_of(settings),
        devices=root.devices(BACKUP),
        platforms=drivers_of(settings).platforms(),
        plans=plans_of(settings),
        lab=root.inventory.lab,
        pushers=root.devices(DROP),
    )
