"""How devices stand in the newest audit of compliance, as metrics. A device that was never judged has no series."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily, Metric

from dcops.model.audit import EVERYTHING

if TYPE_CHECKING:
    from dcops.exporters.sources import LedgerReading
    from dcops.model.device import Device

ALL = "all"
"""The check set of every rule, whatever packs it is in."""
_LABELS = ("site", "device", "check_set")


def families(ledger: LedgerReading, devices: Sequence[Device]) -> Iterator[Metric]:
    """Every series about our devices, and about the exceptions that were in force at the newest audit."""
    failed = GaugeMetricFamily(
        "dcops_compliance_failed_checks",
        "Checks that the device fails, `all` or of a pack; allowed exceptions do not count.",
        labels=_LABELS,
    )
    checks = GaugeMetricFamily(
        "dcops_compliance_checks", "Checks of the device by what came of them.", labels=(*_LABELS, "status")
    )
    judged = GaugeMetricFamily(
        "dcops_compliance_audit_timestamp_seconds", "When the device was last judged.", labels=_LABELS
    )
    sites = {device.name: device.site for device in devices}
    for one in ledger.standings:
        if one.device not in sites:
            continue
        labels = [sites[one.device], one.device, ALL if one.pack == EVERYTHING else one.pack]
        number = one.tally.failed_for_sure
        if number is not None:
            # Of a device that did not answer nobody knows: 0 would look well.
            failed.add_metric(labels, number)
        judged.add_metric(labels, one.at.timestamp())
        for status, count in one.tally.by_status.items():
            checks.add_metric([*labels, status.value.replace(" ", "_")], count)
    yield from (failed, checks, judged, _exceptions(ledger))


def _exceptions(ledger: LedgerReading) -> Metric:
    ends = GaugeMetricFamily(
        "dcops_compliance_exception_end_timestamp_seconds",
        "When an allowed exception ends; `device` or `tag` is empty.",
        labels=("check", "device", "tag"),
    )
    last: dict[tuple[str, str, str], float] = {}
    for one in ledger.exceptions:
        key = (one.get("check", ""), one.get("device", ""), one.get("tag", ""))
        # It counts on its last day too.
        day = datetime.combine(datetime.fromisoformat(one["until"]), time(), UTC) + timedelta(days=1)
        last[key] = max(last.get(key, 0.0), day.timestamp())
    for key, end in sorted(last.items()):
        ends.add_metric(list(key), end)
    return ends
