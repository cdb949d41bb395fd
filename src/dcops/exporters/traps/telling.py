"""Tells people of what must not wait for the next scrape: queues messages for the site's channels, each thing once."""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from dcops.errors import DcopsError
from dcops.exporters.traps.event import Event
from dcops.exporters.traps.flood import Rate
from dcops.exporters.traps.kinds import Kind
from dcops.model.device import Device
from dcops.model.moment import rfc3339
from dcops.settings import Settings

log = logging.getLogger(__name__)

AGAIN_SECONDS = 3_600.0
"""A UPS repeats each minute that it runs on battery: people are told once an hour."""
MOST = Rate(30, 1 / 60)
"""Messages of all devices together."""
MOST_WAITING = 200
PATIENCE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class News:
    """What people have to know."""

    event: Event
    kind: Kind
    device: Device


class Teller:
    """Decides at once whether somebody is told, and leaves the rest to a thread."""

    def __init__(
        self, queue_message: Callable[[News], None], clock: Callable[[], float] = time.monotonic, *, most: Rate = MOST
    ) -> None:
        self._queue_message = queue_message
        self._clock = clock
        self._bucket = most.bucket(clock())
        self._told: dict[tuple[str, str], tuple[str, float]] = {}
        """By device and what it is about: the kind that was told last, and when."""
        self._waiting: queue.Queue[News | None] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._run, name="traps teller", daemon=True)
        self.untold = 0

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def take(self, event: Event, kind: Kind, device: Device) -> None:
        """Tell of an event, unless it was told already or there is too much; at once back."""
        now = self._clock()
        about = (device.name, kind.state or kind.name)
        word = str(kind.begins) if kind.state else kind.name
        before = self._told.get(about)
        if before and before[0] == word and now - before[1] < AGAIN_SECONDS:
            return
        self._told[about] = (word, now)
        if not kind.tell:
            return
        if not self._bucket.take(now):
            self.untold += 1
            return
        try:
            self._waiting.put_nowait(News(event, kind, device))
        except queue.Full:
            self.untold += 1

    def close(self) -> None:
        """Queue what waits, for a few seconds at most."""
        try:
            self._waiting.put(None, timeout=PATIENCE_SECONDS)
        except queue.Full:
            return
        self._thread.join(PATIENCE_SECONDS * 2)

    def _run(self) -> None:
        while (news := self._waiting.get()) is not None:
            try:
                self._queue_message(news)
            except DcopsError as error:
                self.untold += 1
                log.warning("%s: nobody was told: %s", news.device.name, error)
            except Exception as error:  # noqa: BLE001 the next one must be told all the same
                self.untold += 1
                log.warning("%s: nobody was told (%s)", news.device.name, type(error).__name__)


def queue_message(settings: Settings, news: News) -> None:
    """Put a message for each channel into the ledger, from where the scheduler sends it; maintenance is silent."""
    from dcops.assembly.messages import channels_of, texts_of
    from dcops.assembly.stores import ledger_of
    from dcops.jobs.maintenance import covers
    from dcops.jobs.notification import MAIL, WEBHOOK

    channels = [channel for channel in channels_of(settings) if channel in (MAIL, WEBHOOK)]
    if not channels:
        return
    event, device = news.event, news.device
    now = datetime.now(UTC)
    title = texts_of(settings).words(f"trap.{news.kind.name}", otherwise=news.kind.title)
    subject = f"{device.name}: {title} ({settings.site.name})"
    received = rfc3339(datetime.fromtimestamp(event.received, UTC))
    details = "".join(f"{name} = {value}\n" for name, value in event.notification.variables.items())
    text = f"{received}\n{event.notification.oid}\n{details}"
    document = json.dumps(
        {
            "text": f"{subject}\n\n{text}",
            "event": "trap",
            "site": settings.site.name,
            "device": device.name,
            "device_site": device.site,
            "kind": news.kind.name,
            "title": news.kind.title,
            "received": received,
            "oid": event.notification.oid,
            "variables": dict(event.notification.variables),
        },
        ensure_ascii=False,
    )
    with ledger_of(settings) as ledger:
        if any(covers(window, device) for window in ledger.windows(at=now)):
            return
        for channel in channels:
            body = document if channel == WEBHOOK else text
            key = f"trap:{device.name}:{news.kind.name}:{event.received:.3f}:{channel}"
            ledger.enqueue(channel, subject, body, now=now, dedup=key)
