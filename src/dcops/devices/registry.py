"""Which driver reads which platform."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

from dcops.errors import DeviceError, ErrorKind
from dcops.model.call import Call
from dcops.model.platform import CliPlatform
from dcops.model.snapshot import Document

GROUP = "dcops.drivers"


@runtime_checkable
class Driver(Protocol):
    """A NAPALM `NetworkDriver` that can also give its configurations byte for byte."""

    def open(self) -> None:
        """Connect and log in; raises DeviceError."""

    def close(self) -> None:
        """Log out and disconnect; never raises."""

    def abort(self) -> None:
        """Cut the connection from another thread; never raises, never waits."""

    def calls(self) -> tuple[Call, ...]:
        """Every call that dcops makes on this platform, to be tried one by one on an open connection."""

    def read_configurations(self) -> tuple[tuple[Document, ...], tuple[str, ...]]:
        """Every configuration the device has, and what it would not give and need not, in words."""


class Drivers:
    """The drivers by platform: entry points of the group `dcops.drivers`, then platforms described by data.

    NAPALM itself finds drivers by module name, so our own group is asked; a driver of NAPALM's is used
    through a class of ours that adds what `Driver` asks for.
    """

    def __init__(self, described: Mapping[str, CliPlatform] = MappingProxyType({})) -> None:
        self._described = described

    def platforms(self) -> tuple[str, ...]:
        """The platforms that have a driver."""
        return tuple(sorted({*_known(), *self._described}))

    def of(self, platform: str | None) -> type[Any]:
        """The driver class of a platform; raises DeviceError when there is none."""
        if point := _known().get(platform or ""):
            return _loaded(point)
        if described := self._described.get(platform or ""):
            from dcops.devices.drivers.cli import CliDriver

            return CliDriver.of(described)
        raise DeviceError(
            ErrorKind.UNSUPPORTED,
            f"no driver for platform {platform or '(none)'}",
            next_step=f"dcops reads: {', '.join(self.platforms())}",
        )


@cache
def _known() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _loaded(point: EntryPoint) -> type[Any]:
    try:
        driver: type[Any] = point.load()
    except Exception as error:  # noqa: BLE001  a library that fails on import must not take the other platforms along
        raise DeviceError(
            ErrorKind.INTERNAL,
            f"the driver of platform {point.name} cannot be loaded: {type(error).__name__}: {error}",
            next_step="See: dcops doctor",
        ) from None
    return driver
