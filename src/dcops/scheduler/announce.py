"""Tells people of runs that ended, and hands over what waits to be told."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from dcops.assembly.here import now
from dcops.assembly.messages import audience_of, senders_of
from dcops.assembly.schedule import devices_of
from dcops.assembly.stores import archive_of, inventory_of
from dcops.errors import Busy, DcopsError
from dcops.jobs import delivery, notification
from dcops.jobs.catalog import find
from dcops.ledger.ledger import Ledger
from dcops.model.device import Device
from dcops.model.job import RunKey
from dcops.notify.sender import Sender

if TYPE_CHECKING:
    from dcops.inventory.inventory import Inventory
    from dcops.settings import Settings

log = logging.getLogger(__name__)


def announcer(settings: Settings, ledger: Ledger, inventory: Inventory | None = None) -> Callable[[RunKey], None]:
    """What is called with each run that has ended: it queues what people have to be told.

    A run is worth more than the news of it: what goes wrong here is logged, and the row stays as it is. Without an
    inventory it is loaded for each run.
    """

    def announce(key: RunKey) -> None:
        try:
            _announce(settings, ledger, key, inventory)
        except (DcopsError, OSError) as error:
            log.error("nobody was told of %s: %s", key.job, error)

    return announce


def deliverer(ledger: Ledger, senders: Mapping[str, Sender]) -> Callable[[], None]:
    """What sends the messages that are due."""

    def deliver() -> None:
        done = delivery.deliver(ledger, senders, now)
        if done.sent or done.later or done.dead:
            log.info("messages: %d sent, %d to try again, %d given up", done.sent, done.later, done.dead)

    return deliver


def _announce(settings: Settings, ledger: Ledger, key: RunKey, inventory: Inventory | None) -> None:
    run = ledger.get(key)
    if run is None:
        return
    audience = audience_of(settings)
    notification.announce(
        ledger,
        run,
        ledger.outcomes(key),
        audience=audience,
        devices=_devices(settings, key.job, inventory),
        # What changed is told in words alone: where nobody gets any, nobody looks.
        archive=archive_of(settings) if {notification.MAIL, notification.WEBHOOK} & set(audience.channels) else None,
        now=now(),
    )


def _devices(settings: Settings, job: str, inventory: Inventory | None) -> Sequence[Device] | None:
    """Those that the job covers.

    None when that cannot be known: a broken inventory is the last reason to be silent.
    """
    if not find(job).on_devices:
        return ()
    try:
        return devices_of(settings, inventory or inventory_of(settings), job)
    except DcopsError as error:
        log.error("whom %s covers is not known: %s", job, error)
        return None


def deliver_without_daemon(settings: Settings, ledger: Ledger) -> None:
    """Send what waits, once, where no scheduler runs that would: the variant with systemd's timers."""
    from dcops.scheduler.daemon import the_only_one

    try:
        with the_only_one(settings.paths.state):
            deliverer(ledger, senders_of(settings))()
    except Busy:
        return
    except (DcopsError, OSError) as error:
        log.error("messages wait: %s", error)
