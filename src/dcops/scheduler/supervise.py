"""One run of a job of the catalogue on a site root, from its claim to the messages about its end."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dcops.assembly.here import node, now
from dcops.jobs.runs import lost
from dcops.jobs.runs.plan import Plan
from dcops.jobs.runs.result import Ended
from dcops.jobs.runs.supervisor import Limits, Supervisor
from dcops.ledger.ledger import Ledger
from dcops.model.job import RunKey, RunTrigger
from dcops.model.moment import rfc3339
from dcops.scheduler.announce import announcer, deliver_without_daemon
from dcops.scheduler.command import dcops

if TYPE_CHECKING:
    from dcops.settings import Settings


def supervise(
    settings: Settings,
    plan: Plan,
    ledger: Ledger,
    key: RunKey,
    trigger: RunTrigger,
    attempt: int,
    *,
    tell: Callable[[bytes], None] | None = None,
) -> Ended | None:
    """Do an attempt at a due time, unless somebody else has it: then it gives None."""
    announce = announcer(settings, ledger)
    # Without a daemon (systemd's timers) this is the moment in which a run that vanished last night is noticed.
    for row in lost.sweep(ledger, node=node(), state=settings.paths.state, now=now()):
        announce(row.key)
    supervisor = Supervisor(
        ledger,
        settings.paths.state,
        node(),
        now,
        Limits(plan.soft_limit_seconds, plan.hard_limit_seconds),
        tell or (lambda _: None),
    )

    def command(folder: Path) -> list[str]:
        return dcops(
            settings.root,
            *("jobs", "work", key.job, "--due", rfc3339(key.due), "--attempt", str(attempt)),
            *("--folder", str(folder), "--parent", str(os.getpid())),
        )

    ended = supervisor.run(key, trigger, attempt, command)
    if ended is not None:
        announce(key)
        deliver_without_daemon(settings, ledger)
    return ended
