"""Gives commands that a person runs in the foreground their row in the ledger and their locks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dcops.cli.output import harmless
from dcops.errors import CannotRun

if TYPE_CHECKING:
    from dcops.inventory.inventory import Inventory
    from dcops.jobs.runs.direct import Direct
    from dcops.ledger.ledger import Ledger
    from dcops.settings import Settings


def direct(settings: Settings, inventory: Inventory | None = None) -> Direct:
    """What runs a job in this process. A ledger that cannot be reached is told of, and does not stop it."""
    from dcops.assembly.here import node, now
    from dcops.assembly.stores import ledger_of
    from dcops.jobs.runs.direct import Direct
    from dcops.scheduler.announce import announcer

    ledger: Ledger | None = None
    try:
        ledger = ledger_of(settings)
    except CannotRun as error:
        warn(f"this run has no row in the ledger, and its devices are not locked: {error}")
    if ledger is None:
        return Direct(None, settings.paths.state, node(), now, warn)
    return Direct(ledger, settings.paths.state, node(), now, warn, announcer(settings, ledger, inventory))


def warn(text: str) -> None:
    """Say on stderr what a person must know though the command goes on."""
    click.secho(harmless(f"dcops: WARNING: {text}"), fg="yellow", err=True)
