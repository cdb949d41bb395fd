"""A configuration that suddenly shrank is more often a broken read than a tidy administrator."""

from __future__ import annotations

from dcops.errors import DeviceError, ErrorKind
from dcops.model.snapshot import ConfigSource


def shrunk(size: int, previous: int | None, smallest_share: float) -> bool:
    """The document is smaller than the agreed share of the last one; the first one never is."""
    return previous is not None and size < previous * smallest_share


def check_size(source: ConfigSource, size: int, previous: int | None, smallest_share: float) -> None:
    """Refuse a document that shrank too much to be believed."""
    if previous is not None and shrunk(size, previous, smallest_share):
        raise DeviceError(
            ErrorKind.TRUNCATED,
            f"the {source} configuration shrank from {previous} to {size} bytes, below {smallest_share:.0%} of it",
            next_step="If the device was really cut down, run once more for it alone with --accept-smaller",
        )
