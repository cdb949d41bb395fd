"""What a platform package offers to the lab, and what the lab offers to it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import asyncssh

from lab.clock import Clock
from lab.device import Device
from lab.pki import Authority

Entry = dict[str, Any]
"""A device as the inventory has it."""


@dataclass(frozen=True, slots=True)
class Account:
    """The login that the lab gives to its site root."""

    username: str
    password: str
    enable: str
    public_key: str = ""
    """Of the SSH key that the site root logs in with, on platforms that want one."""
    privacy: str = ""
    """The password that enciphers SNMPv3."""


class Ground(Protocol):
    """Where a simulated device is built: its login, its keys, its surroundings."""

    clock: Clock
    delay_seconds: float
    """Wait before every answer, for labs that are loaded."""
    configuration_delay_seconds: float
    """A router waits so much longer before it shows a configuration."""
    authority: Authority
    """The lab's own, for a simulator that is a process and wants its certificate as a file."""

    def account(self, entry: Entry) -> Account:
        """The login that the entry's credential names."""

    def host_key(self, name: str, address: str, port: int) -> Callable[[bool], asyncssh.SSHKey]:
        """The device's SSH host key, which the site root will know; called with True it is another one."""

    def certificate(self, name: str, address: str) -> Callable[[], ssl.SSLContext]:
        """A certificate by the lab's authority."""

    def wrong_certificate(self) -> Callable[[], ssl.SSLContext]:
        """A certificate by somebody else, for another name."""

    def management(self, entry: Entry) -> Mapping[str, Any]:
        """The addresses as the inventory has them: the device's configuration repeats those."""

    def circuit(self, entry: Entry) -> Entry:
        """The line that ends at the device; empty when there is none."""

    def neighbours(self, entry: Entry) -> list[Entry]:
        """The other devices of the same site, as the inventory has them."""

    def folder(self, name: str) -> Path:
        """A folder of the device's own, for what has to be a file."""

    def recording(self, name: str) -> Any:
        """What the device replays, when it is a recorded one."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform that the lab can speak."""

    name: str
    models: tuple[tuple[str, str], ...]
    """Vendor and model of what it can pretend to be."""
    small: tuple[tuple[str, str], ...]
    """Those of them that scale `small` has one of."""
    build: Callable[[Ground, Entry, str], Device]
    """Makes a device for an inventory entry, on an address of its own."""
    why_not: Callable[[], str] = lambda: ""
    """Why this machine cannot simulate it; empty when it can."""
    logs_in_by_key: bool = False
    """The site root logs in with an SSH key, as the user who runs the lab."""
