"""Asks one device, through the getters its driver has, what it sees around itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from napalm.base import NetworkDriver

from dcops.devices.failures import explain
from dcops.devices.neighbours import cisco, lldp
from dcops.devices.neighbours.lldp import address_of, mac_of
from dcops.errors import DeviceError, ErrorKind
from dcops.model.seen import Address, AddressSeen, Neighbour, Protocol, Sighting

# Any of these tells something of others; the rest tells only of the device itself.
TELLING = ("get_lldp_neighbors_detail", "get_lldp_neighbors", "get_arp_table", "get_ipv6_neighbors_table")
# After one of these the next question may still be answered; after any other the connection is gone.
_ONE_QUESTION = frozenset({ErrorKind.INVALID, ErrorKind.INTERNAL, ErrorKind.DENIED, ErrorKind.UNSUPPORTED})
_OWN_AGE = -1


def can_be_asked(driver: type[Any], platform: str) -> bool:
    """Whether the driver can tell of anything around the device: by a getter, or in Cisco's own words."""
    getters = (*TELLING, "cli") if platform in cisco.PLATFORMS else TELLING
    return any(_has(driver, name) for name in getters)


def ask(driver: Any, device: str, platform: str) -> Sighting:
    """Ask an open driver everything it can answer; raises DeviceError when the connection is lost on the way."""
    asked = _Asked(driver, platform)
    asked.facts()
    asked.own_addresses()
    asked.neighbours_of_all_protocols()
    asked.arp()
    asked.nd()
    return asked.sighting(device)


@dataclass(slots=True)
class _Asked:
    """One device while it is asked."""

    driver: Any
    platform: str
    hostname: str = ""
    serial: str = ""
    own: list[Address] = field(default_factory=list)
    macs: set[str] = field(default_factory=set)
    neighbours: list[Neighbour] = field(default_factory=list)
    addresses: list[AddressSeen] = field(default_factory=list)
    told: set[Protocol] = field(default_factory=set)
    silent: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)

    def facts(self) -> None:
        def take(facts: Mapping[str, Any]) -> None:
            self.hostname = str(facts.get("hostname") or "").strip()
            serial = facts.get("serial_number") or ""
            self.serial = str(serial[0] if isinstance(serial, list | tuple) and serial else serial).strip()

        self._ask("get_facts", "its name", take)

    def own_addresses(self) -> None:
        def take(interfaces: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
            for families in interfaces.values():
                for addresses in families.values():
                    self.own += [address for text in addresses if (address := address_of(text))]

        self._ask("get_interfaces_ip", "its own addresses", take)

    def neighbours_of_all_protocols(self) -> None:
        if self._speaks_cisco():
            self.in_ciscos_words(Protocol.LLDP)
            self.in_ciscos_words(Protocol.CDP)
        else:
            self.lldp()

    def _speaks_cisco(self) -> bool:
        return self.platform in cisco.PLATFORMS and _has(type(self.driver), "cli")

    def lldp(self) -> None:
        def take(table: Mapping[str, Any]) -> None:
            self.neighbours += lldp.neighbours(table)
            self.told.add(Protocol.LLDP)

        getter = next((name for name in TELLING[:2] if _has(type(self.driver), name)), TELLING[0])
        self._ask(getter, "LLDP neighbours", take)

    def in_ciscos_words(self, protocol: Protocol) -> None:
        command = cisco.COMMANDS[protocol]

        def take(answers: Mapping[str, str]) -> None:
            answer = answers[command]
            if cisco.is_off(answer):
                self.silent.append(f"{protocol} is not enabled")
            elif self._knows(command, answer):
                self.neighbours += cisco.neighbours(protocol, answer)
                self.told.add(protocol)

        self._ask("cli", f"{protocol} neighbours", take, [command])

    def _knows(self, command: str, answer: str) -> bool:
        if cisco.is_unknown(answer):
            self.silent.append(f"its software does not know {command}")
            return False
        cisco.refuse(command, answer)
        return True

    def arp(self) -> None:
        def take(table: Any) -> None:
            # NAPALM's ios driver gives an empty dictionary when an empty line comes in the middle: that is no table.
            if not isinstance(table, list):
                raise DeviceError(ErrorKind.INVALID, "its answer is no table")
            for row in table:
                self._line(Protocol.ARP, row)
            self.told.add(Protocol.ARP)

        self._ask("get_arp_table", "ARP table", take)

    def nd(self) -> None:
        def take(table: list[Mapping[str, Any]]) -> None:
            # NAPALM's ios driver gives an empty list too where the command is unknown or refused.
            if not table and self._speaks_cisco():
                command = "show ipv6 neighbors"
                if not self._knows(command, str(self.driver.cli([command])[command])):
                    return
            for row in table:
                self._line(Protocol.ND, row)
            self.told.add(Protocol.ND)

        self._ask("get_ipv6_neighbors_table", "IPv6 neighbours", take)

    def _line(self, protocol: Protocol, row: Mapping[str, Any]) -> None:
        address, mac = address_of(str(row.get("ip", ""))), mac_of(str(row.get("mac", "")))
        if address is None or not mac or mac in ("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"):
            return  # nobody has answered for that address
        if protocol is Protocol.ARP and row.get("age") == _OWN_AGE:
            self.own.append(address)
            self.macs.add(mac)
            return
        self.addresses.append(AddressSeen(protocol, address, mac, str(row.get("interface") or "")))

    def _ask(self, getter: str, what: str, take: Callable[[Any], None], *arguments: Any) -> None:
        """Ask one question; one that goes wrong is written down, and the next one is asked."""
        if not _has(type(self.driver), getter):
            self.lacking.append(what)
            return
        try:
            take(getattr(self.driver, getter)(*arguments))
        except NotImplementedError:
            self.lacking.append(what)
        except Exception as error:
            explained = explain(error)
            if explained.kind not in _ONE_QUESTION:
                raise
            if explained.kind is ErrorKind.UNSUPPORTED:
                self.silent.append(f"{what}: {explained.message}")
                return
            # A parser's complaint quotes the answer; what matters is which table is not known.
            words = explained.message if isinstance(error, DeviceError) else f"{type(error).__name__} while reading it"
            self.failed.append(f"{what}: {words}")

    def sighting(self, device: str) -> Sighting:
        if self.lacking:
            self.silent.append(f"no getter for {', '.join(self.lacking)}")
        return Sighting(
            device,
            self.hostname,
            self.serial,
            tuple(dict.fromkeys(self.own)),
            frozenset(self.macs),
            tuple(self.neighbours),
            tuple(self.addresses),
            frozenset(self.told),
            tuple(self.silent),
            tuple(self.failed),
        )


def _has(driver: type[Any], name: str) -> bool:
    """The driver brings the getter itself: NAPALM's base class only says that it is not implemented."""
    return getattr(driver, name, None) is not getattr(NetworkDriver, name) and hasattr(driver, name)
