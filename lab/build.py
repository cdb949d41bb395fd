"""Turns an estate into devices: addresses, logins, host keys and certificates."""

from __future__ import annotations

import functools
import os
import pwd
import secrets
import ssl
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import asyncssh

from lab import estate, platforms, site_root
from lab.addresses import SNMP_PORT, Block
from lab.clock import Clock
from lab.device import Device
from lab.estate import Estate
from lab.pki import HOST_KEY_BITS, Authority, host_key
from lab.platform import Account, Entry
from lab.recorded import build as recorded
from lab.recorded.transcript import Transcript
from lab.snmp import build as snmp
from lab.snmp.box import Box
from lab.snmp.door import Door

SHARED_HOST_KEYS = 4
USERNAME = "svc-dcops"


class Builder:
    """Builds the devices of one lab, and remembers what its site root has to know of them."""

    def __init__(
        self,
        own: Estate,
        block: Block,
        clock: Clock,
        host_keys: Path,
        folders: Path,
        *,
        delay_seconds: float,
        configuration_delay_seconds: float,
    ) -> None:
        self._estate = own
        self._block = block
        self.clock = clock
        self._host_keys = host_keys
        self._folders = folders
        self.delay_seconds = delay_seconds
        self.configuration_delay_seconds = configuration_delay_seconds
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
        logins = {entry.get("credential") for entry in estate.entries(own.files)}
        for name in site_root.snmp_credential_names(own):
            self.credentials[name]["privacy"] = secrets.token_urlsafe(18)
            if name not in logins:
                del self.credentials[name]["enable"]
        self.key_files: dict[str, str] = {}
        """Name of a private key's file in the site root, and its text."""
        self._public_keys: dict[str, str] = {}
        for entry in own.devices:
            platform = platforms.BY_NAME.get(entry.get("platform", ""))
            if entry["name"] not in own.recorded and platform and platform.logs_in_by_key:
                self._give_key(entry["credential"])

    def _give_key(self, name: str) -> None:
        """Log in with a key: the password opens it. Nobody but its own user can enter what no root has started."""
        if name in self._public_keys:
            return
        key = asyncssh.generate_private_key("ssh-ed25519")
        password, file = self.credentials[name]["password"], f"{name}.key"
        with warnings.catch_warnings():
            # One round opens in no time; bcrypt says that this is weak, and for a lab it is strong enough.
            warnings.simplefilter("ignore", UserWarning)
            self.key_files[file] = key.export_private_key("openssh", passphrase=password, rounds=1).decode()
        self._public_keys[name] = key.export_public_key("openssh").decode().strip()
        user = pwd.getpwuid(os.geteuid()).pw_name
        self.credentials[name] = {"username": user, "password": password, "key_file": file}

    def devices(self) -> dict[str, Device]:
        """Every device by its name; the inventory entries get the addresses."""
        built: dict[str, Device] = {}
        for index, entry in enumerate(self._estate.devices):
            device = self._device(entry, self._block.device(index))
            built[device.name] = device
            entry["management"] = replaced(
                entry.get("management"), device.address, None if isinstance(device, Box) else device.port
            )
            if entry.get("snmp"):
                entry["snmp"] = {**entry["snmp"], "port": SNMP_PORT}
        self._hide_the_rest(set(built))
        return built

    def _device(self, entry: Entry, address: str) -> Device:
        recording = self.recording(entry["name"])
        if isinstance(recording, Transcript):
            return recorded.build(self, entry, address, recording)
        door = self._snmp(entry, address)
        if door and recording is None and not platforms.knows(entry):
            return Box(entry["name"], address, self.clock, door)
        device = platforms.BY_NAME[entry["platform"]].build(self, entry, address)
        device.snmp = door
        return device

    def _snmp(self, entry: Entry, address: str) -> Door | None:
        if snmp.why_not(entry):
            return None
        return snmp.door(self, entry, address, SNMP_PORT, self._block.elsewhere)

    def _hide_the_rest(self, built: set[str]) -> None:
        """Devices without a simulator get loopback addresses where nobody answers: nothing leaves this machine."""
        index = len(built)
        for entry in estate.entries(self._estate.files):
            if entry["name"] not in built and entry.get("management"):
                entry["management"] = replaced(entry["management"], self._block.device(index), None)
                index += 1
                if entry.get("snmp"):
                    entry["snmp"] = {**entry["snmp"], "port": SNMP_PORT}

    # ---- what platforms ask for ----------------------------------------------------------------

    def account(self, entry: Entry) -> Account:
        """The login that the entry's credential names."""
        name = entry["credential"]
        login = self.credentials[name]
        return Account(
            login["username"], login["password"], login.get("enable", ""), public_key=self._public_keys.get(name, "")
        )

    def snmp_login(self, name: str) -> Account:
        """Username, password and privacy password of a credential."""
        login = self.credentials[name]
        return Account(login["username"], login["password"], "", privacy=login["privacy"])

    def host_key(self, name: str, address: str, port: int) -> Callable[[bool], asyncssh.SSHKey]:
        """The device's SSH host key, or the one it shows when its key was changed."""
        key = self._host_key(name)
        self.known_hosts[f"[{address}]:{port}"] = " ".join(key.export_public_key("openssh").decode().split()[:2])
        return lambda is_changed: _other_host_key() if is_changed else key

    def certificate(self, name: str, address: str) -> Callable[[], ssl.SSLContext]:
        """A certificate by the lab's authority."""
        return functools.cache(lambda: self.authority.sign(name, address).server_context())

    def wrong_certificate(self) -> Callable[[], ssl.SSLContext]:
        """An authority that nobody knows, and a name that is not the device's."""
        return _wrong_certificate

    def management(self, entry: Entry) -> Mapping[str, Any]:
        """The addresses as the inventory has them: the device's configuration repeats those."""
        management: Mapping[str, Any] = self._originals[entry["name"]].get("management") or {}
        return management

    def circuit(self, entry: Entry) -> Entry:
        """The line that ends at the device; empty when there is none."""
        lines = (line for content in self._estate.files.values() for line in content.get("circuits") or ())
        return next((line for line in lines if line.get("device") == entry["name"]), {})

    def neighbours(self, entry: Entry) -> list[Entry]:
        """The other devices of the same site, as the inventory has them."""
        return [
            self._originals.get(other["name"], other)
            for other in estate.entries(self._estate.files)
            if other.get("site") == entry.get("site") and other["name"] != entry["name"]
        ]

    def folder(self, name: str) -> Path:
        """A folder of the device's own, for what has to be a file."""
        return self._folders / name

    def recording(self, name: str) -> Any:
        """What the device replays, when it is a recorded one."""
        return self._estate.recorded.get(name)

    def _host_key(self, name: str) -> asyncssh.SSHKey:
        if not self._estate.shares_host_keys:
            return host_key(self._host_keys / f"{name}.pem")
        if not self._shared_keys:
            self._shared_keys = [host_key(self._host_keys / f"shared-{n}.pem") for n in range(SHARED_HOST_KEYS)]
        return self._shared_keys[len(self.known_hosts) % SHARED_HOST_KEYS]


def replaced(management: Mapping[str, Any] | None, address: str, port: int | None) -> dict[str, Any]:
    """Management data with a loopback IPv4 address. IPv6 has one loopback address only and is left as it is."""
    kept = {key: value for key, value in (management or {}).items() if key not in ("ipv4", "port", "tls_name")}
    return {"ipv4": address, **({"port": port} if port else {}), **kept}


@functools.cache
def _wrong_certificate() -> ssl.SSLContext:
    return Authority("Somebody else").sign("proxy.example.test", "127.0.0.1").server_context()


@functools.cache
def _other_host_key() -> asyncssh.SSHKey:
    return asyncssh.generate_private_key("ssh-rsa", key_size=HOST_KEY_BITS)
