"""Any device with a command line, described by data."""

from __future__ import annotations

from typing import Any

from napalm.base import NetworkDriver

from dcops.model.platform import CliPlatform


class CliDriver(NetworkDriver):  # type: ignore[misc]
    """Reads a device as its platform's description says."""

    description: CliPlatform

    @classmethod
    def of(cls, description: CliPlatform) -> type[Any]:
        """The driver of one described platform."""
        return type(f"{description.name}Driver", (cls,), {"description": description, "platform": description.name})
