"""One thing that a device told unasked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

UNKNOWN = "unknown"
"""The kind of what comes from an address that no device of the inventory has."""


@dataclass(frozen=True, slots=True)
class Notification:
    """A trap or an inform, as it came."""

    oid: str
    """snmpTrapOID; of SNMPv1 as RFC 3584 makes it."""
    variables: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    confirmed: bool = False
    """An inform: the device was told that it came."""
    request: int = 0
    """Its number. An inform that is sent again has the same."""


@dataclass(frozen=True, slots=True)
class Event:
    """A notification with its sender and its meaning."""

    received: float
    """Seconds since 1970."""
    kind: str
    source: str
    """The address that it came from."""
    device: str = ""
    site: str = ""
    notification: Notification = Notification("")
