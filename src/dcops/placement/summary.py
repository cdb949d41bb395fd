"""What many machines rest on, counted: hosts, clusters, datastores, networks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dcops.placement.world import Spot

Named = tuple[str, str]
"""A vCenter and the name of a thing in it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Of all machines the numbers; of those at work what they rest on, each thing once."""

    machines: int
    at_work: int
    replicas: int
    hosts: tuple[Named, ...]
    clusters: tuple[Named, ...]
    datastores: tuple[Named, ...]
    networks: tuple[Named, ...]
    systems: tuple[str, ...]


def summary(spots: Sequence[Spot]) -> Summary:
    """Count them."""
    at_work = [spot for spot in spots if spot.at_work]
    hosts = [(spot.vcenter, spot.host) for spot in at_work if spot.host]
    return Summary(
        machines=len(spots),
        at_work=len(at_work),
        replicas=sum(spot.machine.replica for spot in spots),
        hosts=_once((vcenter, host.name) for vcenter, host in hosts),
        clusters=_once((vcenter, host.cluster.name) for vcenter, host in hosts if host.cluster),
        datastores=_once((spot.vcenter, store) for spot in at_work for store in spot.datastores),
        networks=_once((spot.vcenter, network) for spot in at_work for network in spot.machine.networks),
        systems=tuple(sorted({system for spot in at_work for system in spot.systems})),
    )


def _once(things: Iterable[Named]) -> tuple[Named, ...]:
    return tuple(sorted(set(things)))
