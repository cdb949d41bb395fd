"""Sends the messages that wait in the ledger, and goes on trying until they were taken."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dcops.errors import DcopsError
from dcops.ledger.ledger import Ledger
from dcops.model.job import Message
from dcops.notify.sender import NotifyError, NotifyErrorKind, Sender

MAIL, WEBHOOK, ALERTMANAGER = "mail", "webhook", "alertmanager"
CHANNELS = (MAIL, WEBHOOK, ALERTMANAGER)

# 30 s, 1 min, 2 min … one hour: thirty tries are about a day, so a mail server may be away for a night.
FIRST_RETRY_SECONDS = 30.0
LONGEST_RETRY_SECONDS = 3600.0
MOST_ATTEMPTS = 30
JITTER = 0.2
SEND_LIMIT_SECONDS = 60.0
PASS_LIMIT_SECONDS = 120.0
PASS_MESSAGES = 500


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of one pass."""

    sent: int = 0
    later: int = 0
    dead: int = 0


def deliver(
    ledger: Ledger,
    senders: Mapping[str, Sender],
    now: Callable[[], datetime],
    *,
    pass_limit_seconds: float = PASS_LIMIT_SECONDS,
    send_limit_seconds: float = SEND_LIMIT_SECONDS,
    chance: Callable[[], float] = random.random,
) -> Delivery:
    """Send what is due. A channel that fails for now is left alone for the rest of the pass; its queue waits."""
    began = time.monotonic()
    sent = later = dead = 0
    away: set[str] = set()
    for message in sorted(ledger.due_messages(now(), PASS_MESSAGES), key=lambda one: one.id):
        if time.monotonic() - began > pass_limit_seconds:
            break
        if message.channel in away or _held(ledger, message.channel, now()):
            continue
        sender = senders.get(message.channel)
        if sender is None:
            ledger.bury(message.id, f"dcops.toml sets up no {message.channel}")
            dead += 1
            continue
        try:
            _within(send_limit_seconds, sender, message)
        except NotifyError as error:
            if error.kind is NotifyErrorKind.PERMANENT or message.attempts + 1 >= MOST_ATTEMPTS:
                ledger.bury(message.id, str(error))
                dead += 1
                continue
            away.add(message.channel)
            next_try = now() + timedelta(seconds=retry_seconds(message.attempts, chance()))
            ledger.try_later(message.id, str(error), next_try)
            if message.channel == ALERTMANAGER:
                # Alerts must arrive in order: an old "firing" after a newer "resolved" would raise a false alarm.
                ledger.note(_hold(message.channel), next_try.isoformat())
            later += 1
            continue
        ledger.sent(message.id, now())
        sent += 1
    return Delivery(sent, later, dead)


def retry_seconds(attempts: int, chance: float) -> float:
    """How long to wait after a failed try: doubled each time up to an hour, spread by a fifth to both sides."""
    base = min(FIRST_RETRY_SECONDS * 2.0 ** min(attempts, 20), LONGEST_RETRY_SECONDS)
    return base * (1 - JITTER + 2 * JITTER * chance)


def _within(seconds: float, sender: Sender, message: Message) -> None:
    """Send in a thread of its own: a server that answers drop by drop outlives every timeout of a socket."""
    failures: list[BaseException] = []

    def send() -> None:
        try:
            sender.send(message)
        except BaseException as error:  # noqa: BLE001 - carried over to the caller's thread
            failures.append(error)

    thread = threading.Thread(target=send, name=f"send-{message.channel}", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise NotifyError(NotifyErrorKind.TEMPORARY, f"{message.channel} was not done within {seconds:.0f} s")
    if not failures:
        return
    error = failures[0]
    if isinstance(error, NotifyError) or not isinstance(error, Exception):
        raise error
    # Nothing that a sender meets may end the daemon, and no text of an unknown error is trusted to hold no secret.
    words = str(error) if isinstance(error, DcopsError) else type(error).__name__
    raise NotifyError(NotifyErrorKind.TEMPORARY, f"{message.channel}: {words}") from None


def _held(ledger: Ledger, channel: str, now: datetime) -> bool:
    if channel != ALERTMANAGER:
        return False
    until = ledger.noted(_hold(channel))
    return bool(until) and datetime.fromisoformat(str(until)) > now


def _hold(channel: str) -> str:
    return f"hold:{channel}"
