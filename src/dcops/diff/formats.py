"""What dcops knows about each platform's configuration, one format per platform."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from dcops.diff.cli import CliFormat
from dcops.diff.ios import IosFormat
from dcops.diff.linux import LinuxFormat
from dcops.diff.panos import PanosFormat
from dcops.diff.peplink import PeplinkFormat
from dcops.diff.readable import Readable
from dcops.diff.redact import Conceal
from dcops.diff.sfos import SfosFormat
from dcops.errors import DeviceError, ErrorKind
from dcops.model.platform import CliPlatform
from dcops.model.snapshot import ConfigSource


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


class Formats:
    """The formats of every platform: those with code of their own, and those described by data."""

    def __init__(self, described: Mapping[str, CliPlatform] = MappingProxyType({})) -> None:
        self._formats: dict[str, ConfigFormat] = {name: CliFormat(platform) for name, platform in described.items()}
        self._formats |= {
            each.platform: each for each in (IosFormat(), LinuxFormat(), PanosFormat(), PeplinkFormat(), SfosFormat())
        }

    def of(self, platform: str) -> ConfigFormat:
        """Find the format of a platform; raises DeviceError when there is none."""
        if found := self._formats.get(platform):
            return found
        raise DeviceError(
            ErrorKind.UNSUPPORTED,
            f"dcops cannot read configurations of platform `{platform}`",
            next_step=f"Platforms it can read: {', '.join(sorted(self._formats))}",
        )
