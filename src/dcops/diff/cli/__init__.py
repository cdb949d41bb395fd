"""Command-line platforms described by data: what their commands print."""

from __future__ import annotations

from dataclasses import dataclass

from dcops.diff.cli import complete
from dcops.diff.cli.noise import rows, without_noise
from dcops.diff.cli.secrets import hidden
from dcops.diff.readable import Readable
from dcops.diff.redact import Conceal
from dcops.diff.visible import decoded, visible
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
        """The description's."""
        return self.description.suffix

    def absent(self, content: bytes) -> bool:
        """The device says that it has no such configuration."""
        text = decoded(content)
        return any(document.is_none(text) for document in self.description.documents)

    def check(self, content: bytes, source: ConfigSource) -> None:
        """Raise DeviceError unless this is a whole configuration and nothing else."""
        complete.check(self.description, decoded(content), source)

    def readable(self, content: bytes, source: ConfigSource, conceal: Conceal) -> Readable:  # noqa: ARG002
        """Ignore noise, make every character visible, hide secrets."""
        lines, facts = without_noise(rows(decoded(content)), self.description.noise)
        shown, secrets = hidden(self.description, [visible(line) for line in lines], conceal)
        text = "".join(f"{line}\n" for line in shown)
        return Readable(text, {name: visible(value) for name, value in facts.items()}, secrets)

    def redacted(self, answer: bytes, conceal: Conceal) -> bytes:
        """Hide secrets; noise stays, and so does every byte that is none."""
        shown, _ = hidden(self.description, decoded(answer).split("\n"), conceal)
        return "\n".join(shown).encode("utf-8", "surrogateescape")
