"""Peplink Balance in the shape of a NAPALM driver, on its web API over verified TLS. It only reads.

The API gives no configuration: what is read is what the device says of its settings, which cannot restore it, and
its own backup file where a site has set up the download.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, TypeVar

from napalm.base import NetworkDriver

from dcops.devices.failures import explain
from dcops.devices.peplink import state
from dcops.devices.peplink.answers import PeplinkError, ordered
from dcops.devices.peplink.client import ALIVE, PeplinkClient
from dcops.devices.peplink.download import Download
from dcops.devices.peplink.session import Login, PasswordLogin, TokenLogin
from dcops.devices.peplink.state import Part
from dcops.devices.peplink.wire import ConnectionLost, Question, Wire
from dcops.devices.tls import pool
from dcops.devices.trust import Trust
from dcops.errors import DeviceError, ErrorKind
from dcops.model.call import Call, Told
from dcops.model.secret import Secret
from dcops.model.snapshot import ConfigSource, Document
from dcops.model.transcript import NoTape, Tape

T = TypeVar("T")

FIRMWARE = Question("GET", "/api/info.firmware")
LAN = Question("GET", "/api/status.lan.profile")
WAN = Question("GET", "/api/status.wan.connection")
CLIENTS = Question("GET", "/api/status.client", {"activeOnly": "yes", "outputWeight": "lite"})
# Not documented: the web admin asks so. Whatever comes of it, a backup does not need it.
SYSTEM = Question("GET", "/cgi-bin/MANGA/api.cgi", {"func": "status.system.info", "infoType": "device"})

REFUSALS = (ErrorKind.UNSUPPORTED, ErrorKind.DENIED, ErrorKind.INVALID, ErrorKind.INTERNAL)
"""Answers to a function that is not needed which leave the rest of the backup as good as it is."""
PAUSE_SECONDS = 3.0
PATIENCE_SECONDS = 15.0
"""An apply by somebody else drops every session, and for some seconds the web admin itself."""


class PeplinkDriver(NetworkDriver):  # type: ignore[misc]
    """Reads a balancer.

    Optional arguments: `port`, `trust`, `device_name`, `tls_name`, `api_key` (the secret of an API client whose id is
    the user name), `tape`, and of `[peplink]`: `download_path`, `download_method`, `download_fields`,
    `download_smallest_bytes`, `read_priorities`.
    """

    platform = "peplink"
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
        self._port = int(args.get("port", 443))
        self._device_name = str(args.get("device_name", hostname))
        self._tls_name: str | None = args.get("tls_name")
        self._client_secret: Secret | None = args.get("api_key") or None
        self._tape: Tape = args.get("tape", NoTape())
        self._download = Download.of(args)
        self._parts = (*state.PARTS, state.PRIORITIES) if args.get("read_priorities") else state.PARTS
        self._client: PeplinkClient | None = None

    def open(self) -> None:
        """Connect and begin a session; raises DeviceError."""
        login = self._login()
        connection = pool(
            self.hostname,
            self._port,
            self._trust,
            self._device_name,
            self._tls_name,
            min(60.0, float(self.timeout)),
        )
        self._client = PeplinkClient(Wire(connection), login, self._tape)
        try:
            self._client.login()
        except Exception as error:  # noqa: BLE001  one place turns urllib3's many faces into ours
            self.close()
            raise explain(error, login.secrets) from None

    def close(self) -> None:
        """Log out and disconnect; never raises. The web admin has few places, and gives one up after hours only."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def abort(self) -> None:
        """Give the connection up from another thread."""
        client = self._client
        if client is not None:
            client.abort()

    def is_alive(self) -> dict[str, bool]:
        """Whether the session is good and the device answers a small question now."""
        try:
            self._api.ask(ALIVE)
        except DeviceError:
            return {"is_alive": False}
        return {"is_alive": True}

    def get_facts(self) -> dict[str, Any]:
        """NAPALM's facts. Model, serial and name are not in the documented API: empty where the device hides them.

        The API has no uptime: -1, as NAPALM says it.
        """
        version = _version(self._api.ask(FIRMWARE).response)
        links = [str(link.get("name", f"WAN {number}")) for number, link in ordered(self._api.ask(WAN).response)]
        networks = [_network(number, lan) for number, lan in ordered(self._api.ask(LAN).response)]
        system = self._system()
        hostname = system.get("host") or system.get("name") or ""
        return {
            "vendor": "Peplink",
            "model": system.get("model", ""),
            "serial_number": system.get("serialNumber", ""),
            "os_version": version,
            "hostname": hostname,
            "fqdn": hostname,
            "uptime": -1.0,
            "interface_list": [*links, *networks],
        }

    def get_config(
        self,
        retrieve: str = "all",
        full: bool = False,
        sanitized: bool = False,
        format: str = "text",  # noqa: ARG002  NAPALM's signature; there is one format
    ) -> dict[str, str]:
        """What the device says of its settings, as JSON, in place of the running configuration: it gives none."""
        if full or sanitized:
            raise NotImplementedError("the API knows no full form; dcops redacts what it stores")
        configurations = {"running": "", "candidate": "", "startup": ""}
        if retrieve in ("all", "running"):
            content, _ = self._in_one_piece(self._state)
            configurations["running"] = content.decode("utf-8", "replace")
        return configurations

    def get_arp_table(self, vrf: str = "") -> list[dict[str, Any]]:
        """The hosts behind the balancer that it has seen lately; it does not say how long ago."""
        if vrf:
            raise NotImplementedError("it knows no VRF")
        names = {lan.get("vlanId", 0): _network(number, lan) for number, lan in ordered(self._api.ask(LAN).response)}
        return [
            {
                "interface": names.get(host.get("vlanId", 0), f"VLAN {host.get('vlanId')}"),
                "mac": str(host["mac"]),
                "ip": str(host["ip"]),
                "age": -1.0,
            }
            for host in _hosts(self._api.ask(CLIENTS).response)
            if host.get("mac") and host.get("ip")
        ]

    def read_configurations(self) -> tuple[tuple[Document, ...], tuple[str, ...]]:
        """What it says of its settings and, where the download is set up, its own backup file."""
        return self._in_one_piece(self._documents)

    def calls(self) -> tuple[Call, ...]:
        """Every question that dcops asks of this platform."""
        calls = [Call(self._login().question.name, "rights", self._tell_rights)]
        for part in self._parts:
            tell = _TELLS.get(part.function, _tell_size)
            calls.append(Call(part.question.name, "backup", self._telling(part.question, tell), part.is_needed))
        calls.append(Call("GET status.system.info", "facts", self._telling_once(SYSTEM, _tell_system), needed=False))
        calls.append(Call(CLIENTS.name, "neighbours", self._telling(CLIENTS, _tell_hosts), needed=False))
        if (download := self._download) is not None:
            calls.append(Call(download.question.name, "backup file", self._tell_file))
        return tuple(calls)

    # ---- reading -------------------------------------------------------------------------------

    def _documents(self) -> tuple[tuple[Document, ...], tuple[str, ...]]:
        content, missing = self._state()
        documents = (Document(ConfigSource.STATE, content),)
        if self._download is None:
            return documents, (*missing, "file: no restorable backup, set up [peplink] download_path")
        return (Document(ConfigSource.FILE, self._download.file(self._api)), *documents), missing

    def _state(self) -> tuple[bytes, tuple[str, ...]]:
        answers: dict[str, bytes] = {}
        missing = []
        for part in self._parts:
            raw, reason = self._part(part)
            if reason:
                missing.append(f"{part.function}: {reason}")
            else:
                answers[part.function] = raw
        return state.document(answers), tuple(missing)

    def _part(self, part: Part) -> tuple[bytes, str]:
        """The answer, or why there is none; raises DeviceError when the backup needs it."""
        try:
            return self._api.ask(part.question).raw, ""
        except PeplinkError as error:
            if part.is_needed or error.kind not in REFUSALS:
                raise
            return b"", error.message

    def _in_one_piece(self, read: Callable[[], T]) -> T:
        """What one session gave from its first question to its last.

        A session that ends in the middle tells that somebody has applied changes: what was read before and after
        would be two configurations, so all of it is read again, once.
        """
        before = self._api.logins
        try:
            content = read()
            if self._api.logins == before:
                return content
        except DeviceError as error:
            if not _passes(error) or self._api.is_cut:
                raise
            self._come_back()
        before = self._api.logins
        content = read()
        if self._api.logins != before:
            raise DeviceError(
                ErrorKind.BUSY,
                "its session ended twice while it was read: somebody is applying changes",
                next_step="Ask who is working on it, and run the backup again",
            )
        return content

    def _come_back(self) -> None:
        """Wait until it takes logins again."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            time.sleep(PAUSE_SECONDS)
            try:
                self._api.login()
            except DeviceError as error:
                if not _passes(error) or self._api.is_cut or time.monotonic() > deadline:
                    raise
            else:
                return

    def _system(self) -> dict[str, str]:
        """What it says of itself where nobody promised it; empty when it says nothing."""
        try:
            given = self._api.try_once(SYSTEM).response
        except ConnectionLost:
            raise
        except DeviceError:
            return {}
        device = given.get("device") if isinstance(given, dict) else None
        if not isinstance(device, dict):
            return {}
        return {str(key): value for key, value in device.items() if isinstance(value, str)}

    # ---- telling -------------------------------------------------------------------------------

    def _telling(self, question: Question, tell: Callable[[bytes, Any], str]) -> Callable[[], Told]:
        def ask() -> Told:
            answer = self._api.ask(question)
            return Told(tell(answer.raw, answer.response))

        return ask

    def _telling_once(self, question: Question, tell: Callable[[bytes, Any], str]) -> Callable[[], Told]:
        def ask() -> Told:
            answer = self._api.try_once(question)
            return Told(tell(answer.raw, answer.response))

        return ask

    def _tell_rights(self) -> Told:
        if self._client_secret is not None:
            return Told(
                "a token was granted",
                "a token does not tell its rights: make its client with the scope api.read-only",
            )
        permission = self._api.session.permission
        if not permission:
            return Told("logged in", "it does not say what the account may do: a read-only user is enough")
        if not permission.get("GET"):
            raise DeviceError(
                ErrorKind.DENIED, "the account may not read", next_step="Give it read access to the web admin"
            )
        if permission.get("POST"):
            return Told("the account may read", "the account may also write: a read-only user is enough")
        return Told("the account may read and not write")

    def _tell_file(self) -> Told:
        assert self._download is not None
        return Told(f"{len(self._download.file(self._api)):,} bytes")

    # ---- the session ---------------------------------------------------------------------------

    def _login(self) -> Login:
        if self._client_secret is not None:
            return TokenLogin(self.username, self._client_secret)
        if not self._password:
            raise DeviceError(
                ErrorKind.AUTH,
                "the credential has neither a password nor an api_key",
                next_step="See dcops secrets check",
            )
        return PasswordLogin(self.username, self._password)

    @property
    def _api(self) -> PeplinkClient:
        if self._client is None:
            raise DeviceError(ErrorKind.UNREACHABLE, "not connected", next_step="Call open() first")
        return self._client


def _passes(error: DeviceError) -> bool:
    """It may be over in some seconds."""
    return isinstance(error, ConnectionLost) or error.kind is ErrorKind.BUSY


def _version(firmware: object) -> str:
    """The version that runs: of the one in use, not of the one that merely could be booted."""
    for _, slot in ordered(firmware):
        if slot.get("inUse"):
            return str(slot.get("version", ""))
    raise DeviceError(
        ErrorKind.INVALID, "it does not say which of its firmware is in use", next_step="Look at the device"
    )


def _network(number: int, lan: Mapping[str, Any]) -> str:
    return str(lan.get("name") or ("LAN" if number == 0 else f"LAN {number}"))


def _hosts(clients: object) -> Iterator[Mapping[str, Any]]:
    listed = clients.get("list") if isinstance(clients, dict) else None
    yield from (host for host in listed or () if isinstance(host, dict))


def _tell_size(raw: bytes, _: object) -> str:
    return f"{len(raw):,} bytes"


def _tell_firmware(_: bytes, firmware: object) -> str:
    return f"firmware {_version(firmware)}"


def _tell_lan(_: bytes, table: object) -> str:
    return f"{sum(1 for _ in ordered(table))} networks"


def _tell_wan(_: bytes, table: object) -> str:
    links = [link for _, link in ordered(table)]
    return f"{len(links)} connections, {sum(link.get('statusLed') == 'green' for link in links)} up"


def _tell_system(_: bytes, given: object) -> str:
    device = given.get("device") if isinstance(given, dict) else None
    if not isinstance(device, dict):
        raise DeviceError(ErrorKind.UNSUPPORTED, "it does not describe itself here", next_step="Nothing to do")
    return f"{device.get('model', 'no model')}, serial {device.get('serialNumber', 'unknown')}"


def _tell_hosts(_: bytes, clients: object) -> str:
    return f"{sum(1 for _ in _hosts(clients))} hosts"


_TELLS: Mapping[str, Callable[[bytes, Any], str]] = {
    "info.firmware": _tell_firmware,
    "status.lan.profile": _tell_lan,
    "status.wan.connection": _tell_wan,
}
