"""Tells people of runs that ended, and hands over what waits to be told."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from dcops.assembly import archive_of, audience_of, devices_of, inventory_of, now
from dcops.errors import DcopsError
from dcops.jobs import delivery, notification
from dcops.jobs.catalog import find
from dcops.ledger.ledger import Ledger
from dcops.model.job import RunKey
from dcops.notify.sender import Sender

if TYPE_CHECKING:
    from dcops.settings import Settings

log = logging.getLogger(__name__)


def announcer(settings: Settings, ledger: Ledger) -> Callable[[RunKey], None]:
    """What is called with each run that has ended: it queues what people have to be told.

    A run is worth more than the news of it: what goes wrong here is logged, and the row stays as it is.
    """

    def announce(key: RunKey) -> None:
        try:
            _announce(settings, ledger, key)
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


def _announce(settings: Settings, ledger: Ledger, key: RunKey) -> None:
    run = ledger.get(key)
    if run is None:
        return
    devices = devices_of(settings, inventory_of(settings), key.job) if find(key.job).on_devices else ()
    notification.announce(
        ledger,
        run,
        ledger.outcomes(key),
        audience=audience_of(settings),
        devices=devices,
        archive=archive_of(settings),
        now=now(),
    )
