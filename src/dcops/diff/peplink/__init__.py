"""Peplink Balance: what its API says of its settings, as JSON, and its own backup file, which only it can read."""

from __future__ import annotations

from dataclasses import dataclass

from dcops.diff import opaque
from dcops.diff.peplink import complete, normal
from dcops.diff.peplink.redacted import redacted
from dcops.diff.readable import Readable
from dcops.diff.redact import Conceal
from dcops.model.snapshot import ConfigSource


@dataclass(frozen=True, slots=True)
class PeplinkFormat:
    """The two documents of a balancer: its state as text, its file as a hash."""

    platform: str = "peplink"

    def suffix(self, source: ConfigSource) -> str:
        """JSON; of the file only a description is readable."""
        return "txt" if source is ConfigSource.FILE else "json"

    def absent(self, content: bytes) -> bool:  # noqa: ARG002
        """The device always has settings."""
        return False

    def check(self, content: bytes, source: ConfigSource) -> None:
        """Raise DeviceError unless this is a whole document and nothing else."""
        if source is ConfigSource.FILE:
            complete.check_file(content)
        else:
            complete.check_state(content, source)

    def readable(self, content: bytes, source: ConfigSource, conceal: Conceal) -> Readable:
        """Ignore noise, make every character visible, hide secrets."""
        if source is ConfigSource.FILE:
            return opaque.readable(content)
        return normal.write(complete.parsed(content, source), conceal)

    def redacted(self, answer: bytes, conceal: Conceal) -> bytes:
        """Hide secrets in any answer; JSON stays JSON."""
        return redacted(answer, conceal)
