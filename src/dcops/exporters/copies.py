"""The second store as metrics: from the newest copy that ended, never from the place itself. Unknown is absent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily, Metric

if TYPE_CHECKING:
    from dcops.exporters.sources import LedgerReading

JOB = "copy"

_FIGURES = (
    ("equal", "dcops_archive_copy_equal", "Both stores held the same set with the same checksums after the last copy."),
    ("missing", "dcops_archive_copy_missing", "Sealed files that the second store lacked after the last copy."),
    ("damaged", "dcops_archive_copy_damaged", "Sealed files that were damaged there after the last copy."),
    ("lag_seconds", "dcops_archive_copy_lag_seconds", "Age of the oldest version not whole there after the last copy."),
)


def families(ledger: LedgerReading) -> Iterator[Metric]:
    """Every series that the ledger can tell; a copy that did not reach the place tells none of its figures."""
    job = ledger.jobs.get(JOB)
    success = GaugeMetricFamily(
        "dcops_archive_copy_last_success_timestamp_seconds", "When the last copy ended after which both were equal."
    )
    if job is not None and job.success is not None and job.success.finished is not None:
        success.add_metric([], job.success.finished.timestamp())
    yield success
    summary = job.ended.summary if job is not None and job.ended is not None else {}
    for key, name, text in _FIGURES:
        figure = GaugeMetricFamily(name, text)
        value = summary.get(key)
        if isinstance(value, int | float):
            figure.add_metric([], value)
        yield figure
    verified = GaugeMetricFamily(
        "dcops_archive_copy_verified_timestamp_seconds",
        "When every hash was recomputed there last and found right.",
    )
    if ledger.copy_verified is not None:
        verified.add_metric([], ledger.copy_verified.timestamp())
    yield verified
