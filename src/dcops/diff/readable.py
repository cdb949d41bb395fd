"""The readable form of a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Readable:
    """A configuration as git and people see it: canonical, without noise, every secret concealed."""

    text: str
    facts: Mapping[str, str]
    """What the noise told and is worth keeping: who changed the device last, and when."""
    secrets: int
    """How many secrets were concealed."""
