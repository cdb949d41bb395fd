"""Linux servers for a lab."""

from __future__ import annotations

from lab import addresses
from lab.device import Device
from lab.linux import sshd
from lab.linux.etc import Etc
from lab.linux.server import Server
from lab.platform import Entry, Ground, Platform


def build(ground: Ground, entry: Entry, address: str) -> Device:
    """A server with a pretend /etc in its own folder."""
    name = entry["name"]
    host_key = ground.host_key(name, address, addresses.SSH_PORT)
    management = ground.management(entry)
    etc = Etc(
        name,
        site=entry["site"],
        ipv4=str(management.get("ipv4", "192.0.2.36")),
        ipv6=str(management.get("ipv6", "2001:db8:0:10::36")),
    )
    server = Server(
        name,
        address,
        addresses.SSH_PORT,
        ground.clock,
        folder=ground.folder(name),
        etc=etc,
        delay_seconds=ground.delay_seconds,
    )
    server.settle(host_key(False), host_key(True), ground.account(entry).public_key)
    return server


def why_not() -> str:
    """A server needs OpenSSH's own."""
    return "" if sshd.program() else "no sshd here: apt-get install --no-install-recommends openssh-server"


LINUX = Platform(
    "linux",
    models=(("Dell", "PowerEdge R650"),),
    small=(("Dell", "PowerEdge R650"),),
    build=build,
    why_not=why_not,
    logs_in_by_key=True,
)
