"""What a vCenter shows of itself to the login that asks it: to be tried before anything is measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from dcops.vsphere.managed import Changes, Problem

SHOWN = 3


def shown(changes: Changes) -> tuple[str, str]:
    """What its first full answer holds, and what it did not show, as a warning."""
    kinds = Counter(one.kind for one in changes.changed)
    hosts, machines = kinds["HostSystem"], kinds["VirtualMachine"]
    told = f"{hosts} host{'' if hosts == 1 else 's'}, {machines} machine{'' if machines == 1 else 's'}"
    if not hosts:
        # A role on a folder below the root shows what lies in that folder alone, and nobody is told of the rest.
        return told, "it shows no host: give the read-only role on the topmost object, and to all below it"
    return told, _hidden(changes.problems)


def _hidden(problems: Iterable[Problem]) -> str:
    words = list(dict.fromkeys(str(problem) for problem in problems))
    more = f"; and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return "; ".join(words[:SHOWN]) + more
