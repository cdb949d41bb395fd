"""Whom we believe, beside what the devices show: looked at, never logged in."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from dcops.archive import durable
from dcops.devices.doors import door_of, platforms
from dcops.devices.identity import certificates, files
from dcops.devices.identity.certificates import Certificate
from dcops.devices.identity.endpoint import Endpoint, Transport, endpoint_of
from dcops.devices.identity.host_keys import HostKey
from dcops.devices.identity.look import Look, look
from dcops.devices.registry import Drivers
from dcops.devices.ssh.algorithms import only_weak
from dcops.devices.trust import Trust
from dcops.errors import CannotRun, DeviceError, ErrorKind
from dcops.jobs.context import Progress, Reach, no_reader
from dcops.model.device import Device
from dcops.model.finding import Finding, Severity, Status
from dcops.model.run import JobRun, Outcome, Result, new_run_id

COMMAND = "trust check"
ENDING = timedelta(days=30)
PUBLIC = 0o644


# ---- what stands in the files -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Vouched:
    """A device, and what vouches for it."""

    device: Device
    endpoint: Endpoint | None
    """None when its inventory entry or its platform does not say how it is reached."""
    host_keys: tuple[HostKey, ...] = ()
    pin: str = ""
    by_authority: bool = False
    """It has no pin of its own, and there is an authority that may have signed its certificate."""
    problem: str = ""

    @property
    def vouched_for(self) -> bool:
        """Something vouches for it. Whether that is right, only a look at the device can tell."""
        return bool(self.host_keys or self.pin or self.by_authority)


@dataclass(frozen=True, slots=True)
class Held:
    """What `trust/` holds."""

    devices: tuple[Vouched, ...]
    authorities: tuple[Certificate, ...]
    strays: tuple[str, ...]
    """Entries that belong to no device of the inventory."""


def held(drivers: Drivers, trust: Trust, devices: Sequence[Device], every_device: Sequence[Device]) -> Held:
    """What `trust/` says of these devices; strays are those of the whole inventory."""
    readable = platforms(drivers)
    vouched = tuple(_vouched(drivers, trust, device) for device in devices if device.platform in readable)
    # An entry may also stand for a device that is not read yet: whoever has its address is not a stray.
    places = [place for device in every_device for place in _places(drivers, device)]
    known_hosts = trust.folder / "known_hosts"
    text = known_hosts.read_text(encoding="utf-8") if known_hosts.is_file() else ""
    names = {device.name for device in every_device}
    unknown = [f"known_hosts: {entry}" for entry in files.strays(text, places)]
    unknown += [f"pins: {name}" for name in trust.pins if name not in names]
    authorities = certificates.read_pem(trust.ca_file.read_bytes()) if trust.ca_file else ()
    return Held(vouched, authorities, tuple(unknown))


def _vouched(drivers: Drivers, trust: Trust, device: Device) -> Vouched:
    try:
        endpoint = endpoint_of(device, door_of(drivers, device.platform))
    except DeviceError as error:
        return Vouched(device, None, problem=error.message)
    if endpoint.transport is Transport.SSH:
        return Vouched(device, endpoint, host_keys=files.host_keys_of(trust.host_keys, endpoint.known_hosts_name))
    pin = trust.pins.get(device.name, "")
    return Vouched(device, endpoint, pin=pin, by_authority=not pin and trust.ca_file is not None)


def _places(drivers: Drivers, device: Device) -> Iterator[str]:
    if device.management is None:
        return
    for address in (device.management.ipv4, device.management.ipv6):
        if address is not None:
            yield Endpoint(Transport.SSH, str(address), device.management.port or 22).known_hosts_name
    try:
        yield endpoint_of(device, door_of(drivers, device.platform)).known_hosts_name
    except DeviceError:
        return


# ---- looking -------------------------------------------------------------------------------------


def check(reach: Reach, devices: Sequence[Device], progress: Progress) -> JobRun:
    """Connect to every device and compare what it shows with what we believe; nothing is logged in."""
    started = reach.clock()
    drivers, trust = reach.fleet.drivers, reach.fleet.trust
    readable = platforms(drivers)
    reached = [device for device in devices if device.platform in readable]
    outcomes = {device.name: _skipped(device) for device in devices if device.platform not in readable}
    findings: list[Finding] = []
    progress.started(reached)
    for answer in reach.fleet.visit(
        reached, lambda device: look(endpoint_of(device, door_of(drivers, device.platform)), device, trust)
    ):
        outcome = _outcome(answer.device, answer.value, answer.error, answer.seconds)
        outcomes[answer.device.name] = outcome
        if answer.value is not None:
            findings += _findings(answer.device, answer.value, started)
        progress.finished(outcome)
    return JobRun(
        command=COMMAND,
        run=new_run_id(started),
        started=started,
        finished=reach.clock(),
        outcomes=tuple(outcomes[device.name] for device in devices),
        findings=tuple(sorted(findings, key=lambda finding: finding.order)),
    )


def _outcome(device: Device, seen: Look | None, error: DeviceError | None, seconds: float) -> Outcome:
    problem = error or (seen.problem if seen else None)
    if problem is None and seen is not None:
        return Outcome(device.name, Result.OK, _told(seen), seconds=seconds)
    problem = problem or DeviceError(ErrorKind.INTERNAL, "no answer and no error")
    result = Result.TIMEOUT if problem.kind is ErrorKind.TIMEOUT else Result.FAILED
    return Outcome(device.name, result, error=problem, seconds=seconds)


def _told(seen: Look) -> str:
    if seen.keys:
        return ", ".join(f"{key.kind} {key.sha256}" for key in seen.keys if key in seen.known)
    how = "pinned" if seen.pin else "by an authority of trust/ca.pem"
    return f"certificate {how}, until {seen.chain[0].ends:%Y-%m-%d}" if seen.chain else how


def _findings(device: Device, seen: Look, now: datetime) -> Iterator[Finding]:
    if seen.chain and not seen.pin:
        # A pinned certificate is believed after its end as well; one of an authority is not.
        yield from _ending(device, seen.chain[0], now)
    for weakness in seen.weaknesses:
        yield Finding(
            "TRUST-002",
            Status.FAIL,
            Severity.LOW,
            device.name,
            "what proves its identity is weak",
            f"{device.name}: {weakness}",
            "Make a new key or certificate on the device, then: dcops trust add DEVICE",
        )
    yield from _old_algorithms(device, seen, now)


def _old_algorithms(device: Device, seen: Look, now: datetime) -> Iterator[Finding]:
    """Whether a leave for old SSH algorithms is still needed, and still holds."""
    leave = device.legacy_algorithms
    if leave is None or seen.offer is None:
        return
    needed = only_weak(seen.offer)
    over = leave.until is not None and leave.until < now.date()
    reason = f"{device.name}: {leave.reason}{f', until {leave.until}' if leave.until else ''}"
    if not needed:
        title, fix = (
            "its leave for old SSH algorithms is not needed any more",
            "Take legacy_algorithms out of its entry",
        )
        yield Finding("TRUST-003", Status.FAIL, Severity.LOW, device.name, title, reason, fix)
    else:
        title = "its leave for old SSH algorithms has ended" if over else "old SSH algorithms are allowed"
        status = Status.FAIL if over else Status.EXCEPTION
        evidence = f"{reason}; nothing better offered: {', '.join(needed)}"
        fix = "Update or replace the device, or give a new date"
        yield Finding("TRUST-003", status, Severity.MEDIUM, device.name, title, evidence, fix)


def _ending(device: Device, certificate: Certificate, now: datetime) -> Iterator[Finding]:
    left = certificate.ends - now
    if left >= ENDING:
        return
    over = left <= timedelta(0)
    yield Finding(
        "TRUST-001",
        Status.FAIL,
        Severity.HIGH if over else Severity.MEDIUM,
        device.name,
        "its certificate has ended" if over else "its certificate ends soon",
        f"{device.name}: until {certificate.ends:%Y-%m-%d}{'' if over else f', {left.days} days left'}",
        "Renew the certificate on the device: from its end on nothing is read from it",
    )


def _skipped(device: Device) -> Outcome:
    return Outcome(device.name, Result.SKIPPED, error=no_reader(device))


# ---- believing -----------------------------------------------------------------------------------


def first_look(reach: Reach, device: Device) -> Look:
    """What the device shows now; raises DeviceError."""
    drivers, trust = reach.fleet.drivers, reach.fleet.trust
    endpoint = endpoint_of(device, door_of(drivers, device.platform))
    (answer,) = reach.fleet.visit([device], lambda each: look(endpoint, each, trust))
    if answer.value is None:
        raise answer.error or DeviceError(ErrorKind.INTERNAL, "no answer and no error")
    return answer.value


def called(seen: Look, fingerprints: Sequence[str]) -> Look:
    """The look with only what the fingerprints name; raises DeviceError when one of them names nothing."""
    for fingerprint in fingerprints:
        if not _named(seen, fingerprint):
            raise DeviceError(
                ErrorKind.HOST_KEY if seen.keys else ErrorKind.CERTIFICATE,
                f"it does not show {fingerprint}: it shows {seen.fingerprint}",
                next_step="Nothing was added. Read the fingerprint on the device itself once more",
            )
    return replace(seen, keys=tuple(key for key in seen.keys if any(key.is_called(given) for given in fingerprints)))


def _named(seen: Look, fingerprint: str) -> bool:
    if seen.keys:
        return any(key.is_called(fingerprint) for key in seen.keys)
    return bool(seen.chain) and seen.chain[0].is_called(fingerprint)


def believe(trust: Trust, device: Device, seen: Look) -> Path:
    """Write what the device shows into `trust/`; gives the file that changed. Comments and order stay."""
    with durable.explained(trust.folder, "made"):
        trust.folder.mkdir(parents=True, exist_ok=True)
    with _alone(trust.folder):
        if seen.keys:
            place = trust.folder / "known_hosts"
            text = files.with_host_keys(_text(place), seen.endpoint.known_hosts_name, seen.keys)
        else:
            place = trust.folder / "pins"
            text = files.with_pin(_text(place), device.name, seen.chain[0].sha256)
        durable.replace(place, text.encode(), mode=PUBLIC)
    return place


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two people who add a device at the same time must not undo each other's line."""
    with durable.explained(folder, "locked"):
        handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise CannotRun(f"{file} cannot be read: {error}") from None
