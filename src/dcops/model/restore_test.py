"""A restore test: proof, with a date, that a backup could be opened, or more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dcops.model.snapshot import ConfigSource


class Level(StrEnum):
    """How far a restore test went. Each level holds all that stands before it."""

    PARSED = "parsed"
    """Record, readable text and sealed file are whole; nothing was opened. This alone is no restore test."""
    OPENED = "opened"
    """A holder's key opened it, and the platform's own check found it whole."""

    @property
    def counts(self) -> bool:
        """It tells whether the device could be restored."""
        return self is not Level.PARSED


class RestoreResult(StrEnum):
    """What came of a restore test."""

    OK = "ok"
    FAILED = "failed"
    COULD_NOT_CHECK = "could not check"
    """It was to be opened, and something that this takes was not there."""


@dataclass(frozen=True, slots=True)
class RestoreTest:
    """What came of one device in one drill."""

    device: str
    revision: str
    """The version that was tested; empty when the archive could not even tell which one there is."""
    sources: tuple[ConfigSource, ...]
    """Its configurations that were looked at."""
    tested_at: datetime
    """UTC."""
    level: Level
    result: RestoreResult
    detail: str = ""
    holder: str = ""
    """Whose key opened it."""
    run: str = ""

    @property
    def good(self) -> bool:
        """What was tested stood the test, as far as its level goes."""
        return self.result is RestoreResult.OK

    @property
    def proves(self) -> bool:
        """It counts as a restore test that went well."""
        return self.good and self.level.counts
