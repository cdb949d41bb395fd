"""One finding of the doctor, and what it may look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dcops.errors import DcopsError

if TYPE_CHECKING:
    from dcops.auditlog.log import AuditLog
    from dcops.credentials import Credentials
    from dcops.devices.registry import Drivers
    from dcops.jobs.runs.plan import Plan
    from dcops.ledger.ledger import Ledger
    from dcops.model.platform import CliPlatform


class State(StrEnum):
    """How a part of the installation is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    UNKNOWN = "could not check"
    """Neither good nor bad: it could not be looked at, and is never taken for good."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was found about one part."""

    name: str
    state: State
    detail: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Premises:
    """Where the doctor looks. What may fail is opened by the check that needs it."""

    root: Path
    inventory: Path
    state: Path
    trust: Path
    keys: Path
    credentials: Credentials
    named_credentials: Mapping[str, str]
    """Credentials that dcops.toml names, and for what."""
    ledger: Callable[[], Ledger]
    """NotYet when there is none: looking must not make one."""
    drivers: Callable[[], Drivers]
    described: Callable[[], Mapping[str, CliPlatform]]
    """Every platform that is described by data, read; InvalidInput names the mistakes."""
    plans: Callable[[], Mapping[str, Plan]]
    audit_log: Callable[[], AuditLog]
    zone: Callable[[], ZoneInfo]
    now: Callable[[], datetime]
    exporter: str
    """URL of the exporter."""
    channels: tuple[str, ...]
    """Ways to send messages that dcops.toml configures."""
    heartbeat: bool
    """A heartbeat leaves this host."""


class NotYet(DcopsError):
    """It is not there yet, and need not be."""


class Unknown(DcopsError):
    """Something else stands in the way of looking."""


def well(name: str, detail: str) -> Check:
    """All is as it should be."""
    return Check(name, State.OK, detail)


def some(names: list[str], most: int = 5) -> str:
    """A few of many names."""
    return ", ".join(names) if len(names) <= most else f"{', '.join(names[:most])} and {len(names) - most} more"


def opened(premises: Premises) -> Ledger:
    """The ledger, for a check that is about something else."""
    try:
        return premises.ledger()
    except NotYet:
        raise
    except DcopsError:
        # The ledger's own check says why.
        raise Unknown("cannot be told without the ledger", next_step="Mend the ledger first") from None
