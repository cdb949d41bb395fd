"""What the inventory declares about backups as metrics: what alerts compare the truth with. Unknown is absent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prometheus_client.core import GaugeMetricFamily, Metric

from dcops.model.backup_item import BackupItem
from dcops.model.device import Device

_LABELS = ("site", "device", "item", "classification")


def families(devices: Sequence[Device], declared: Mapping[str, BackupItem]) -> Iterator[Metric]:
    """Every series about our devices; `declared` gives the item of each device that has one."""
    interval = GaugeMetricFamily(
        "dcops_backup_declared_interval_seconds", "How often the device is to be backed up.", labels=_LABELS
    )
    tests = GaugeMetricFamily(
        "dcops_backup_declared_restore_test_interval_seconds",
        "How often a restore of the device is to be tried.",
        labels=_LABELS,
    )
    undeclared = 0
    for device in devices:
        item = declared.get(device.name)
        if item is None:
            undeclared += not device.only_watched
            continue
        labels = [device.site, device.name, item.name, item.classification.value]
        interval.add_metric(labels, item.every.total_seconds())
        tests.add_metric(labels, item.restore_test_every.total_seconds())
    yield from (interval, tests)
    count = GaugeMetricFamily("dcops_backup_undeclared_devices", "Devices that no backup item declares.")
    count.add_metric([], undeclared)
    yield count
