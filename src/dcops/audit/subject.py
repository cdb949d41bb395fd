"""What the inventory states of a device, as far as rules ask."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """One device that is judged."""

    device: str
    platform: str
    role: str = ""
    site: str = ""
    tags: tuple[str, ...] = ()
    vendor: str = ""
    model: str = ""
    criticality: str = ""
    version: str = ""
    """Of its software; empty: nobody knows."""
    level: int | None = None
    """Security level of what it serves; None: nobody knows."""
    in_service: bool = True
