"""Judges the backup file that a device pushed or a person brought, and makes the archive's entry of it."""

from __future__ import annotations

from datetime import datetime

from dcops.archive.archive import Entry, Item
from dcops.diff import opaque
from dcops.diff.form import FORM, form_of
from dcops.diff.size import shrunk
from dcops.diff.visible import quoted
from dcops.errors import DeviceError, ErrorKind
from dcops.model.device import Device
from dcops.model.snapshot import ConfigSource

SUFFIX = "txt"
SHA256 = "sha256"
"""The fact of an archived file that tells its content again."""
ARRIVED = "arrived"
"""The fact that tells a file that was pushed from one that was fetched."""


def fitting(
    content: bytes, *, name: str, smallest_bytes: int, previous: int | None, smallest_share: float, step: str = ""
) -> None:
    """Raise DeviceError for what cannot be a whole backup of the device.

    `previous` is the size of the last one: one that suddenly shrank is more often a broken transfer. `step` says what
    to do about a file that is none.
    """
    try:
        opaque.check(content, smallest_bytes=smallest_bytes)
    except DeviceError as error:
        raise DeviceError(error.kind, f"{quoted(name)}: {error.message}", next_step=step or error.next_step) from None
    if shrunk(len(content), previous, smallest_share):
        raise DeviceError(
            ErrorKind.TRUNCATED,
            f"{quoted(name)}: it shrank from {previous:,} to {len(content):,} bytes, below {smallest_share:.0%}",
            next_step="If it is right, bring it by hand: dcops archive import DEVICE FILE --accept-smaller",
        )


def entry(device: Device, content: bytes, taken: datetime, facts: dict[str, str]) -> Entry:
    """The file as the archive keeps it."""
    readable = opaque.readable(content)
    item = Item(ConfigSource.FILE, SUFFIX, readable.text, content, {**readable.facts, **facts, FORM: form_of()})
    return Entry(device.name, device.platform or "", taken, (item,))
