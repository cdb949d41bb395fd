"""What the account is not shown, by who met it; told in the log once."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from threading import Lock

from dcops.vsphere.managed import Changes, Problem

log = logging.getLogger(__name__)

MOST_TOLD = 20
"""In the log, of one vCenter at a time."""
INVENTORY = "inventory"


class Problems:
    """Written by collectors, read by scrapes."""

    def __init__(self, vcenter: str) -> None:
        self._vcenter = vcenter
        self._lock = Lock()
        self._met: dict[str, dict[tuple[str, str, str], Problem]] = {}
        self._told: set[tuple[str, str, str]] = set()

    def follow(self, changes: Changes) -> None:
        """Those of the inventory: a full look brings all, another one those of what has changed."""
        with self._lock:
            held = {} if changes.full else dict(self._met.get(INVENTORY, {}))
            touched = {one.moid for one in changes.changed}.union(changes.left)
            held = {key: one for key, one in held.items() if one.moid not in touched}
            self._met[INVENTORY] = held | _keyed(changes.problems)
        self._tell(changes.problems)

    def replace(self, collector: str, problems: Iterable[Problem]) -> None:
        """Those of a collector that reads everything each time."""
        found = tuple(problems)
        with self._lock:
            self._met[collector] = _keyed(found)
        self._tell(found)

    def all(self) -> list[Problem]:
        """All of them."""
        with self._lock:
            return [one for met in self._met.values() for one in met.values()]

    @property
    def unseen(self) -> int:
        """Objects that are there, and that the account may not see."""
        return len({one.moid for one in self.all() if not one.path})

    def _tell(self, problems: Iterable[Problem]) -> None:
        # By privilege and not by object: one missing role hides thousands.
        for one in problems:
            key = (one.kind, one.path, one.privilege)
            if key not in self._told and len(self._told) < MOST_TOLD:
                self._told.add(key)
                log.warning("%s: %s", self._vcenter, one)


def _keyed(problems: Iterable[Problem]) -> dict[tuple[str, str, str], Problem]:
    return {(one.kind, one.moid, one.path): one for one in problems}
