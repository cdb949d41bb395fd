"""How it is told to machines what runs where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dcops.jobs.placement import Known
    from dcops.placement.loss import Loss, SystemLoss
    from dcops.placement.world import Spot


def ages_as_json(known: Known, now: datetime) -> list[dict[str, Any]]:
    """Of when it is what is told, vCenter by vCenter; those of which nothing is known say why."""
    from dcops.placement.age import is_old

    told: list[dict[str, Any]] = [
        {
            "vcenter": placement.vcenter,
            "seen": placement.seen,
            "age_seconds": round((now - placement.seen).total_seconds()),
            "old": is_old(placement.seen, now),
            "problem": None,
        }
        for placement in known.placements
    ]
    nothing = {"seen": None, "age_seconds": None, "old": None}
    return told + [{"vcenter": name, **nothing, "problem": why} for name, why in known.lacking.items()]


def machine_as_json(spot: Spot) -> dict[str, Any]:
    """A machine and its place."""
    machine, host = spot.machine, spot.host
    return {
        "vcenter": spot.vcenter,
        "moid": machine.moid,
        "name": machine.name,
        "power": machine.power.value if machine.power else None,
        "systems": list(spot.systems),
        "host": host.name if host else None,
        "rack": (host.rack or None) if host else None,
        "cluster": host.cluster.name if host and host.cluster else None,
        "datastores": list(spot.datastores),
        "networks": list(machine.networks),
        "replica": machine.replica,
        "template": machine.template,
        "ha_protected": machine.protected,
    }


def summary_as_json(spots: Sequence[Spot]) -> dict[str, Any]:
    """What machines rest on, counted and named."""
    from dcops.placement.summary import summary

    told = summary(spots)
    named = {"hosts": told.hosts, "clusters": told.clusters, "datastores": told.datastores, "networks": told.networks}
    return {
        "machines": told.machines,
        "at_work": told.at_work,
        "replicas": told.replicas,
        **{key: [{"vcenter": vcenter, "name": name} for vcenter, name in things] for key, things in named.items()},
        "systems": list(told.systems),
    }


def loss_as_json(loss: Loss) -> dict[str, Any]:
    """What falls."""
    return {
        "hosts": [host.name for host in loss.hosts],
        "machines": [
            {**machine_as_json(one.spot), "fate": one.verdict.fate.name.lower(), "why": one.verdict.why or None}
            for one in loss.machines
        ],
        "systems": [_system(one) for one in loss.systems],
    }


def _system(one: SystemLoss) -> dict[str, Any]:
    return {
        "system": one.system,
        "running": one.running,
        "lost": len(one.lost),
        "all_at_once": one.all_at_once,
        "fate": one.fate.name.lower(),
        "replicas": [{"vcenter": spot.vcenter, "name": spot.machine.name} for spot in one.replicas],
    }
