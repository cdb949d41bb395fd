"""What the exporter says of itself and one vCenter, before what the vCenter tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dcops.exporters.catalogue import Catalogue
from dcops.exporters.success import COLLECTOR, SUCCESS
from dcops.exporters.text import joined
from dcops.exporters.vsphere.block import Block
from dcops.exporters.vsphere.record import Standing
from dcops.vsphere.calls import Counted
from dcops.vsphere.managed import Problem

INVENTORY = "inventory"
PREFIX = "dcops_vsphere"
MOST_PRIVILEGES = 50


@dataclass(frozen=True, slots=True)
class Health:
    """Everything that is said of one vCenter, at one moment."""

    vcenter: str
    collectors: Sequence[Standing]
    calls: Counted | None = None
    lanes: Mapping[str, Counted] = field(default_factory=dict)
    """The same calls by the lane that asked."""
    objects: Mapping[str, int] = field(default_factory=dict)
    """By kind."""
    problems: Sequence[Problem] | None = None
    """None: nothing was asked for yet, so nothing can be missed."""
    unknown_counters: int | None = None
    trouble: str = ""
    """Why it cannot be asked at all: no login, no certificate."""


def text(health: Health, catalogue: Catalogue) -> str:
    """The lines, each metric once with its HELP and TYPE; what is wrong in comments before them."""
    inventory = next((one for one in health.collectors if one.name == INVENTORY), None)
    lines: dict[str, str] = {}
    for block in (_of_collectors(health), _of_calls(health), _of_privileges(health)):
        lines.update(block.lines)
    parts = [*_comments(health), SUCCESS.head, f"{SUCCESS.name} {int(inventory is not None and inventory.success)}\n"]
    if health.collectors:
        parts.append(COLLECTOR.head)
        parts += [
            f"{COLLECTOR.name}{joined({'collector': one.name})} {int(one.success)}\n" for one in health.collectors
        ]
    for metric, text in lines.items():
        parts += [catalogue.metrics[metric].head, text]
    return "".join(parts)


def _comments(health: Health) -> Iterable[str]:
    # Prometheus skips them: somebody who asks with curl reads why something is not there.
    if health.trouble:
        yield f"# {' '.join(health.trouble.split())}\n"
    for one in health.collectors:
        if one.problem:
            yield f"# {one.name}: {' '.join(one.problem.split())}\n"


def _of_collectors(health: Health) -> Block:
    block = Block(health.vcenter)
    for one in health.collectors:
        name = f"{PREFIX}_collector"
        block.number(f"{name}_last_success_timestamp_seconds", one.last_success, collector=one.name)
        block.number(f"{name}_duration_seconds", one.seconds, collector=one.name)
        block.number(f"{name}_updates_total", one.updates, collector=one.name)
        for reason, count in one.errors.items():
            block.number(f"{name}_errors_total", count, collector=one.name, reason=reason)
    for kind, count in sorted(health.objects.items()):
        block.number(f"{PREFIX}_objects", count, kind=kind)
    block.number(f"{PREFIX}_unknown_counters", health.unknown_counters)
    return block


def _of_calls(health: Health) -> Block:
    block = Block(health.vcenter)
    for lane, counted in health.lanes.items():
        for method, count in sorted(counted.methods.items()):
            block.number(f"{PREFIX}_calls_total", count, lane=lane, method=method)
            block.number(f"{PREFIX}_call_seconds_total", counted.seconds.get(method, 0.0), lane=lane, method=method)
        block.number(f"{PREFIX}_receive_bytes_total", counted.received_bytes, lane=lane)
        block.number(f"{PREFIX}_transmit_bytes_total", counted.sent_bytes, lane=lane)
        block.number(f"{PREFIX}_connections_total", counted.connections, lane=lane)
        block.number(f"{PREFIX}_parser_fallbacks_total", counted.fallbacks, lane=lane)
    if health.calls is not None:
        block.number(f"{PREFIX}_logins_total", health.calls.logins)
        block.number(f"{PREFIX}_refused_logins_total", health.calls.refusals)
    return block


def _of_privileges(health: Health) -> Block:
    block = Block(health.vcenter)
    if health.problems is None:
        return block
    lacking = Counter((one.privilege, one.kind) for one in health.problems if one.privilege)
    block.number(f"{PREFIX}_missing_privileges", len({privilege for privilege, _ in lacking}))
    for (privilege, kind), _ in lacking.most_common(MOST_PRIVILEGES):
        block.info(f"{PREFIX}_missing_privilege_info", {"privilege": privilege, "kind": kind})
    return block
