"""Linux servers: a tar of selected files, and the facts of the machine as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from dcops.diff.linux import complete, listing, state
from dcops.diff.linux.secrets import hidden
from dcops.diff.readable import Readable
from dcops.diff.redact import Conceal
from dcops.diff.visible import decoded
from dcops.model import tree
from dcops.model.snapshot import ConfigSource


@dataclass(frozen=True, slots=True)
class LinuxFormat:
    """Files as one text under headings, and the facts as JSON without what moves by itself."""

    platform: str = "linux"

    def suffix(self, source: ConfigSource) -> str:
        """The facts are JSON; the files are a text."""
        return "json" if source is ConfigSource.STATE else "txt"

    def absent(self, content: bytes) -> bool:  # noqa: ARG002
        """A server always has files."""
        return False

    def check(self, content: bytes, source: ConfigSource) -> None:
        """Raise DeviceError unless this is a whole tar with files in it, or facts."""
        if source is ConfigSource.STATE:
            complete.check_state(content)
        else:
            complete.check_tree(content)

    def readable(self, content: bytes, source: ConfigSource, conceal: Conceal) -> Readable:
        """Ignore noise, make every character visible, hide secrets."""
        if source is ConfigSource.STATE:
            return state.readable(content, conceal)
        return listing.readable(tree.read(content), conceal)

    reads_tar = True
    """`redacted` looks into a tar: what it gives back holds nothing that nobody has looked at."""

    def redacted(self, answer: bytes, conceal: Conceal) -> bytes:
        """Hide secrets in an answer; a tar stays a tar, with its texts redacted and its other files emptied."""
        if tree.looks_like_one(answer):
            return listing.redacted(answer, conceal)
        text, _ = hidden(decoded(answer), "", conceal)
        return text.encode("utf-8", "surrogateescape")
