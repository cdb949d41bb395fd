"""A vCenter as it is asked: where it is, as whom, and how patiently."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field

from dcops.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Target:
    """One vCenter that can be asked."""

    name: str
    host: str
    port: int
    user: str
    password: Secret = field(repr=False)
    context: ssl.SSLContext = field(repr=False, compare=False)
    """Believes the CA file of the site; or nobody by itself when there is a pin."""
    server_name: str | None = None
    """Name in its certificate, when it is not its address."""
    pin: str | None = None
    """SHA-256 of its certificate (DER), lower-case hex: then it is the proof, and no chain or name is needed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, how much, how often."""

    connect_seconds: float = 10.0
    """TCP and TLS together."""
    call_seconds: float = 90.0
    """One answer, all of it. A busy vCenter has been seen to think for half a minute."""
    login_seconds: float = 60.0
    page_objects: int = 1000
    """Objects in one answer of the inventory."""
    answer_bytes: int = 256 * 1024 * 1024
    """The largest answer, unpacked."""
    entities: int = 256
    """Hosts and machines in one question for samples; vCenter 6.5 and later take so many."""
    least_entities: int = 8
    in_flight: int = 2
    """Questions for samples at a time, each on a connection of its own."""
    refused_waits_seconds: tuple[float, ...] = (400.0, 1800.0)
    """After a refused password: how long until the same one is tried again, and again; then never. vCenter
    itself locks an account after five refusals in three minutes, by default."""
