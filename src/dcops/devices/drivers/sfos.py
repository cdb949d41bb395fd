"""Sophos SFOS in the shape of a NAPALM driver, on the XML API over verified TLS.

Read only: SFOS has no candidate, so that every write would take effect at once and could not be undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from lxml import etree
from napalm.base import NetworkDriver

from dcops.devices.failures import explain
from dcops.devices.https import FormPoster
from dcops.devices.sfos.answers import Refused
from dcops.devices.sfos.client import SfosClient
from dcops.devices.sfos.entities import ENTITIES, INTERFACES, SCHEDULE, SETTINGS, Entity
from dcops.devices.sfos.reading import Reading, read
from dcops.devices.sfos.schedule import schedule
from dcops.devices.tls import pool
from dcops.devices.trust import Trust
from dcops.errors import DeviceError, ErrorKind
from dcops.model.call import Call, Told
from dcops.model.secret import Secret
from dcops.model.snapshot import ConfigSource, Document
from dcops.model.transcript import NoTape, Tape

PORT = 4444
"""Of the web console, which the API is a part of."""

NO_RESTORE = "the API gives no file that can restore it"
RIGHTS_UNSEEN = "the API does not tell whether the account may also write: give it a profile of Read-Only"


class SFOSDriver(NetworkDriver):  # type: ignore[misc]
    """Reads a firewall. Optional arguments: `port`, `trust`, `device_name`, `tls_name`, `tape`.

    Getters that are not here raise NotImplementedError, as NAPALM's base class does.
    """

    platform = "sfos"
    transport: ClassVar[str] = "tls"
    default_port: ClassVar[int] = 4444

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
        self._port = int(args.get("port", PORT))
        self._device_name = str(args.get("device_name", hostname))
        self._tls_name: str | None = args.get("tls_name")
        self._tape: Tape = args.get("tape", NoTape())
        self._client: SfosClient | None = None

    def open(self) -> None:
        """Connect and ask one question, to see that the login is good; raises DeviceError. There is no session."""
        if not self._password:
            raise DeviceError(ErrorKind.AUTH, "the credential has no password", next_step="See dcops secrets check")
        connection = pool(
            self.hostname,
            self._port,
            self._trust,
            self._device_name,
            self._tls_name,
            min(60.0, float(self.timeout)),
        )
        self._client = SfosClient(FormPoster(connection), self.username, self._password, self._tape)
        try:
            self._greet()
        except Exception as error:  # noqa: BLE001  one place turns urllib3's many faces into ours
            self.close()
            raise explain(error, (self._password,)) from None

    def close(self) -> None:
        """Disconnect; never raises. There is nothing to log out of."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def abort(self) -> None:
        """Give the connection up from another thread."""
        client = self._client
        if client is not None:
            client.abort()

    def is_alive(self) -> dict[str, bool]:
        """Whether the firewall answers a small question now."""
        try:
            self._greet()
        except DeviceError:
            return {"is_alive": False}
        return {"is_alive": True}

    def get_facts(self) -> dict[str, Any]:
        """NAPALM's facts. The API tells neither model nor serial number nor uptime, and of the version only its own."""
        reading = read(self._api, (SETTINGS, INTERFACES))
        hostname = _first(reading.of("AdminSettings"), "HostName", "Hostname")
        names = {_first((one,), "Hardware") or _first((one,), "Name") for one in reading.of("Interface")}
        version = reading.version.get("APIVersion", "")
        return {
            "vendor": "Sophos",
            "model": "",
            "serial_number": "",
            "os_version": f"API {version}" if version else "",
            "hostname": hostname,
            "fqdn": hostname,
            "uptime": -1.0,
            "interface_list": sorted(names - {""}),
        }

    def get_config(
        self,
        retrieve: str = "all",
        full: bool = False,
        sanitized: bool = False,
        format: str = "text",  # noqa: ARG002  NAPALM's signature; SFOS has one format
    ) -> dict[str, str]:
        """What the firewall says of its settings, as running configuration; SFOS has no candidate and no startup."""
        if full or sanitized:
            raise NotImplementedError("SFOS knows no full form; dcops redacts what it stores")
        configurations = {"running": "", "candidate": "", "startup": ""}
        if retrieve in ("all", "running"):
            configurations["running"] = read(self._api, ENTITIES).document().decode()
        return configurations

    def read_configurations(self) -> tuple[tuple[Document, ...], tuple[str, ...]]:
        """Every entity as one XML document, and what a person must know: this restores nothing."""
        reading = read(self._api, ENTITIES)
        return (Document(ConfigSource.STATE, reading.document()),), _missing(reading)

    def calls(self) -> tuple[Call, ...]:
        """Login, facts, the schedule of its own backup, and every entity by itself."""
        return (
            Call("POST /webconsole/APIController", "rights", self._try_login),
            Call("Get AdminSettings, Interface", "facts", self._try_facts),
            Call("Get BackupRestore", "proof of backup", self._try_schedule, needed=False),
            *(
                Call(f"Get {entity.tag}", "backup", self._trying(entity), needed=entity.needed)
                for entity in ENTITIES
                if entity is not SCHEDULE
            ),
        )

    def _try_login(self) -> Told:
        version = self._greet()
        return Told(f"login accepted, API {version or 'without a version'}", RIGHTS_UNSEEN)

    def _try_facts(self) -> Told:
        facts = self.get_facts()
        interfaces = len(facts["interface_list"])
        return Told(
            f"{facts['hostname'] or 'no host name'}, {interfaces} interfaces; no model, serial number or firmware"
        )

    def _try_schedule(self) -> Told:
        found = schedule(read(self._api, (SCHEDULE,)))
        return Told(found.words) if found.leaves else Told("read", found.words)

    def _trying(self, entity: Entity) -> Callable[[], Told]:
        def ask() -> Told:
            reading = read(self._api, (entity,))
            if reading.refused:
                refusal = reading.refused[0]
                raise DeviceError(
                    ErrorKind.UNSUPPORTED if refusal.is_unknown else ErrorKind.DENIED,
                    f"it does not give {refusal}",
                    next_step="Nothing to do: this firmware has no such entity"
                    if refusal.is_unknown
                    else "Give the account's profile Read-Only on every area: Profiles > Device access",
                )
            records = sum(len(reading.of(tag)) for tag in reading.elements)
            return Told(f"{records} record{'' if records == 1 else 's'}")

        return ask

    def _greet(self) -> str:
        """The smallest question; the version of the API."""
        try:
            return str(self._api.get((SETTINGS.tag,)).get("APIVersion") or "")
        except Refused as error:
            if error.is_final:
                raise
            # The login is good: this one question is not to its liking.
            return ""

    @property
    def _api(self) -> SfosClient:
        if self._client is None:
            raise DeviceError(ErrorKind.UNREACHABLE, "not connected", next_step="Call open() first")
        return self._client


def _first(elements: Iterable[etree._Element], *tags: str) -> str:
    """The first text below the elements that stands in one of these tags."""
    return next((text for one in elements for each in one.iter(*tags) if (text := (each.text or "").strip())), "")


def _missing(reading: Reading) -> tuple[str, ...]:
    words = [NO_RESTORE, schedule(reading).words]
    others = [refusal for refusal in reading.refused if refusal.entity != SCHEDULE.tag]
    if unknown := [refusal.entity for refusal in others if refusal.is_unknown]:
        words.append(f"not known to this firmware: {', '.join(unknown)}")
    if refused := [str(refusal) for refusal in others if not refusal.is_unknown]:
        words.append(f"not given: {', '.join(refused)}")
    return tuple(words)
