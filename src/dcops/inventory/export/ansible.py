"""The devices as an Ansible inventory: groups by site, role and platform, and never a secret."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from dcops.model.device import Device

# What Ansible's own collections call these systems.
_NETWORK_OS = {
    "ios": "cisco.ios.ios",
    "nxos": "cisco.nxos.nxos",
    "iosxr": "cisco.iosxr.iosxr",
    "eos": "arista.eos.eos",
    "junos": "junipernetworks.junos.junos",
}


def inventory(devices: Iterable[Device]) -> dict[str, Any]:
    """The layout of Ansible's `yaml` inventory plugin, which reads JSON as well."""
    hosts: dict[str, dict[str, Any]] = {}
    groups: dict[str, dict[str, dict[str, Any]]] = {}
    for device in devices:
        if device.foreign:
            continue
        hosts[device.name] = _variables(device)
        for kind, name in (("site", device.site), ("role", device.role), ("platform", device.platform)):
            if name:
                groups.setdefault(group(kind, name), {}).setdefault("hosts", {})[device.name] = {}
    return {"all": {"hosts": hosts, "children": dict(sorted(groups.items()))}}


def group(kind: str, name: str) -> str:
    """The name of a group: Ansible takes letters, digits and underscores."""
    return re.sub(r"[^A-Za-z0-9_]", "_", f"{kind}_{name}")


def _variables(device: Device) -> dict[str, Any]:
    management = device.management
    values: dict[str, Any] = {
        "ansible_host": management.address if management else None,
        "ansible_port": management.port if management else None,
        "ansible_network_os": _NETWORK_OS.get(device.platform or ""),
        "dcops_site": device.site,
        "dcops_role": device.role,
        "dcops_platform": device.platform,
        "dcops_vendor": device.vendor,
        "dcops_model": device.model,
        "dcops_serial": device.serial,
        "dcops_software": device.software,
        "dcops_rack": device.place.rack if device.place else None,
        "dcops_room": device.room,
        "dcops_owner": device.owner,
        "dcops_criticality": device.criticality.value,
        "dcops_level": device.level,
        # The name of a login, for a lookup: the login itself is not in the inventory.
        "dcops_credential": device.credential,
        "dcops_service_groups": list(device.service_groups),
        "dcops_tags": list(device.tags),
    }
    return {key: value for key, value in values.items() if value not in (None, [])}
