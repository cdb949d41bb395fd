"""What a vCenter tells of its objects, and what it does not let us see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = Any
"""str, int, float, bool, or a list or dict of them. Keys are vSphere's property names; an array is a list, even of one;
a time is seconds since 1970; a reference to another object is its moid. Where an object is of a more special
class than its place says, the key `@type` names that class."""

TYPE = "@type"


@dataclass(frozen=True, slots=True)
class Managed:
    """One object as it is now. What is not set, or not to be seen by this account, has no key."""

    kind: str
    """`VirtualMachine`, `HostSystem`, `Datastore`, `ClusterComputeResource`, `Datacenter`, `Folder`, …"""
    moid: str
    properties: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that this account was not shown."""

    kind: str
    moid: str
    path: str
    """The property; empty: the object itself."""
    reason: str
    """vSphere's name of the fault: `NoPermission`, `ManagedObjectNotFound`, …"""
    privilege: str = ""
    """The privilege that is missing, as roles name it: `Global.Licenses`."""
    on: str = ""
    """The moid of the object on which it is missing, when that is another one."""

    def __str__(self) -> str:
        what = f"{self.path} of {self.kind} {self.moid}" if self.path else f"{self.kind} {self.moid}"
        if self.privilege:
            return f"may not read {what}: privilege {self.privilege} is missing on {self.on or self.moid}"
        return f"cannot read {what}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Changes:
    """What is otherwise than it was at the last look."""

    full: bool
    """Everything was read anew: the first look, or one after a lost session. Only differences are told even so."""
    changed: tuple[Managed, ...]
    """New ones, and those of which anything is different; all of the object, not only what changed."""
    left: tuple[str, ...]
    """Moids of what is gone."""
    problems: tuple[Problem, ...] = ()
    """All that is not shown as of now."""
    updates: int = 0
    """Objects in the answers."""

    def __len__(self) -> int:
        return len(self.changed) + len(self.left)
