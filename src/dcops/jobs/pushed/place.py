"""Where pushed files lie, and how they are judged: `[drop]` of dcops.toml as jobs need it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """The drop folder of a site."""

    folder: Path
    """Holds one folder per device, of the device's name."""
    lock: Path
    """Held while files are taken in: by one run at a time."""
    settle_seconds: float = 60.0
    stuck_hours: float = 6.0
    largest_bytes: int = 100_000_000

    def of(self, device: str) -> Path:
        """The folder of one device."""
        return self.folder / device
