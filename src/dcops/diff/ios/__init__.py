"""Cisco IOS and IOS-XE: what `show running-config` and `show startup-config` give."""

from __future__ import annotations

from dataclasses import dataclass

from dcops.diff.ios import complete
from dcops.diff.ios.lines import read
from dcops.diff.ios.noise import facts, without_noise
from dcops.diff.ios.secrets import hidden
from dcops.diff.readable import Readable
from dcops.diff.redact import Conceal
from dcops.diff.visible import decoded, visible
from dcops.model.snapshot import ConfigSource


@dataclass(frozen=True, slots=True)
class IosFormat:
    """The text form of a Cisco IOS configuration."""

    platform: str = "ios"

    def suffix(self, source: ConfigSource) -> str:  # noqa: ARG002
        """Cisco's own."""
        return "cfg"

    def absent(self, content: bytes) -> bool:
        """The device says that it has no startup configuration."""
        return complete.absent(content)

    def check(self, content: bytes, source: ConfigSource) -> None:
        """Raise DeviceError unless this is a whole configuration and nothing else."""
        complete.check(content, source)

    def readable(self, content: bytes, source: ConfigSource, conceal: Conceal) -> Readable:  # noqa: ARG002
        """Ignore noise, make every character visible, hide secrets."""
        lines = read(decoded(content))
        shown = [
            line if (text := visible(line.text)) is line.text else line._replace(text=text)
            for line in without_noise(lines)
        ]
        hidden_text, secrets = hidden(shown, conceal)
        return Readable(hidden_text, {name: visible(value) for name, value in facts(lines).items()}, secrets)

    def redacted(self, answer: bytes, conceal: Conceal) -> bytes:
        """Hide secrets; noise stays, and so does every byte that is none."""
        text, _ = hidden(read(decoded(answer)), conceal)
        return text.encode("utf-8", "surrogateescape")
