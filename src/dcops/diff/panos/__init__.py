"""Palo Alto PAN-OS: the XML that `type=export&category=configuration` gives."""

from __future__ import annotations

from dataclasses import dataclass

from dcops.diff.panos import complete
from dcops.diff.panos.canonical import write
from dcops.diff.readable import Readable
from dcops.diff.redact import Conceal
from dcops.diff.xml.document import parse
from dcops.model.snapshot import ConfigSource


@dataclass(frozen=True, slots=True)
class PanosFormat:
    """The XML form of a PAN-OS configuration. Its readable form is XML too."""

    platform: str = "panos"

    def suffix(self, source: ConfigSource) -> str:  # noqa: ARG002
        """It is XML, readable or not."""
        return "xml"

    def absent(self, content: bytes) -> bool:  # noqa: ARG002
        """A firewall always has a configuration."""
        return False

    def check(self, content: bytes, source: ConfigSource) -> None:
        """Raise DeviceError unless this is a whole configuration and nothing else."""
        complete.check(content, source)

    def readable(self, content: bytes, source: ConfigSource, conceal: Conceal) -> Readable:  # noqa: ARG002
        """Ignore noise, make every character visible, hide secrets."""
        return write(parse(content), conceal)

    def redacted(self, answer: bytes, conceal: Conceal) -> bytes:
        """Hide secrets in any XML answer; it stays XML."""
        return write(parse(answer), conceal).text.encode()
