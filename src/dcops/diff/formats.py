"""What dcops knows about each platform's configuration, one format per platform."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from dcops.diff.readable import Readable
from dcops.diff.redact import Conceal
from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource

if TYPE_CHECKING:
    from dcops.model.platform import CliPlatform


class ConfigFormat(Protocol):
    """How the configuration of one platform is judged and made readable."""

    @property
    def platform(self) -> str:
        """The platform's name, as in the inventory."""

    def suffix(self, source: ConfigSource) -> str:
        """How the readable file's name ends, without a dot."""

    def absent(self, content: bytes) -> bool:
        """The device says that it has no such configuration: an answer, not a failure."""

    def check(self, content: bytes, source: ConfigSource) -> None:
        """Raise DeviceError unless this is a whole configuration and nothing else."""

    def readable(self, content: bytes, source: ConfigSource, conceal: Conceal) -> Readable:
        """Give the readable form of a configuration that passed `check`."""

    def redacted(self, answer: bytes, conceal: Conceal) -> bytes:
        """Any answer of the device, configuration or not, with its secrets concealed and all else as it was."""


def _ios() -> ConfigFormat:
    from dcops.diff.ios import IosFormat

    return IosFormat()


def _linux() -> ConfigFormat:
    from dcops.diff.linux import LinuxFormat

    return LinuxFormat()


def _panos() -> ConfigFormat:
    from dcops.diff.panos import PanosFormat

    return PanosFormat()


def _peplink() -> ConfigFormat:
    from dcops.diff.peplink import PeplinkFormat

    return PeplinkFormat()


def _sfos() -> ConfigFormat:
    from dcops.diff.sfos import SfosFormat

    return SfosFormat()


# Their rules are hundreds of patterns: those of a platform are compiled when it is first asked for.
_OURS: Mapping[str, Callable[[], ConfigFormat]] = {
    "ios": _ios,
    "linux": _linux,
    "panos": _panos,
    "peplink": _peplink,
    "sfos": _sfos,
}


class Formats:
    """The formats of every platform: those with code of their own, and those described by data."""

    def __init__(self, described: Mapping[str, CliPlatform] = MappingProxyType({})) -> None:
        self._described = described
        self._formats: dict[str, ConfigFormat] = {}
        self._guard = threading.Lock()

    def of(self, platform: str) -> ConfigFormat:
        """Find the format of a platform; raises DeviceError when there is none."""
        with self._guard:
            if platform not in self._formats:
                self._formats[platform] = self._made(platform)
            return self._formats[platform]

    def of_one_device(self, platform: str) -> ConfigFormat:
        """The same format for the texts of one device, one after the other, in one thread; it may remember them."""
        format_ = self.of(platform)
        if platform != "ios":
            return format_
        from dcops.diff.ios import IosOfOneDevice

        return IosOfOneDevice()

    def _made(self, platform: str) -> ConfigFormat:
        if make := _OURS.get(platform):
            return make()
        if platform in self._described:
            from dcops.diff.cli import CliFormat

            return CliFormat(self._described[platform])
        raise DeviceError(
            ErrorKind.UNSUPPORTED,
            f"dcops cannot read configurations of platform `{platform}`",
            next_step=f"Platforms it can read: {', '.join(sorted({*_OURS, *self._described}))}",
        )
