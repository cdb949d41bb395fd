"""Turns an estate into devices: addresses, logins, host keys and certificates."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import asyncssh

from lab import addresses, estate, recordings, site_root
from lab.addresses import Block
from lab.clock import Clock
from lab.device import Device
from lab.estate import Entry, Estate
from lab.ios import router
from lab.ios.models import MODELS
from lab.panos import firewall
from lab.pki import HOST_KEY_BITS, Authority, host_key

SHARED_HOST_KEYS = 4
USERNAME = "svc-dcops"


class Builder:
    """Builds the devices of one lab, and remembers what its site root has to know of them."""

    def __init__(self, own: Estate, block: Block, clock: Clock, host_keys: Path, delay_seconds: float) -> None:
        self._estate = own
        self._block = block
        self._clock = clock
        self._host_keys = host_keys
        self._delay_seconds = delay_seconds
        self._originals = estate.original(own)
        self._shared_keys: list[asyncssh.SSHKey] = []
        self.authority = Authority("Data centre lab CA")
        self.known_hosts: dict[str, str] = {}
        self.credentials = {
            name: {
                "username": USERNAME,
                "password": secrets.token_urlsafe(18),
                "enable": secrets.token_urlsafe(18),
            }
            for name in site_root.credential_names(own)
        }

    def devices(self) -> dict[str, Device]:
        """Every device by its name; the inventory entries get the addresses."""
        built: dict[str, Device] = {}
        for index, entry in enumerate(self._estate.devices):
            build = self._router if entry["platform"] == "ios" else self._firewall
            device = build(entry, self._block.device(index))
            built[device.name] = device
            entry["management"] = replaced(entry.get("management"), device.address, device.port)
        self._hide_the_rest(set(built))
        return built

    def _hide_the_rest(self, built: set[str]) -> None:
        """Devices without a simulator get loopback addresses where nobody answers: nothing leaves this machine."""
        index = len(built)
        for entry in estate.entries(self._estate.files):
            if entry["name"] not in built and entry.get("management"):
                entry["management"] = replaced(entry["management"], self._block.device(index), None)
                index += 1

    def _management(self, entry: Entry) -> Mapping[str, Any]:
        """The addresses as the inventory has them: the device's configuration repeats those."""
        management: Mapping[str, Any] = self._originals[entry["name"]].get("management") or {}
        return management

    # ---- routers and switches ------------------------------------------------------------------

    def _router(self, entry: Entry, address: str) -> Device:
        name, login = entry["name"], self.credentials[entry["credential"]]
        key = self._host_key(name)
        self.known_hosts[f"[{address}]:{addresses.SSH_PORT}"] = " ".join(
            key.export_public_key("openssh").decode().split()[:2]
        )
        account = router.Login(login["username"], login["password"], login["enable"])
        recording = self._estate.recorded_sessions.get(name)
        device: router.Router
        if recording is not None:
            device = recordings.RecordedRouter(
                name,
                address,
                addresses.SSH_PORT,
                self._clock,
                recording=recording,
                login=account,
                host_key=_choice(key),
            )
        else:
            device = router.Router(
                name,
                address,
                addresses.SSH_PORT,
                self._clock,
                model=MODELS[entry["model"]],
                identity=self._router_identity(entry),
                login=account,
                host_key=_choice(key),
            )
        device.command_delay_seconds = self._delay_seconds
        return device

    def _router_identity(self, entry: Entry) -> router.Identity:
        management = self._management(entry)
        lines = (line for content in self._estate.files.values() for line in content.get("circuits") or ())
        circuit: Entry = next((line for line in lines if line.get("device") == entry["name"]), {})
        return router.Identity(
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

    def _host_key(self, name: str) -> asyncssh.SSHKey:
        if not self._estate.shares_host_keys:
            return host_key(self._host_keys / f"{name}.pem")
        if not self._shared_keys:
            self._shared_keys = [host_key(self._host_keys / f"shared-{n}.pem") for n in range(SHARED_HOST_KEYS)]
        return self._shared_keys[len(self.known_hosts) % SHARED_HOST_KEYS]

    # ---- firewalls -----------------------------------------------------------------------------

    def _firewall(self, entry: Entry, address: str) -> Device:
        name, login = entry["name"], self.credentials[entry["credential"]]
        management = self._management(entry)
        pair = self._pair(entry)
        return firewall.Firewall(
            name,
            address,
            addresses.TLS_PORT,
            self._clock,
            identity=firewall.Identity(
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
            login=firewall.Login(login["username"], login["password"]),
            certificate=functools.cache(lambda: self.authority.sign(name, address).server_context()),
            # An authority that nobody knows, and a name that is not the device's.
            wrong_certificate=functools.cache(
                lambda: Authority("Somebody else").sign("proxy.example.test", "127.0.0.1").server_context()
            ),
            document=self._estate.recorded_documents.get(name),
        )

    def _pair(self, entry: Entry) -> tuple[bool, str] | None:
        """Whether the firewall is the first of a high-availability pair, and the other's name."""
        members = sorted(
            other["name"]
            for other in estate.entries(self._estate.files)
            if "ha" in (other.get("tags") or ())
            and (other.get("model"), other.get("site")) == (entry.get("model"), entry.get("site"))
        )
        if entry["name"] not in members or len(members) != 2:
            return None
        is_first = members[0] == entry["name"]
        return is_first, members[1] if is_first else members[0]


def replaced(management: Mapping[str, Any] | None, address: str, port: int | None) -> dict[str, Any]:
    """Management data with a loopback IPv4 address. IPv6 has one loopback address only and is left as it is."""
    kept = {key: value for key, value in (management or {}).items() if key not in ("ipv4", "port", "tls_name")}
    return {"ipv4": address, **({"port": port} if port else {}), **kept}


def _choice(key: asyncssh.SSHKey) -> Callable[[bool], asyncssh.SSHKey]:
    """The device's host key, or the one it shows when its key was changed."""
    return lambda is_changed: _other_host_key() if is_changed else key


@functools.cache
def _other_host_key() -> asyncssh.SSHKey:
    return asyncssh.generate_private_key("ssh-rsa", key_size=HOST_KEY_BITS)
