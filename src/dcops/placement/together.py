"""Machines that do the same work and stand on one host: one loss takes them all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dcops.model.claiming import alike
from dcops.placement.world import HostSpot, Spot

_NUMBER = re.compile(r"[-_. ]?\d+$")


@dataclass(frozen=True, slots=True)
class Together:
    """Machines at work of one kind, all of that kind, and the host that they share."""

    host: HostSpot
    spots: tuple[Spot, ...]


def together(spots: Iterable[Spot]) -> Iterator[Together]:
    """Every kind of which there are several, all on one host. A kind is a name without its number: `portal-db`."""
    kinds: dict[tuple[str, str], list[Spot]] = {}
    for spot in spots:
        stem = _NUMBER.sub("", alike(spot.machine.name))
        if spot.at_work and stem != alike(spot.machine.name):
            kinds.setdefault((spot.vcenter, stem), []).append(spot)
    for alikes in kinds.values():
        hosts = {spot.host.host.moid if spot.host else None for spot in alikes}
        first = alikes[0].host
        if len(alikes) > 1 and len(hosts) == 1 and first is not None:
            yield Together(first, tuple(alikes))
