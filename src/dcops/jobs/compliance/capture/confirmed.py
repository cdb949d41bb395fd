"""When an archived text was last seen on its device: a backup that finds nothing new writes no new version."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dcops.ledger.ledger import Ledger
from dcops.model.job import DeviceResult
from dcops.model.run import Result
from dcops.model.snapshot import ConfigSource

BACKUP = "backup"
LOOKED_BACK = timedelta(days=2)
"""What was not read for longer is stale anyway."""
MOST_RUNS = 200
_COUNTS = re.compile(r"\+\d+ -\d+ lines")
"""What a backup says of a configuration that it did get: `running: +3 -1 lines`."""
_GOOD = frozenset({Result.OK.value, Result.CHANGED.value, Result.UNCHANGED.value})


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The last backup in which a device gave its configurations."""

    at: datetime
    missing: frozenset[ConfigSource] = frozenset()
    """Those that it did not give in it: they are as old as the version."""


def confirmed(ledger: Ledger, devices: Collection[str], until: datetime) -> Mapping[str, Confirmed]:
    """The last good backup of each device before a time; those that had none lately are left out."""
    found: dict[str, Confirmed] = {}
    left = set(devices)
    for run in ledger.runs(job=BACKUP, since=until - LOOKED_BACK, until=until, limit=MOST_RUNS):  # newest first
        at = run.started or run.due
        if not left:
            break
        if at > until:
            continue
        for outcome in ledger.outcomes(run.key):
            if outcome.device in left and outcome.result in _GOOD:
                found[outcome.device] = Confirmed(at, _missing(outcome))
                left.discard(outcome.device)
    return found


def _missing(outcome: DeviceResult) -> frozenset[ConfigSource]:
    """A backup says `startup: not authorised` of what it did not get."""
    parts = [part.strip().partition(": ") for part in outcome.detail.split(";")]
    told = {name for name, _, words in parts if words and not _COUNTS.fullmatch(words)}
    return frozenset(source for source in ConfigSource if source.value in told)
