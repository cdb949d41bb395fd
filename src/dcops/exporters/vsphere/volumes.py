"""Datastores as hosts name them in their samples: by the end of their URL, and never by their moid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dcops.vsphere.facts import is_connected
from dcops.vsphere.mirror import DATASTORE, HOST, Mirror
from dcops.vsphere.values import at, records_at, text_at


@dataclass(frozen=True, slots=True)
class Volumes:
    """What is mounted where."""

    datastores: Mapping[tuple[str, str], str]
    """The moid of a datastore by the moid of a host and the host's name for it.

    A datastore that two datacenters share has one URL and two moids: only the host tells which of them is meant.
    """
    users: Mapping[str, frozenset[str]]
    """By datastore, the hosts that reach it now and that vCenter reaches: the moids of those who could use it."""


def volumes(mirror: Mirror) -> Volumes:
    """As of now."""
    connected = {one.moid for one in mirror.of(HOST) if is_connected(one)}
    datastores: dict[tuple[str, str], str] = {}
    users: dict[str, frozenset[str]] = {}
    for store in mirror.of(DATASTORE):
        name = text_at(store.properties, "summary.url").rstrip("/").rpartition("/")[2]
        if not name or not isinstance(at(store.properties, "host"), list | tuple):
            continue
        reached: set[str] = set()
        for mount in records_at(store.properties, "host"):
            host = mount.get("key")
            if not isinstance(host, str):
                continue
            datastores[host, name] = store.moid
            if at(mount, "mountInfo.mounted") is not False and at(mount, "mountInfo.accessible") is not False:
                reached.add(host)
        users[store.moid] = frozenset(reached & connected)
    return Volumes(datastores, users)
