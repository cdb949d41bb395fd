"""Sophos SFOS: the entities that its XML API gives, as one document."""

from __future__ import annotations

from dataclasses import dataclass

from dcops.diff.readable import Readable
from dcops.diff.redact import Conceal
from dcops.diff.sfos import complete
from dcops.diff.sfos.canonical import plain, write
from dcops.diff.xml.document import NotXml, parse
from dcops.model.snapshot import ConfigSource


@dataclass(frozen=True, slots=True)
class SfosFormat:
    """What a Sophos firewall says of its settings, in XML. Its readable form is XML too."""

    platform: str = "sfos"

    def suffix(self, source: ConfigSource) -> str:  # noqa: ARG002
        """It is XML, readable or not."""
        return "xml"

    def absent(self, content: bytes) -> bool:  # noqa: ARG002
        """A firewall always has settings."""
        return False

    def check(self, content: bytes, source: ConfigSource) -> None:
        """Raise DeviceError unless this holds the firewall's entities and is whole."""
        complete.check(content, source)

    def readable(self, content: bytes, source: ConfigSource, conceal: Conceal) -> Readable:  # noqa: ARG002
        """Sort what has no order, drop what ticks, hide secrets."""
        return write(parse(content), conceal)

    def redacted(self, answer: bytes, conceal: Conceal) -> bytes:
        """Hide secrets in any XML answer; it stays XML. What cannot be read cannot be cleaned: all of it is hidden."""
        try:
            parsed = parse(answer)
        except NotXml:
            return conceal(answer.decode("utf-8", "surrogateescape")).encode() if answer.strip() else answer
        return plain(parsed, conceal).text.encode()
