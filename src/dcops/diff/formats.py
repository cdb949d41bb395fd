"""What dcops knows about each platform's configuration, one format per platform."""

from __future__ import annotations

from typing import Protocol

from dcops.diff.ios import IosFormat
from dcops.diff.panos import PanosFormat
from dcops.diff.readable import Readable
from dcops.diff.redact import Conceal
from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource


class ConfigFormat(Protocol):
    """How the configuration of one platform is judged and made readable."""

    @property
    def platform(self) -> str:
        """The platform's name, as in the inventory."""

    @property
    def suffix(self) -> str:
        """The file name's ending, without a dot."""

    def absent(self, content: bytes) -> bool:
        """The device says that it has no such configuration: an answer, not a failure."""

    def check(self, content: bytes, source: ConfigSource) -> None:
        """Raise DeviceError unless this is a whole configuration and nothing else."""

    def readable(self, content: bytes, conceal: Conceal) -> Readable:
        """Give the readable form of a configuration that passed `check`."""


_FORMATS: dict[str, ConfigFormat] = {
    "ios": IosFormat(),
    "panos": PanosFormat(),
}


def of(platform: str) -> ConfigFormat:
    """Find the format of a platform, or say that there is none."""
    if found := _FORMATS.get(platform):
        return found
    raise DeviceError(
        ErrorKind.UNSUPPORTED,
        f"dcops cannot read configurations of platform `{platform}`",
        next_step=f"Platforms it can read: {', '.join(sorted(_FORMATS))}",
    )
