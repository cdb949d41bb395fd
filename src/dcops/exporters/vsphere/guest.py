"""What VMware Tools tell from inside a machine: file systems, addresses, and how Tools themselves are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, NamedTuple

from dcops.exporters.vsphere.block import Block
from dcops.exporters.vsphere.distinct import Distinct
from dcops.vsphere.values import at, records_at

MOST_PARTITIONS = 64
MOST_ADDRESSES = 32
"""Of one machine, that are told one by one: a host of containers has thousands."""
NOT_RUNNING = "guestToolsNotRunning"
TOOLS = {
    "guestToolsNotInstalled": "not_installed",
    "guestToolsUnmanaged": "unmanaged",
    "guestToolsCurrent": "current",
    "guestToolsSupportedNew": "current",
    "guestToolsSupportedOld": "outdated",
    "guestToolsNeedUpgrade": "outdated",
    "guestToolsTooOld": "unsupported",
    "guestToolsTooNew": "unsupported",
    "guestToolsBlacklisted": "unsupported",
}
TOOLS_STATES = ("current", "outdated", "unsupported", "unmanaged", "not_installed")


class Address(NamedTuple):
    """One address of a machine."""

    nic: str
    """The key of its virtual device, which stays when it is renamed."""
    address: IPv4Address | IPv6Address
    prefix: str
    state: str
    network: str

    @property
    def afi(self) -> str:
        """`ipv4` or `ipv6`."""
        return f"ipv{self.address.version}"


def write(block: Block, properties: Mapping[str, Any], *, on: bool) -> None:
    """Add what Tools tell. Of a machine that does not run they tell what was: left out."""
    status = at(properties, "guest.toolsVersionStatus2")
    if isinstance(status, str) and status:
        block.states("dcops_vm_tools_state", "state", TOOLS_STATES, TOOLS.get(status, status))
    if not on:
        return
    running = at(properties, "guest.toolsRunningStatus")
    if isinstance(running, str) and running:
        block.flag("dcops_vm_tools_running", running != NOT_RUNNING)
    _partitions(block, properties)
    _network(block, properties)


def _partitions(block: Block, properties: Mapping[str, Any]) -> None:
    distinct = Distinct()
    for disk in records_at(properties, "guest.disk")[:MOST_PARTITIONS]:
        partition = distinct(str(disk.get("diskPath", "")))
        block.number("dcops_vm_guest_disk_capacity_bytes", disk.get("capacity"), partition=partition)
        block.number("dcops_vm_guest_disk_free_bytes", disk.get("freeSpace"), partition=partition)


def _network(block: Block, properties: Mapping[str, Any]) -> None:
    nics = records_at(properties, "guest.net")
    for key, nic in _keyed(nics):
        block.flag("dcops_vm_nic_connected", nic.get("connected"), nic=key)
    found = [one for one in addresses(nics) if not one.address.is_link_local and not one.address.is_loopback]
    if nics:
        for afi in ("ipv4", "ipv6"):
            block.number("dcops_vm_ip_addresses", sum(one.afi == afi for one in found), afi=afi)
    for one in found[:MOST_ADDRESSES]:
        block.info(
            "dcops_vm_address_info",
            {
                "nic": one.nic,
                "afi": one.afi,
                "address": str(one.address),
                "prefix": one.prefix,
                "state": one.state,
                "network": one.network,
            },
        )


def _keyed(nics: list[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The NICs that vCenter has a device for; others are made inside the machine: bridges, tunnels."""
    seen = set()
    for nic in nics:
        key = nic.get("deviceConfigId")
        if isinstance(key, int) and key > 0 and key not in seen:
            seen.add(key)
            yield str(key), nic


def addresses(nics: list[Mapping[str, Any]]) -> Iterator[Address]:
    """Every address, each once, with its prefix and state where Tools tell them."""
    seen = set()
    for nic in nics:
        key = nic.get("deviceConfigId")
        name = str(key) if isinstance(key, int) and key > 0 else "inside"
        network = str(nic.get("network") or "")
        detailed = {str(one.get("ipAddress")): one for one in records_at(nic, "ipConfig.ipAddress")}
        for text in dict.fromkeys((*(str(one) for one in nic.get("ipAddress") or ()), *detailed)):
            try:
                address = ip_address(text.partition("%")[0])
            except ValueError:
                continue
            if (name, address) in seen:
                continue
            seen.add((name, address))
            detail = detailed.get(text, {})
            yield Address(name, address, str(detail.get("prefixLength", "")), str(detail.get("state", "")), network)
