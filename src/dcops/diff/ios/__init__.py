"""Cisco IOS and IOS-XE: what `show running-config` and `show startup-config` give."""

from __future__ import annotations

from collections.abc import Sequence

from dcops.configtext.ios import Line, read
from dcops.diff.ios import complete
from dcops.diff.ios.noise import facts, head_ends, without_noise
from dcops.diff.ios.secrets import hidden
from dcops.diff.readable import Readable
from dcops.diff.redact import Conceal
from dcops.diff.visible import acts, decoded, visible
from dcops.model.snapshot import ConfigSource


class IosFormat:
    """The text form of a Cisco IOS configuration."""

    platform = "ios"

    def suffix(self, source: ConfigSource) -> str:  # noqa: ARG002
        """Cisco's own."""
        return "cfg"

    def absent(self, content: bytes) -> bool:
        """The device says that it has no startup configuration."""
        return complete.absent(content)

    def check(self, content: bytes, source: ConfigSource) -> None:
        """Raise DeviceError unless this is a whole configuration and nothing else."""
        text = decoded(content)
        complete.check_lines(text, self._lines(text), source)

    def readable(self, content: bytes, source: ConfigSource, conceal: Conceal) -> Readable:  # noqa: ARG002
        """Ignore noise, make every character visible, hide secrets."""
        text = decoded(content)
        lines = self._lines(text)
        shown, secrets = self._shown(text, lines, conceal)
        return Readable(shown, {name: visible(value) for name, value in facts(lines).items()}, secrets)

    def redacted(self, answer: bytes, conceal: Conceal) -> bytes:
        """Hide secrets; noise stays, and so does every byte that is none."""
        text, _ = hidden(read(decoded(answer)), conceal)
        return text.encode("utf-8", "surrogateescape")

    def _lines(self, text: str) -> Sequence[Line]:
        return read(text)

    def _shown(self, text: str, lines: Sequence[Line], conceal: Conceal) -> tuple[str, int]:
        """The readable text, and how many secrets are concealed in it."""
        kept = without_noise(lines)
        if acts(text):
            kept = [line._replace(text=visible(line.text)) for line in kept]
        return hidden(kept, conceal)


class IosOfOneDevice(IosFormat):
    """The same for the texts of one device, one after the other, in one thread.

    What was saved is mostly what runs: then the two differ in their heads of noise alone, and what was found out about
    the rest of the first is true of the second. Every text is checked by itself all the same.
    """

    def __init__(self) -> None:
        self._last: tuple[str, Sequence[Line]] = ("", ())
        """Of the text that was read last: what follows its head, and the lines of that."""
        self._shown_last: tuple[str, Conceal, str, int] | None = None

    def _lines(self, text: str) -> Sequence[Line]:
        at = head_ends(text)
        if at is None:
            return read(text)
        rest = text[at:]
        if rest != self._last[0]:
            self._last = (rest, read(rest))
        return [*read(text[:at]), *self._last[1]]

    def _shown(self, text: str, lines: Sequence[Line], conceal: Conceal) -> tuple[str, int]:
        at = head_ends(text)
        if at is None:
            return super()._shown(text, lines, conceal)
        rest = text[at:]
        if self._shown_last is None or self._shown_last[:2] != (rest, conceal):
            self._shown_last = (rest, conceal, *super()._shown(text, lines, conceal))
        return self._shown_last[2:]
