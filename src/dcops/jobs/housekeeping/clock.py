"""Whether this host's clock is to be believed: a clock that ran ahead makes everything look old enough to go."""

from __future__ import annotations

from datetime import datetime

from dcops.ledger.ledger import Ledger
from dcops.model.finding import Finding, Severity, Status
from dcops.model.moment import from_rfc3339, rfc3339
from dcops.policy.retention import LONG_SILENCE

HELD_BACK = "ARC-003"
NOTE = "housekeeping:clock"
"""When nothing spoke against this host's clock last; every night that is well moves it on."""
STEP = "Look at the clock (timedatectl), then see what would go, and how to let it go: dcops archive prune"


def believe(ledger: Ledger, now: datetime) -> None:
    """Remember that nothing speaks against the clock, or that somebody vouched for it."""
    ledger.note(NOTE, rfc3339(now))


def believed(ledger: Ledger) -> datetime | None:
    """When it was believed last."""
    noted = ledger.noted(NOTE)
    return from_rfc3339(noted) if noted else None


def doubt(ledger: Ledger, now: datetime) -> str:
    """Why it is not believed, in words; empty when it is."""
    last = believed(ledger)
    if last is None or now - last <= LONG_SILENCE:
        return ""
    return silence(last, now)


def silence(since: datetime, now: datetime) -> str:
    """That nothing was heard for very long."""
    return f"the last sign of life is of {rfc3339(since)}, and it is {rfc3339(now)} now: the clock may have run ahead"


def held_back(why: str, device: str = "") -> Finding:
    """Something would go, and waits for a person."""
    title = "nothing old is let go before somebody has looked"
    return Finding(HELD_BACK, Status.FAIL, Severity.MEDIUM, device, title, why, STEP, "R-BKP-4")
