"""Puts the daemon of a site root together and lets it run."""

from __future__ import annotations

import logging
import signal
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType
from typing import TYPE_CHECKING

from dcops.assembly.here import node, now
from dcops.assembly.messages import senders_of
from dcops.assembly.schedule import heartbeat_url_of, plans_of
from dcops.assembly.stores import ledger_of
from dcops.errors import CannotRun
from dcops.jobs.runs.plan import Plan
from dcops.jobs.runs.reconcile import Reconciler
from dcops.ledger.ledger import Ledger
from dcops.scheduler import systemd
from dcops.scheduler.announce import announcer, deliverer
from dcops.scheduler.daemon import Daemon, the_only_one
from dcops.scheduler.heartbeat import Heartbeat
from dcops.scheduler.repeat import Repeated
from dcops.scheduler.spawn import starter

if TYPE_CHECKING:
    from dcops.settings import Settings

DELIVER_SECONDS = 10.0
# At boot the database may come up after us.
KNOCK_SECONDS = 5.0

log = logging.getLogger("dcops.scheduler")


def serve(settings: Settings) -> None:
    """Run the scheduler of a site root until SIGTERM or SIGINT; Busy when it has one already."""
    _log_to_stderr()
    plans = tuple(plans_of(settings).values())
    senders = senders_of(settings)
    url = heartbeat_url_of(settings)
    with the_only_one(settings.paths.state), _patiently(settings) as ledger:
        state = settings.paths.state
        reconciler = Reconciler(ledger, plans, node=node(), state=state, start=starter(settings.root))
        daemon = Daemon(
            reconciler, plans, clock=now, ended=announcer(settings, ledger), looked=lambda: systemd.tell("WATCHDOG=1")
        )
        beside = [Repeated("messages", deliverer(ledger, senders), DELIVER_SECONDS)]
        if url:
            heartbeat = Heartbeat(url, ca_file=settings.paths.trust / "ca.pem")
            beside.append(Repeated("heartbeat", _beat(daemon, heartbeat), settings.heartbeat.interval_seconds))
        _stop_on_signals(daemon)
        _say_what_is_planned(plans)
        for repeated in beside:
            repeated.start()
        systemd.tell("READY=1")
        daemon.run()
        systemd.tell("STOPPING=1")
        for repeated in beside:
            repeated.stop()
    log.info("ended; runs that are on their way go on")


def _patiently(settings: Settings) -> Ledger:
    """The ledger, waited for."""
    told = False
    while True:
        try:
            return ledger_of(settings)
        except CannotRun as error:
            if not told:
                log.error("%s", error)
            told = True
        time.sleep(KNOCK_SECONDS)


def _beat(daemon: Daemon, heartbeat: Heartbeat) -> Callable[[], None]:
    def beat() -> None:
        if not daemon.well:
            log.warning("no heartbeat is sent: not all is well here")
        elif problem := heartbeat.send():
            log.error("%s", problem)

    return beat


def _stop_on_signals(daemon: Daemon) -> None:
    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        daemon.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _say_what_is_planned(plans: Sequence[Plan]) -> None:
    scheduled = [plan for plan in plans if plan.timetable]
    for plan in scheduled:
        assert plan.timetable is not None
        local = plan.timetable.next(now()).astimezone(plan.timetable.zone)
        log.info("%s: %s, next at %s", plan.name, plan.timetable.schedule, f"{local:%Y-%m-%d %H:%M %Z}")
    if not scheduled:
        log.warning("no job has a schedule: write [jobs.backup] schedule into dcops.toml and start this again")


def _log_to_stderr() -> None:
    # The journal adds the time.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(message)s")
    logging.getLogger("dcops").setLevel(logging.INFO)
