"""A command-line platform that is described by data and needs no code of its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CliPlatform:
    """What one file of `platforms/` says."""

    name: str
    """As the inventory names it."""
    title: str
    """Vendor and system, for people."""
