"""What is looked at every few minutes on a host: its NICs, its paths to storage, how it is set up."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dcops.exporters.vsphere.block import UNKNOWN, Block
from dcops.exporters.vsphere.distinct import Distinct

if TYPE_CHECKING:
    from dcops.vsphere.details.hosts import Links, Settings

PATHS = ("active", "standby", "disabled", "dead")
DEAD = "dead"
LOCKDOWN = ("lockdownDisabled", "lockdownNormal", "lockdownStrict")
SERVICES = {"ntpd": "dcops_host_ntp_running", "TSM-SSH": "dcops_host_ssh_running"}
MOST_DEAD_PATHS = 20
"""Of one host, that are named: when an array is gone, hundreds are."""
MEGABIT_BYTES = 125_000
CERTIFICATE = "dcops_tls_certificate_not_after_timestamp_seconds"


def links(block: Block, found: Links) -> Block:
    """Add NICs and paths of a host."""
    distinct = Distinct()
    for nic in found.nics or ():
        name = distinct(nic.device)
        block.flag("dcops_host_nic_up", nic.megabits is not None, nic=name)
        block.number("dcops_host_nic_speed_bytes_per_second", nic.megabits, MEGABIT_BYTES, nic=name)
    counts = Counter((path.adapter, path.state if path.state in PATHS else UNKNOWN) for path in found.paths or ())
    for adapter in dict.fromkeys(adapter for adapter, _ in counts):
        for state in (*PATHS, UNKNOWN):
            if state != UNKNOWN or counts[adapter, state]:
                block.number("dcops_host_paths", counts[adapter, state], adapter=adapter, state=state)
    dead = dict.fromkeys((path.adapter, path.lun) for path in found.paths or () if path.state == DEAD)
    for adapter, lun in list(dead)[:MOST_DEAD_PATHS]:
        block.info("dcops_host_dead_path_info", {"adapter": adapter, "lun": lun})
    return block


def settings(block: Block, found: Settings) -> Block:
    """Add how a host is set up."""
    for service, metric in SERVICES.items():
        block.flag(metric, (found.services or {}).get(service))
    block.states("dcops_host_lockdown_mode", "mode", LOCKDOWN, found.lockdown)
    block.number(CERTIFICATE, found.certificate_not_after, endpoint="esxi")
    return block
