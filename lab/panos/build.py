"""Palo Alto firewalls for a lab."""

from __future__ import annotations

from lab import addresses
from lab.device import Device
from lab.panos.firewall import Firewall, Identity, Login
from lab.platform import Entry, Ground, Platform
from lab.topology import surroundings


def build(ground: Ground, entry: Entry, address: str) -> Device:
    """A firewall; two with the tag `ha`, of one model and site, are a pair."""
    name, account = entry["name"], ground.account(entry)
    management, pair = ground.management(entry), _pair(ground, entry)
    firewall = Firewall(
        name,
        address,
        addresses.TLS_PORT,
        ground.clock,
        identity=Identity(
            hostname=name,
            model=entry["model"],
            serial=str(entry.get("serial", "")),
            software=str(entry.get("software", "9.1.0")),
            site=entry["site"],
            ipv4=str(management.get("ipv4", "192.0.2.14")),
            ipv6=management.get("ipv6"),
            peer=pair[1] if pair else None,
            is_first=not pair or pair[0],
        ),
        login=Login(account.username, account.password),
        certificate=ground.certificate(name, address),
        wrong_certificate=ground.wrong_certificate(),
        document=ground.recording(name),
    )
    firewall.surroundings = surroundings({**entry, "management": management}, ground.neighbours(entry))
    return firewall


def _pair(ground: Ground, entry: Entry) -> tuple[bool, str] | None:
    """Whether the firewall is the first of a high-availability pair, and the other's name."""
    members = sorted(
        other["name"]
        for other in [entry, *ground.neighbours(entry)]
        if "ha" in (other.get("tags") or ()) and other.get("model") == entry.get("model")
    )
    if entry["name"] not in members or len(members) != 2:
        return None
    is_first = members[0] == entry["name"]
    return is_first, members[1] if is_first else members[0]


PANOS = Platform(
    "panos",
    models=(("Palo Alto Networks", "PA-3220"), ("Palo Alto Networks", "PA-3020")),
    small=(("Palo Alto Networks", "PA-3220"),),
    build=build,
)
