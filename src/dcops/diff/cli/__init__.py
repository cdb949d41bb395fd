"""Command-line platforms described by data: what their commands print."""

from __future__ import annotations

from dataclasses import dataclass

from dcops.diff.readable import Readable
from dcops.diff.redact import Conceal
from dcops.model.platform import CliPlatform
from dcops.model.snapshot import ConfigSource


@dataclass(frozen=True, slots=True)
class CliFormat:
    """The text form of a platform's configuration, judged by what its description says."""

    description: CliPlatform

    @property
    def platform(self) -> str:
        """The platform's name, as in the inventory."""
        return self.description.name

    def suffix(self, source: ConfigSource) -> str:  # noqa: ARG002
        """Plain text."""
        return "txt"

    def absent(self, content: bytes) -> bool:
        """The device says that it has no such configuration."""
        raise NotImplementedError

    def check(self, content: bytes, source: ConfigSource) -> None:
        """Raise DeviceError unless this is a whole configuration and nothing else."""
        raise NotImplementedError

    def readable(self, content: bytes, source: ConfigSource, conceal: Conceal) -> Readable:
        """Ignore noise, make every character visible, hide secrets."""
        raise NotImplementedError

    def redacted(self, answer: bytes, conceal: Conceal) -> bytes:
        """Hide secrets; all else stays."""
        raise NotImplementedError
