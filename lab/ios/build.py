"""Cisco routers and switches for a lab."""

from __future__ import annotations

from lab import addresses
from lab.device import Device
from lab.ios.models import MODELS
from lab.ios.recorded import RecordedRouter
from lab.ios.router import Identity, Login, Router
from lab.platform import Entry, Ground, Platform
from lab.topology import surroundings


def build(ground: Ground, entry: Entry, address: str) -> Device:
    """A router, or one that replays a recorded session."""
    name, account = entry["name"], ground.account(entry)
    login = Login(account.username, account.password, account.enable)
    host_key = ground.host_key(name, address, addresses.SSH_PORT)
    recording = ground.recording(name)
    device: Router
    if recording is not None:
        device = RecordedRouter(
            name, address, addresses.SSH_PORT, ground.clock, recording=recording, login=login, host_key=host_key
        )
    else:
        device = Router(
            name,
            address,
            addresses.SSH_PORT,
            ground.clock,
            model=MODELS[entry["model"]],
            identity=_identity(ground, entry),
            login=login,
            host_key=host_key,
        )
    device.command_delay_seconds = ground.delay_seconds
    device.configuration_delay_seconds = ground.configuration_delay_seconds
    management = ground.management(entry)
    # Who has no address has no neighbours either, and is not made to look for them among thousands.
    others = ground.neighbours(entry) if management.get("ipv4") else []
    device.surroundings = surroundings({**entry, "management": management}, others)
    return device


def _identity(ground: Ground, entry: Entry) -> Identity:
    management, circuit = ground.management(entry), ground.circuit(entry)
    return Identity(
        hostname=entry["name"],
        serial=str(entry.get("serial", "")),
        software=str(entry.get("software", "")),
        site=entry["site"],
        ipv4=str(management.get("ipv4", "192.0.2.11")),
        ipv6=management.get("ipv6"),
        provider=str(circuit.get("provider", "isp-a")),
        provider_as=int(circuit.get("provider_as", 64601)),
        rate_mbps=int(circuit.get("rate_mbps", 100)),
    )


IOS = Platform(
    "ios",
    models=(
        ("Cisco", "ISR 4461"),
        ("Cisco", "1921"),
        ("Cisco", "Catalyst 9200L"),
        ("Cisco", "Catalyst 9500"),
    ),
    small=(("Cisco", "ISR 4461"), ("Cisco", "1921")),
    build=build,
)
