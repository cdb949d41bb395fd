"""Which driver reads which platform."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from dcops.errors import DeviceError, ErrorKind
from dcops.model.call import Call
from dcops.model.snapshot import Document

if TYPE_CHECKING:
    from dcops.model.platform import CliPlatform

GROUP = "dcops.drivers"
READERS = "dcops.readers"


@runtime_checkable
class Reader(Protocol):
    """Gives a device's configurations byte for byte, and needs no more than that takes."""

    def open(self) -> None:
        """Connect and log in; raises DeviceError."""

    def close(self) -> None:
        """Log out and disconnect; never raises."""

    def abort(self) -> None:
        """Cut the connection from another thread; never raises, never waits."""

    def read_configurations(self) -> tuple[tuple[Document, ...], tuple[str, ...]]:
        """Every configuration the device has, and what it would not give and need not, in words."""


@runtime_checkable
class Driver(Reader, Protocol):
    """A NAPALM `NetworkDriver` that is a reader too."""

    def calls(self) -> tuple[Call, ...]:
        """Every call that dcops makes on this platform, to be tried one by one on an open connection."""


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

    def reader(self, platform: str | None) -> type[Any]:
        """The class that reads a platform: its reader, where it has one, else its driver.

        The driver of a platform with a reader is a subclass of it, so that both read the same way. What the reader
        saves is NAPALM, which imports the drivers of every platform that it knows.
        """
        if point := _known(READERS).get(platform or ""):
            return _loaded(point)
        return self.of(platform)

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
def _known(group: str = GROUP) -> dict[str, EntryPoint]:
    return {point.name: point for point in _installed()[group]}


@cache
def _installed() -> dict[str, tuple[EntryPoint, ...]]:
    """Both groups at once: finding them means to open what every installed package says of itself."""
    found = entry_points()
    return {group: tuple(found.select(group=group)) for group in (GROUP, READERS)}


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
