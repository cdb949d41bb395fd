"""Snapshots of a machine: how many, and how old. Their names are free text and stay out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dcops.exporters.vsphere.block import Block
from dcops.vsphere.values import records_at

DEEPEST = 64
"""vSphere allows 32."""


def write(block: Block, properties: Mapping[str, Any]) -> None:
    """Add them; a machine without one has no series."""
    found = list(_tree(records_at(properties, "snapshot.rootSnapshotList")))
    if not found:
        return
    block.number("dcops_vm_snapshots", len(found))
    times = [one["createTime"] for one in found if isinstance(one.get("createTime"), int | float)]
    if times:
        block.number("dcops_vm_oldest_snapshot_timestamp_seconds", min(times))


def _tree(snapshots: list[Mapping[str, Any]], depth: int = 0) -> Iterator[Mapping[str, Any]]:
    for one in snapshots:
        yield one
        if depth < DEEPEST:
            yield from _tree(records_at(one, "childSnapshotList"), depth + 1)
