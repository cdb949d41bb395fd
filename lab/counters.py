"""What a device saw others do to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Counters:
    """Counts since the lab came up. Writes are counted when they are asked for, also when they are refused."""

    connections: int = 0
    logins: int = 0
    failed_logins: int = 0
    commands: int = 0
    writes: int = 0
    flash_writes: int = 0
    config_mode_entries: int = 0
    requests: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """The counts under the names of the control interface."""
        return {
            "connections": self.connections,
            "logins": self.logins,
            "failed_logins": self.failed_logins,
            "commands": self.commands,
            "writes": self.writes,
            "flash_writes": self.flash_writes,
            "config_mode_entries": self.config_mode_entries,
            "requests": dict(sorted(self.requests.items())),
        }
