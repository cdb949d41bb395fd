"""Locks on devices for the length of a run, so that a backup and a change never meet on one device."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import datetime

from dcops.errors import CannotRun, DeviceError, ErrorKind
from dcops.ledger.ledger import Ledger
from dcops.model.device import Device
from dcops.model.job import RunKey
from dcops.model.moment import rfc3339
from dcops.model.run import JobRun, Outcome, Result

TTL_SECONDS = 120.0
RENEW_SECONDS = 30.0


def owner_of(key: RunKey, attempt: int, node: str) -> str:
    """The name under which a run holds locks; whoever waits for a device reads it."""
    again = f", attempt {attempt}" if attempt > 1 else ""
    return f"{key.job} of {rfc3339(key.due)} on {node}{again}"


@contextmanager
def held(
    ledger: Ledger, devices: Sequence[Device], owner: str, clock: Callable[[], datetime]
) -> Iterator[Mapping[str, str]]:
    """Hold the locks of the devices that are free; gives who holds each of the others."""
    names = [device.name for device in devices]
    others = ledger.lock_devices(names, owner=owner, now=clock(), ttl_seconds=TTL_SECONDS)
    done = threading.Event()

    def renew() -> None:
        while not done.wait(RENEW_SECONDS):
            # A ledger that is away for a moment must not end a run; when it comes back the locks are renewed.
            with suppress(CannotRun):
                ledger.renew_locks(owner, now=clock(), ttl_seconds=TTL_SECONDS)

    renewing = threading.Thread(target=renew, name="device locks", daemon=True)
    renewing.start()
    try:
        yield others
    finally:
        done.set()
        renewing.join(timeout=RENEW_SECONDS)
        # What is not unlocked now falls by itself.
        with suppress(CannotRun):
            ledger.unlock_devices(owner)


def with_locks(
    ledger: Ledger,
    devices: Sequence[Device],
    owner: str,
    clock: Callable[[], datetime],
    run: Callable[[Sequence[Device]], JobRun],
    *,
    else_say: Callable[[str], None] | None,
) -> JobRun:
    """Run a job on the devices that nobody else holds; the others are skipped, with the holder's name.

    When the ledger cannot be reached, `else_say` is told and the run goes on without; without it, that is an error.
    """
    with ExitStack() as stack:
        others: Mapping[str, str] = {}
        try:
            others = stack.enter_context(held(ledger, devices, owner, clock))
        except CannotRun as error:
            if else_say is None:
                raise
            else_say(f"no device could be locked, another run may talk to the same ones: {error}")
        done = run([device for device in devices if device.name not in others])
    if not others:
        return done
    outcomes = {outcome.device: outcome for outcome in done.outcomes}
    outcomes.update({device: _locked(device, holder) for device, holder in others.items()})
    return replace(done, outcomes=tuple(outcomes[device.name] for device in devices))


def _locked(device: str, holder: str) -> Outcome:
    error = DeviceError(
        ErrorKind.LOCKED,
        f"held by {holder}",
        next_step="Run it again when that has ended; a lock that is not renewed falls after two minutes",
    )
    return Outcome(device, Result.SKIPPED, error=error)
