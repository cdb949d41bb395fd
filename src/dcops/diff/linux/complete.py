"""Whether an answer is a server's files or facts, whole and nothing else."""

from __future__ import annotations

import json

from dcops.errors import DeviceError, ErrorKind
from dcops.model import tree
from dcops.model.tree import Kind

_AGAIN = "Run the backup again; if it stays so, run the tar of docs/how-to/linux.md by hand"


def check_tree(content: bytes) -> None:
    """Raise DeviceError unless this is a whole tar that holds a file."""
    if not content.strip(b"\0"):
        raise DeviceError(ErrorKind.INVALID, "the tar of its files is empty", next_step=_AGAIN)
    try:
        members = tree.read(content)
    except tree.CutOff:
        raise DeviceError(
            ErrorKind.TRUNCATED, "the tar of its files is cut off: its end is missing", next_step=_AGAIN
        ) from None
    except tree.NotATree as error:
        raise DeviceError(
            ErrorKind.INVALID, f"what came for its files is no tar of ours: {error}", next_step=_AGAIN
        ) from None
    if not any(member.kind is Kind.FILE for member in members):
        raise DeviceError(
            ErrorKind.INVALID,
            "the tar of its files holds no file",
            next_step="Check [linux] paths in dcops.toml, and what the account may read",
        )


def check_state(content: bytes) -> None:
    """Raise DeviceError unless these are facts of a machine."""
    try:
        facts = json.loads(content)
    except (ValueError, RecursionError):
        raise DeviceError(ErrorKind.TRUNCATED, "the facts of the server are no JSON", next_step=_AGAIN) from None
    if not isinstance(facts, dict) or not facts:
        raise DeviceError(
            ErrorKind.INVALID,
            "the server told nothing about itself",
            next_step="Can the account run commands? See: dcops device test",
        )
