"""A device that is tried step by step, before anything depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dcops.errors import DeviceError


class StepState(StrEnum):
    """What came of one step."""

    OK = "ok"
    WARNING = "warning"
    """It worked, and there is something that a person should know."""
    FAILED = "failed"
    LACKING = "lacking"
    """It failed, and a backup does not need it."""
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tried."""

    name: str
    """`inventory`, `connect`, or the call as the device knows it."""
    why: str
    """What it is needed for."""
    state: StepState
    detail: str = ""
    seconds: float | None = None
    error: DeviceError | None = None
