"""Sophos firewalls for a lab."""

from __future__ import annotations

from lab import addresses
from lab.device import Device
from lab.platform import Entry, Ground, Platform
from lab.sfos.firewall import Identity, Login, SophosFirewall


def build(ground: Ground, entry: Entry, address: str) -> Device:
    """A firewall with the settings of a small site."""
    name, account, management = entry["name"], ground.account(entry), ground.management(entry)
    return SophosFirewall(
        name,
        address,
        addresses.TLS_PORT,
        ground.clock,
        identity=Identity(
            hostname=name,
            software=str(entry.get("software", "19.5.3")),
            ipv4=str(management.get("ipv4", "192.0.2.17")),
            ipv6=management.get("ipv6"),
        ),
        login=Login(account.username, account.password),
        certificate=ground.certificate(name, address),
        wrong_certificate=ground.wrong_certificate(),
    )


SFOS = Platform("sfos", models=(("Sophos", "XG 330"),), small=(("Sophos", "XG 330"),), build=build)
