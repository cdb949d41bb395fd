"""Where an exporter listens: on this host, unless somebody says that others may listen in."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from dcops.errors import UsageError
from dcops.exporters.web_config import WebConfig

DEFAULT = "127.0.0.1:9740"


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a port."""

    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Only this host can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse(text: str, *, in_the_clear: bool = False, access: WebConfig | None = None) -> Address:
    """Read `127.0.0.1:9740` or `[::1]:9740`. An address that other hosts reach needs TLS and a login, or a flag."""
    parts = urlsplit(f"//{text}")
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or port is None or parts.path or parts.username is not None or parts.query:
        raise UsageError(f"{text!r} is no address to listen on", next_step=f"Write it as in {DEFAULT} or [::1]:9740")
    address = Address(host, port)
    if address.loopback or in_the_clear:
        return address
    if access is None:
        raise UsageError(
            f"{address} can be reached from other hosts, and metrics would cross the network in the clear",
            next_step="Say certificate and logins with --web-config FILE (docs/how-to/prometheus.md),"
            f" listen on {DEFAULT} behind a proxy, or add --in-the-clear on a network that only Prometheus can reach",
        )
    if access.weakness:
        raise UsageError(
            f"{address} can be reached from other hosts, and {access.file} is not enough for that: {access.weakness}",
            next_step="docs/how-to/prometheus.md has an example, or add --in-the-clear",
        )
    return address
