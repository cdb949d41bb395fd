"""A question that dcops will ask a device, so that it can be tried before it is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a call that worked."""

    detail: str
    """What the device answered, in a few words: `PAN-OS 9.1.16, serial 001801…`, `23,441 bytes`."""
    warning: str = ""
    """What a person should know of it all the same: `the account may also write`."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `ask` is made on an open driver and raises DeviceError when the device does not give it."""

    name: str
    """As the device knows it: `show running-config`, `GET status.wan.connection`."""
    why: str
    """What dcops needs it for: `facts`, `backup`, `rights`."""
    ask: Callable[[], Told]
    needed: bool = True
    """Without it the device cannot be backed up."""
