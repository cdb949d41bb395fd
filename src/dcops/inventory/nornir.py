"""Nornir's inventory plugin: our devices as Nornir hosts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from nornir.core.inventory import Defaults, Group, Groups, Host, Hosts, Inventory, ParentGroups

from dcops.inventory.load import load
from dcops.model.device import Device
from dcops.model.secret import Credential

CredentialOf = Callable[[Device], Credential | None]


def no_credential(_device: Device) -> None:
    """Gives no login: whoever runs Nornir adds their own."""


def to_nornir(devices: Iterable[Device], credential_of: CredentialOf = no_credential) -> Inventory:
    """Hosts for the devices, in groups by site, role and platform.

    How a driver connects is not said here: `connection_options` are the business of who opens the connection.
    """
    groups = Groups()
    hosts = Hosts()
    for device in devices:
        names = [f"site-{device.site}", f"role-{device.role}"]
        if device.platform:
            names.append(f"platform-{device.platform}")
        for name in names:
            groups.setdefault(name, Group(name=name))
        hosts[device.name] = _host(device, credential_of(device), [groups[name] for name in names])
    return Inventory(hosts=hosts, groups=groups, defaults=Defaults())


def _host(device: Device, credential: Credential | None, groups: list[Group]) -> Host:
    # The one place where a login leaves its wrapping for Nornir, which keeps it as plain text.
    password = credential.password.reveal() if credential and credential.password else None
    return Host(
        name=device.name,
        hostname=device.management.address if device.management else None,
        port=device.management.port if device.management else None,
        username=credential.username or None if credential else None,
        password=password,
        platform=device.platform,
        groups=ParentGroups(groups),
        data=_facts(device),
    )


def _facts(device: Device) -> dict[str, object]:
    """What a task may filter by, as plain values."""
    return {
        "site": device.site,
        "role": device.role,
        "vendor": device.vendor,
        "model": device.model,
        "serial": device.serial,
        "software": device.software,
        "rack": device.place.rack if device.place else None,
        "owner": device.owner,
        "criticality": device.criticality.value,
        "level": device.level,
        "service_groups": list(device.service_groups),
        "tags": list(device.tags),
    }


class DcopsInventory:
    """`InitNornir(inventory={"plugin": "dcops", "options": {"root": "."}})`.

    Devices of other organisations are left out. Logins are not read from the site root; give `credential_of`,
    or set `nornir.inventory.defaults`.
    """

    def __init__(self, root: str = ".", folder: str = "inventory", credential_of: CredentialOf = no_credential) -> None:
        self._folder = Path(root) / folder
        self._credential_of = credential_of

    def load(self) -> Inventory:
        """Load and check the inventory; raises InvalidInput with every mistake in it."""
        ours = [device for device in load(self._folder).devices if not device.foreign]
        return to_nornir(ours, self._credential_of)
