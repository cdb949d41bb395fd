"""What a check may read: captured first, with its time and origin, so that judging touches nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class SourceKind(StrEnum):
    """Where facts come from."""

    CONFIG = "config"
    """A configuration in its readable form: no secret stands in it."""
    STATE = "state"
    """What a device said of itself: the output of a command, a getter's answer."""
    DNS = "dns"
    PROBE = "probe"
    VSPHERE = "vsphere"
    SNMP = "snmp"
    INVENTORY = "inv"
    HISTORY = "hist"


@dataclass(frozen=True, slots=True)
class Source:
    """One captured thing about one device, or why there is none."""

    device: str
    kind: SourceKind
    name: str
    """Which one of its kind: `running`, `sshd`; empty when there is only one."""
    taken: datetime
    """UTC."""
    origin: str
    """Where it was taken from, in words for a report: `archive 1a2b3c`, `read now`."""
    content: str | Mapping[str, Any] = field(default="", repr=False)
    problem: str = ""
    """Why nothing can be said from it: the device was silent, the archive holds none. Then `content` does not count."""
    weak: frozenset[str] | None = None
    """The marks `<secret:…>` in it that stand for well-known words (`public`, `cisco`); None: nobody looked."""

    @property
    def title(self) -> str:
        """Its kind and name, as a rule writes them."""
        return f"{self.kind}/{self.name}" if self.name else self.kind.value
