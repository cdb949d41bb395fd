"""The slow collectors of a vCenter: each asks a call or few, in minutes or hours."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from dcops.exporters.vsphere import alarms, hardware
from dcops.exporters.vsphere.block import Block, together
from dcops.exporters.vsphere.problems import Problems
from dcops.vsphere.mirror import CLUSTER, DATASTORE, HOST, MACHINE, Mirror
from dcops.vsphere.values import records_at

if TYPE_CHECKING:
    from dcops.vsphere.details.details import Details

IDLE_SECONDS = 86_400
ALARMED = (HOST, CLUSTER, DATASTORE, MACHINE)
"""In this order they are named, when there are too many."""

Texts = Mapping[str, str]


class Slow:
    """What each of them tells, as lines by metric. Used by one thread."""

    def __init__(
        self,
        vcenter: str,
        details: Details,
        mirror: Mirror,
        problems: Problems,
        *,
        tags: Sequence[str],
        attributes: Sequence[str],
    ) -> None:
        self._vcenter = vcenter
        self._details = details
        self._mirror = mirror
        self._tags = frozenset(tags)
        self._attributes = frozenset(attributes)
        self._problems = problems

    def links(self) -> Texts:
        """NICs and paths of hosts."""
        found, problems = self._details.read_links()
        self._problems.replace("links", problems)
        return together(
            hardware.links(Block(self._vcenter, moid), one) for moid, one in found.items() if self._here(moid)
        )

    def settings(self) -> Texts:
        """Services and certificates of hosts, and the certificate of the vCenter."""
        found, problems = self._details.read_settings()
        self._problems.replace("settings", problems)
        own = Block(self._vcenter)
        own.number(hardware.CERTIFICATE, self._details.read_certificate(), endpoint="vcenter")
        hosts = (hardware.settings(Block(self._vcenter, moid), one) for moid, one in found.items() if self._here(moid))
        return together((own, *hosts))

    def clock(self) -> Texts:
        """What the vCenter is, and what time it thinks it is."""
        block = Block(self._vcenter)
        about = self._details.about()
        block.info(
            "dcops_vcenter_info",
            {"name": about.name, "version": about.version, "build": about.build, "api_version": about.api_version},
        )
        block.number("dcops_vcenter_clock_offset_seconds", round(self._details.read_clock(), 3))
        return block.lines

    def sessions(self) -> Texts:
        """How many sessions there are; whose they are is nobody's business on a screen."""
        found = self._details.read_logins()
        block = Block(self._vcenter)
        block.number("dcops_vcenter_sessions", len(found))
        idle = time.time() - IDLE_SECONDS
        block.number("dcops_vcenter_idle_sessions", sum(0 < one.last_active < idle for one in found))
        return block.lines

    def licences(self) -> Texts:
        """Licences by name; those of one name are one."""
        totals: dict[tuple[str, str], tuple[int, int]] = {}
        ends: dict[str, float] = {}
        for one in self._details.read_licences():
            total, used = totals.get((one.name, one.unit), (0, 0))
            totals[one.name, one.unit] = total + one.total, used + (one.used or 0)
            if one.not_after is not None:
                ends[one.name] = min(one.not_after, ends.get(one.name, one.not_after))
        block = Block(self._vcenter)
        for (name, unit), (total, used) in totals.items():
            if total:
                block.number("dcops_vcenter_license_units", total, license=name, unit=unit)
            block.number("dcops_vcenter_license_used_units", used, license=name, unit=unit)
        for name, end in ends.items():
            block.number("dcops_license_not_after_timestamp_seconds", end, feature=name)
        return block.lines

    def snapshots(self) -> Texts:
        """What the snapshots of machines take, of those that have some."""
        wanted = [
            one.moid for one in self._mirror.of(MACHINE) if records_at(one.properties, "snapshot.rootSnapshotList")
        ]
        found = self._details.read_snapshot_bytes(wanted) if wanted else {}
        return together(self._number("dcops_vm_snapshot_bytes", moid, size) for moid, size in found.items())

    def alarms(self) -> Texts:
        """Which alarms are raised, by name, and how many on the vCenter itself; asks only for names that are new."""
        own = Block(self._vcenter)
        if root := self._details.read_root():
            alarms.count(own, "dcops_vcenter_alarms", root)
        raised = [one for one in self._mirror.of(*ALARMED) if any(True for _ in alarms.raised(one))]
        raised = raised[: alarms.MOST_OF_ALL // alarms.MOST_NAMED]
        moids = {str(alarm.get("alarm", "")) for one in raised for alarm in alarms.raised(one)} - {""}
        names = self._details.read_alarm_names(moids) if moids else {}
        return together((own, *(alarms.named(self._vcenter, one, names) for one in raised)))

    def tags(self) -> Texts:
        """Tags of the categories that were asked for."""
        found = self._details.read_tags()
        return together(self._tagged(moid, tags) for moid, tags in found.items() if self._here(moid))

    def attributes(self) -> Texts:
        """Custom attributes that were asked for."""
        found, problems = self._details.read_attributes()
        self._problems.replace("attributes", problems)
        return together(self._attributed(moid, values) for moid, values in found.items() if self._here(moid))

    def _here(self, moid: str) -> bool:
        return moid in self._mirror

    def _number(self, metric: str, moid: str, value: float) -> Block:
        block = Block(self._vcenter, moid)
        block.number(metric, value)
        return block

    def _tagged(self, moid: str, tags: Iterable[tuple[str, str]]) -> Block:
        block = Block(self._vcenter, moid)
        for category, tag in dict.fromkeys(tags):
            if category in self._tags:
                block.info("dcops_vsphere_tag_info", {"category": category, "tag": tag})
        return block

    def _attributed(self, moid: str, values: Mapping[str, str]) -> Block:
        block = Block(self._vcenter, moid)
        for name, value in values.items():
            if name in self._attributes and value:
                block.info("dcops_vsphere_attribute_info", {"attribute": name, "value": value})
        return block
