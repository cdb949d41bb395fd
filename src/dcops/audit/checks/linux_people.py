"""Who may log in to a Linux host, by its files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dcops.audit.checks.linux_files import Files

MIGHTY_GROUPS = frozenset({"root", "sudo", "wheel", "admin", "docker", "lxd", "disk", "shadow"})
"""Whoever is in one of them can make themselves root."""
_NO_SHELLS = ("nologin", "false", "sync", "halt", "shutdown")


@dataclass(frozen=True, slots=True)
class Person:
    """An account with a shell."""

    name: str
    uid: str
    gid: str
    line: int


def may_log_in(found: Files) -> Iterator[Person]:
    """The accounts that get a shell; raises Unknown."""
    for line in found.of("etc/passwd"):
        fields = line.text.split(":")
        # NIS: whoever stands in the directory.
        if len(fields) < 7 or fields[0].startswith(("+", "-")):
            continue
        if fields[6].rpartition("/")[2] not in _NO_SHELLS:
            yield Person(fields[0], fields[2], fields[3], line.number)


def mighty(found: Files) -> frozenset[str]:
    """The accounts that can make themselves root by their groups; raises Unknown."""
    names: set[str] = set()
    gids: set[str] = set()
    for line in found.of("etc/group"):
        fields = line.text.split(":")
        if len(fields) >= 4 and fields[0] in MIGHTY_GROUPS:
            gids.add(fields[2])
            names.update(name for name in fields[3].split(",") if name)
    for person in may_log_in(found):
        if person.uid == "0" or person.gid in gids:
            names.add(person.name)
    return frozenset(names)
