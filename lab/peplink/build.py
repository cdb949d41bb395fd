"""Peplink balancers for a lab."""

from __future__ import annotations

from lab import addresses
from lab.device import Device
from lab.peplink.balancer import Balancer, Identity, Login
from lab.platform import Entry, Ground, Platform


def build(ground: Ground, entry: Entry, address: str) -> Device:
    """A balancer."""
    name, account = entry["name"], ground.account(entry)
    return Balancer(
        name,
        address,
        addresses.TLS_PORT,
        ground.clock,
        identity=Identity(
            hostname=name,
            model=entry["model"],
            serial=str(entry.get("serial", "")),
            software=str(entry.get("software", "8.3.0")),
            site=entry["site"],
            ipv4=str(ground.management(entry).get("ipv4", "192.0.2.18")),
        ),
        login=Login(account.username, account.password),
        certificate=ground.certificate(name, address),
        wrong_certificate=ground.wrong_certificate(),
    )


PEPLINK = Platform(
    "peplink",
    models=(("Peplink", "Balance 580"),),
    small=(("Peplink", "Balance 580"),),
    build=build,
)
