"""What no rule looks at, and why: a report says it, so that nobody takes silence for a pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dcops.audit.words import Words


@dataclass(frozen=True, slots=True)
class Limit:
    """Why a control is not looked at by rules, or not all of it."""

    control: str
    whole: bool
    """No rule looks at any of it."""
    reason: Words


@dataclass(frozen=True, slots=True)
class Limits:
    """Everything that rules cannot tell."""

    controls: Mapping[str, Limit] = field(default_factory=dict)
    platforms: Mapping[str, Words] = field(default_factory=dict)
    """By platform, what its devices do not show."""
