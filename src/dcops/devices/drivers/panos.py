"""Palo Alto PAN-OS in the shape of a NAPALM driver, on the XML API over verified TLS.

napalm-panos, pan-python and pan-os-python connect without checking the certificate; this driver refuses to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from lxml import etree
from napalm.base import NetworkDriver

from dcops.devices.failures import explain
from dcops.devices.panos import neighbours
from dcops.devices.panos.calls import SYSTEM_INFO, calls
from dcops.devices.panos.client import PanosClient
from dcops.devices.tls import pool
from dcops.devices.trust import Trust
from dcops.errors import DeviceError, ErrorKind
from dcops.model.call import Call
from dcops.model.secret import Secret
from dcops.model.snapshot import ConfigSource, Document
from dcops.model.transcript import NoTape, Tape

UPTIME = re.compile(r"(?:(\d+) days?, )?(\d+):(\d+):(\d+)")


class PANOSDriver(NetworkDriver):  # type: ignore[misc]
    """Reads a firewall. Optional arguments: `port`, `trust`, `device_name`, `tls_name`, `api_key`, `tape`.

    Getters that are not here raise NotImplementedError, as NAPALM's base class does.
    """

    platform = "panos"
    transport: ClassVar[str] = "tls"
    default_port: ClassVar[int] = 443

    def __init__(
        self,
        hostname: str,
        username: str,
        password: str,
        timeout: int = 60,
        optional_args: Mapping[str, Any] | None = None,
    ) -> None:
        args = {key: value for key, value in (optional_args or {}).items() if value is not None}
        self.hostname = hostname
        self.username = username
        self.timeout = timeout
        self._password = Secret(password)
        self._trust: Trust = args["trust"]
        self._port = int(args.get("port", self.default_port))
        self._device_name = str(args.get("device_name", hostname))
        self._tls_name: str | None = args.get("tls_name")
        self._api_key: Secret | None = args.get("api_key") or None
        self._tape: Tape = args.get("tape", NoTape())
        self._client: PanosClient | None = None

    def open(self) -> None:
        """Connect and get an API key; raises DeviceError."""
        # The management plane of a PA-3020 needs up to a minute for one call.
        connection = pool(
            self.hostname,
            self._port,
            self._trust,
            self._device_name,
            self._tls_name,
            min(60.0, float(self.timeout)),
        )
        password = self._password if self._password else None
        self._client = PanosClient(connection, self.username, password, self._api_key, self._tape)
        try:
            self._client.login()
        except Exception as error:  # noqa: BLE001  one place turns urllib3's many faces into ours
            self.close()
            raise explain(error, self._secrets) from None

    def close(self) -> None:
        """Disconnect; never raises. The API knows no logout."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def abort(self) -> None:
        """Cut the connection from another thread."""
        client = self._client
        if client is not None:
            client.abort()

    def is_alive(self) -> dict[str, bool]:
        """Whether the firewall answers a small command now."""
        try:
            self._api.op("<show><clock></clock></show>")
        except DeviceError:
            return {"is_alive": False}
        return {"is_alive": True}

    def get_facts(self) -> dict[str, Any]:
        """NAPALM's facts, from `show system info` and the interface list."""
        system = self._api.op(SYSTEM_INFO).find("result/system")
        if system is None:
            raise DeviceError(ErrorKind.INVALID, "show system info gave no system", next_step="Look at the device")
        interfaces = self._api.op("<show><interface>all</interface></show>")
        names = {
            text.strip()
            for element in interfaces.iterfind("result/*/entry/name")
            if (text := element.text) and text.strip()
        }
        hostname = system.findtext("hostname", "")
        return {
            "vendor": "Palo Alto Networks",
            "model": system.findtext("model", ""),
            "serial_number": system.findtext("serial", ""),
            "os_version": system.findtext("sw-version", ""),
            "hostname": hostname,
            "fqdn": hostname,
            "uptime": _uptime(system.findtext("uptime", "")),
            "interface_list": sorted(names),
        }

    def get_config(
        self,
        retrieve: str = "all",
        full: bool = False,
        sanitized: bool = False,
        format: str = "text",  # noqa: ARG002  NAPALM's signature; PAN-OS has one format
    ) -> dict[str, str]:
        """Running and candidate configuration as XML text; PAN-OS has no startup configuration."""
        if full or sanitized:
            raise NotImplementedError("PAN-OS knows no full form; dcops redacts what it stores")
        configurations = {"running": "", "candidate": "", "startup": ""}
        if retrieve in ("all", "running"):
            configurations["running"] = self._api.export_configuration().decode("utf-8", "replace")
        if retrieve in ("all", "candidate"):
            answer = self._api.op("<show><config><candidate></candidate></config></show>")
            config = answer.find("result/config")
            if config is not None:
                configurations["candidate"] = etree.tostring(config, encoding="unicode")
        return configurations

    def get_interfaces_ip(self) -> dict[str, dict[str, dict[str, Any]]]:
        """The addresses of the interfaces, the management port's among them."""
        return neighbours.interfaces_ip(self._api.op(neighbours.INTERFACES), self._api.op(SYSTEM_INFO))

    def get_arp_table(self, vrf: str = "") -> list[dict[str, Any]]:
        """The ARP table of the data ports; the management port keeps its own, which this command does not show."""
        if vrf:
            raise NotImplementedError("PAN-OS shows one ARP table for all virtual routers")
        return neighbours.arp_table(self._api.op(neighbours.ARP))

    def get_lldp_neighbors(self) -> dict[str, list[dict[str, str]]]:
        """Name and port of every neighbour, by port of ours."""
        return {
            port: [{"hostname": one["remote_system_name"], "port": one["remote_port"]} for one in found]
            for port, found in self.get_lldp_neighbors_detail().items()
        }

    def get_lldp_neighbors_detail(self, interface: str = "") -> dict[str, list[dict[str, Any]]]:
        """Everything that the neighbours say of themselves, by port of ours."""
        found = neighbours.lldp_neighbours(self._api.op(neighbours.LLDP))
        return {port: entries for port, entries in found.items() if interface in ("", port)}

    def read_configurations(self) -> tuple[tuple[Document, ...], tuple[str, ...]]:
        """The exported running configuration, byte for byte: the file that the firewall can import again."""
        return (Document(ConfigSource.RUNNING, self._api.export_configuration()),), ()

    def calls(self) -> tuple[Call, ...]:
        """Every question that dcops asks of this platform."""
        return calls(lambda: self._api, self.username)

    @property
    def _api(self) -> PanosClient:
        if self._client is None:
            raise DeviceError(ErrorKind.UNREACHABLE, "not connected", next_step="Call open() first")
        return self._client

    @property
    def _secrets(self) -> tuple[Secret, ...]:
        return tuple(secret for secret in (self._password, self._api_key) if secret)


def _uptime(text: str) -> float:
    """Seconds from `11 days, 22:09:01`; -1 when the device says it otherwise, as NAPALM does."""
    match = UPTIME.fullmatch(text.strip())
    if match is None:
        return -1.0
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
