"""Where a device is reached, and over what."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dcops.devices.failures import explain
from dcops.errors import DeviceError, ErrorKind
from dcops.model.device import Device

CONNECT_SECONDS = 10.0


class Transport(StrEnum):
    """What carries a platform's answers, and so what proves that it is the device we mean."""

    SSH = "ssh"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One door of a device."""

    transport: Transport
    address: str
    port: int

    @property
    def known_hosts_name(self) -> str:
        """As OpenSSH writes it: the port only when it is not 22."""
        return self.address if self.port == 22 else f"[{self.address}]:{self.port}"

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


def address_of(device: Device) -> str:
    """Where it is reached; raises DeviceError when the inventory does not say."""
    if device.management is None or device.management.address is None:
        raise DeviceError(
            ErrorKind.INVALID,
            "the inventory gives it no management address",
            next_step="Add management: {ipv4: …} to its entry",
        )
    return device.management.address


def endpoint_of(device: Device, driver: type[Any]) -> Endpoint:
    """The door that the device's driver uses; raises DeviceError when inventory or driver do not say."""
    address = address_of(device)
    transport, port = getattr(driver, "transport", None), getattr(driver, "default_port", None)
    if transport not in list(Transport) or not isinstance(port, int):
        raise DeviceError(
            ErrorKind.INTERNAL,
            f"the driver of platform {device.platform} does not say whether it speaks SSH or TLS, and on which port",
            next_step="A driver has the class attributes transport and default_port: please report it",
        )
    assert device.management is not None
    return Endpoint(Transport(transport), address, device.management.port or port)


def connect(address: str, port: int, timeout_seconds: float = CONNECT_SECONDS) -> tuple[socket.socket, float]:
    """A TCP connection and the seconds that it took; raises DeviceError."""
    started = time.monotonic()
    try:
        connection = socket.create_connection((address, port), timeout=timeout_seconds)
    except OSError as error:
        raise explain(error) from None
    return connection, time.monotonic() - started
