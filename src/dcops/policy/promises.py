"""What was declared about backups against what is seen, item by item and device by device."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dcops.model.backup_item import BackupItem
from dcops.model.device import Device
from dcops.model.finding import Finding, Severity, Status
from dcops.policy.checks import DECLARED, of_device, of_item
from dcops.policy.facts import Facts

UNDECLARED = "BKP-001"
GUIDE = "docs/how-to/declared-backups.md"


class Standing(StrEnum):
    """How a device stands with what was declared."""

    KEPT = "as declared"
    BROKEN = "not as declared"
    UNKNOWN = "could not check"


@dataclass(frozen=True, slots=True)
class ItemStanding:
    """One item, and how its devices stand."""

    item: BackupItem
    own: tuple[Finding, ...]
    """What is open about the item and not about one device."""
    devices: Mapping[str, tuple[Finding, ...]]
    """What is open about each of its devices, by name."""

    def standing(self, device: str) -> Standing:
        """How one of its devices stands; what is wrong with the item is wrong with each of them."""
        states = {finding.status for finding in (*self.own, *self.devices[device])}
        if Status.FAIL in states:
            return Standing.BROKEN
        return Standing.UNKNOWN if states else Standing.KEPT

    def count(self, standing: Standing) -> int:
        """How many devices stand like this."""
        return sum(self.standing(device) is standing for device in self.devices)


@dataclass(frozen=True, slots=True)
class Promises:
    """All that was declared, and how it stands. It has no truth value: ask `findings`."""

    items: tuple[ItemStanding, ...]
    undeclared: tuple[Finding, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that a person has to see to, worst first."""
        found = [*self.undeclared]
        for standing in self.items:
            found += standing.own
            found += (finding for findings in standing.devices.values() for finding in findings)
        return tuple(sorted(found, key=lambda finding: finding.order))

    def __bool__(self) -> bool:
        raise TypeError("promises have no truth value: ask promises.findings")


def judge(
    items: Sequence[BackupItem],
    declared: Mapping[str, BackupItem],
    undeclared: Iterable[Device],
    facts: Mapping[str, Facts],
    *,
    now: datetime,
) -> Promises:
    """Judge the devices of `declared` (names to items) by their facts, and name those without an item."""
    members: dict[str, dict[str, tuple[Finding, ...]]] = {item.name: {} for item in items}
    for name in sorted(declared):
        item = declared[name]
        members[item.name][name] = tuple(of_device(name, item, facts[name], now))
    return Promises(
        tuple(ItemStanding(item, tuple(of_item(item, now.date())), members[item.name]) for item in items),
        tuple(_undeclared(device) for device in undeclared),
    )


def _undeclared(device: Device) -> Finding:
    backed_up = device.platform is not None or device.drop is not None
    platform = f"platform {device.platform}" if device.platform else "no platform"
    return Finding(
        UNDECLARED,
        Status.FAIL,
        Severity.MEDIUM if backed_up else Severity.LOW,
        device.name,
        f"{device.name} is in no backup item",
        f"{device.role} at {device.site}, {platform}: nothing says how often it is backed up, where it is kept and for"
        " how long, and how secret that is",
        f"Name it under backup_items in the inventory, or let an item select it: {GUIDE}",
        DECLARED,
    )
