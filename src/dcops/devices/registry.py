"""Which driver reads which platform: the entry points `dcops.drivers`."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol, runtime_checkable

from dcops.errors import DeviceError, ErrorKind
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

    def read_configurations(self) -> tuple[tuple[Document, ...], tuple[str, ...]]:
        """Every configuration the device has, and what it would not give and need not, in words."""


@cache
def _known() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def platforms() -> tuple[str, ...]:
    """The platforms that have a driver."""
    return tuple(sorted(_known()))


def driver_class(platform: str | None) -> type[Any]:
    """The driver of a platform.

    NAPALM itself finds drivers by module name, so our own group is asked; a driver of NAPALM's is used
    through a class of ours that adds what `Driver` asks for.
    """
    point = _known().get(platform or "")
    if point is None:
        raise DeviceError(
            ErrorKind.UNSUPPORTED,
            f"no driver for platform {platform or '(none)'}",
            next_step=f"dcops reads: {', '.join(platforms())}",
        )
    try:
        driver: type[Any] = point.load()
    except Exception as error:  # noqa: BLE001  a library that fails on import must not take the other platforms along
        raise DeviceError(
            ErrorKind.INTERNAL,
            f"the driver of platform {platform} cannot be loaded: {type(error).__name__}: {error}",
            next_step="See: dcops doctor",
        ) from None
    return driver
