"""What a device shows before the login, beside what we believe of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dcops.devices.identity import certificates, host_keys
from dcops.devices.identity.certificates import Certificate
from dcops.devices.identity.endpoint import Endpoint, Transport
from dcops.devices.identity.files import host_keys_of
from dcops.devices.identity.host_keys import HostKey
from dcops.devices.ssh.algorithms import Offer
from dcops.devices.trust import Trust
from dcops.errors import DeviceError, ErrorKind
from dcops.model.device import Device


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one device. Exactly one of `keys` and `chain` holds something."""

    endpoint: Endpoint
    keys: tuple[HostKey, ...] = ()
    """The host keys that it offers."""
    chain: tuple[Certificate, ...] = ()
    """The certificates that it shows, its own first."""
    known: tuple[HostKey, ...] = ()
    """Those that `trust/known_hosts` has for it."""
    pin: str = ""
    """The one that `trust/pins` has for it."""
    software: str = ""
    """What its SSH server calls itself."""
    offer: Offer | None = None
    """The algorithms of its SSH server."""
    problem: DeviceError | None = None
    """Why a backup would not log in; None: it is the device we know."""

    @property
    def changed(self) -> tuple[tuple[str, str], ...]:
        """What is other than we know: the fingerprint that we know, and the one that it shows."""
        ours = {key.kind: key for key in self.known}
        pairs = [(ours[key.kind].sha256, key.sha256) for key in self.keys if ours.get(key.kind, key) != key]
        if self.pin and self.chain and self.chain[0].sha256 != self.pin:
            pairs.append((self.pin, self.chain[0].sha256))
        return tuple(pairs)

    @property
    def fingerprint(self) -> str:
        """What it shows, in short."""
        if self.keys:
            return ", ".join(f"{key.kind} {key.sha256}" for key in self.keys)
        return f"certificate sha256:{self.chain[0].sha256}" if self.chain else ""

    @property
    def weaknesses(self) -> Iterator[str]:
        """Why what it shows proves little."""
        for key in self.keys:
            if key.weakness:
                yield f"{key.kind}: {key.weakness}"
        if self.chain and self.chain[0].weakness:
            yield f"certificate: {self.chain[0].weakness}"


def look(endpoint: Endpoint, device: Device, trust: Trust) -> Look:
    """Connect, look and judge; nothing is logged in. Raises DeviceError when there is nothing to look at."""
    if endpoint.transport is Transport.SSH:
        return _ssh(endpoint, device, trust)
    return _tls(endpoint, device, trust)


def _ssh(endpoint: Endpoint, device: Device, trust: Trust) -> Look:
    shown = host_keys.fetch(endpoint, legacy=device.legacy_algorithms is not None)
    known = host_keys_of(trust.host_keys, endpoint.known_hosts_name)
    seen = Look(endpoint, keys=shown.keys, known=known, software=shown.version, offer=shown.offer)
    return replace(seen, problem=_ssh_problem(seen, device))


def _ssh_problem(seen: Look, device: Device) -> DeviceError | None:
    if seen.changed:
        old, new = seen.changed[0]
        return DeviceError(
            ErrorKind.HOST_KEY,
            f"its host key is {new} and the one we know is {old}: a new box, or somebody in between",
            next_step=f"Read the fingerprint on its console; when it is right: dcops trust add {device.name}",
        )
    if not set(seen.known) & set(seen.keys):
        return DeviceError(
            ErrorKind.HOST_KEY,
            "its SSH host key is not known",
            next_step=f"Read the fingerprint on its console, then: dcops trust add {device.name}",
        )
    return None


def _tls(endpoint: Endpoint, device: Device, trust: Trust) -> Look:
    tls_name = device.management.tls_name if device.management else None
    chain = certificates.fetch(endpoint, tls_name)
    problem = None
    try:
        certificates.judged(endpoint, device, trust)
    except DeviceError as error:
        problem = error
    return Look(endpoint, chain=chain, pin=trust.pins.get(device.name, ""), problem=problem)
