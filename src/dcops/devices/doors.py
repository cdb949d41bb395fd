"""Doors whose identity is proven before anything is said: those of drivers, and that of a vCenter."""

from __future__ import annotations

from typing import Any, ClassVar

from dcops.devices.identity.endpoint import Transport
from dcops.devices.registry import Drivers
from dcops.model.device import VCENTER


class VcenterDoor:
    """How a vCenter is reached. No driver logs in there: the vSphere room does."""

    transport: ClassVar[Transport] = Transport.TLS
    default_port: ClassVar[int] = 443


_WITHOUT_DRIVER: dict[str, type[Any]] = {VCENTER: VcenterDoor}


def platforms(drivers: Drivers) -> frozenset[str]:
    """The platforms that have a door."""
    return frozenset((*drivers.platforms(), *_WITHOUT_DRIVER))


def door_of(drivers: Drivers, platform: str | None) -> type[Any]:
    """What says over what a platform is reached and on which port; raises DeviceError when nothing does."""
    return _WITHOUT_DRIVER.get(platform or "") or drivers.of(platform)
