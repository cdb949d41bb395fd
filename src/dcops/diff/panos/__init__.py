"""Palo Alto PAN-OS: the XML that `type=export&category=configuration` gives."""

from __future__ import annotations

from dataclasses import dataclass

from dcops.diff.panos import complete
from dcops.diff.panos.canonical import write
from dcops.diff.panos.document import parse
from dcops.diff.readable import Readable
from dcops.diff.redact import Conceal
from dcops.model.snapshot import ConfigSource


@dataclass(frozen=True, slots=True)
class PanosFormat:
    """The XML form of a PAN-OS configuration. Its readable form is XML too."""

    platform: str = "panos"
    suffix: str = "xml"

    def absent(self, content: bytes) -> bool:  # noqa: ARG002
        """A firewall always has a configuration."""
        return False

    def check(self, content: bytes, source: ConfigSource) -> None:
        """Raise DeviceError unless this is a whole configuration and nothing else."""
        complete.check(content, source)

    def readable(self, content: bytes, conceal: Conceal) -> Readable:
        """Ignore noise, make every character visible, hide secrets."""
        return write(parse(content), conceal)
