"""The neighbours in Cisco's own words: `show lldp neighbors detail` and `show cdp neighbors detail`.

NAPALM has no getter for CDP, and its getter for LLDP leaves out the management address, loses an entry that names no
capabilities, and gives an empty list where LLDP is off. So the text is read here, for IOS and NX-OS alike: each block
of `key: value` lines is one neighbour, and no block may get lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from dcops.devices.neighbours.lldp import address_of, capabilities, clean, mac_of
from dcops.errors import DeviceError, ErrorKind
from dcops.model.seen import Address, Neighbour, Protocol

PLATFORMS = frozenset({"ios", "nxos", "nxos_ssh"})
COMMANDS: Mapping[Protocol, str] = {
    Protocol.LLDP: "show lldp neighbors detail",
    Protocol.CDP: "show cdp neighbors detail",
}

_OFF = re.compile(r"(?:LLDP|CDP) (?:is )?not enabled", re.IGNORECASE)
_UNKNOWN = re.compile(r"% ?Invalid (?:input|command)|% ?Unrecognized|% ?Incomplete", re.IGNORECASE)
_REFUSED = re.compile(r"^\s*%|authori[sz]ation failed|permission denied", re.IGNORECASE | re.MULTILINE)
_TOTAL = re.compile(r"^\s*Total (?:cdp )?entries displayed\s*:\s*(\d+)", re.IGNORECASE | re.MULTILINE)
_LINE = re.compile(r"^\s*(?P<key>[A-Za-z][\w /()]*?)\s*:\s*(?P<value>.*?)\s*$")
_PORTS = re.compile(r"^\s*Interface:\s*(?P<own>[^,]+),\s*Port ID \(outgoing port\):\s*(?P<other>.+?)\s*$")
_PLATFORM = re.compile(r"^\s*Platform:\s*(?P<platform>.*?)\s*,\s*Capabilities:\s*(?P<words>.*?)\s*$")
_ADDRESS = re.compile(r"^\s*(?:IP|IPv4|IPv6|IPV6)(?: address)?:\s*(?P<address>[0-9A-Fa-f:.]+)", re.IGNORECASE)


def is_off(answer: str) -> bool:
    """The device says that it does not speak the protocol."""
    return _OFF.search(answer) is not None


def is_unknown(answer: str) -> bool:
    """The software does not know the command."""
    return _UNKNOWN.search(answer) is not None


def refuse(command: str, answer: str) -> None:
    """Raise DeviceError when the answer is a refusal and nothing else."""
    if _REFUSED.search(answer):
        line = next((words for row in answer.splitlines() if (words := row.strip().strip("^%. "))), "")
        raise DeviceError(
            ErrorKind.DENIED,
            f"{command} was refused: {clean(line)[:120]}",
            next_step="Give the account the right to this command",
        )


def neighbours(protocol: Protocol, answer: str) -> tuple[Neighbour, ...]:
    """The neighbours in an answer; raises DeviceError when it says that there are more than were found."""
    blocks = list((_lldp if protocol is Protocol.LLDP else _cdp)(answer))
    total = _TOTAL.search(answer)
    if total and int(total[1]) != len(blocks):
        raise DeviceError(
            ErrorKind.INVALID,
            f"{len(blocks)} {protocol} neighbours were found where it says that there are {total[1]}",
            next_step="Try again; when it repeats, its software writes them in a new way: please report it",
        )
    return tuple(block.neighbour(protocol) for block in blocks)


@dataclass(slots=True)
class _Block:
    """What one neighbour said."""

    port: str = ""
    name: str = ""
    remote_port: str = ""
    platform: str = ""
    description: str = ""
    addresses: dict[Address, None] = field(default_factory=dict)
    chassis: str = ""
    words: str = ""

    def neighbour(self, protocol: Protocol) -> Neighbour:
        if (own := address_of(self.chassis)) is not None:
            self.addresses[own] = None
        # A chassis without a system name is all the name there is, unless it is an address.
        name = self.name or ("" if mac_of(self.chassis) or own else self.chassis)
        return Neighbour(
            protocol,
            clean(self.port),
            clean(name),
            clean(self.remote_port),
            clean(", ".join(part for part in (self.platform, self.description) if part)),
            tuple(self.addresses),
            mac_of(self.chassis),
            capabilities(self.words),
        )


def _take_address(block: _Block, line: str) -> None:
    match = _ADDRESS.match(line)
    address = address_of(match["address"]) if match else None
    if address is not None and not address.is_unspecified:
        block.addresses[address] = None


def _lldp(answer: str) -> Iterator[_Block]:
    block: _Block | None = None
    port, previous = "", ""
    for line in answer.splitlines():
        match = _LINE.match(line)
        key, value = (match["key"].lower(), match["value"]) if match else ("", "")
        if key == "local intf":
            port = value
        elif key == "chassis id":
            if block:
                yield block
            block, port = _Block(port=port, chassis=value), ""
        elif block is None:
            continue
        elif previous == "system description" and line.strip():
            # On IOS the description stands on the lines after its key; only the first one tells something.
            block.description, previous = line.strip(), ""
            continue
        elif setter := _LLDP_KEYS.get(key):
            setter(block, value)
        else:
            _take_address(block, line)
        if key == "system description" and not value:
            previous = key
    if block:
        yield block


def _set(name: str) -> Callable[[_Block, str], None]:
    return lambda block, value: setattr(block, name, value)


def _management(block: _Block, value: str) -> None:
    if (address := address_of(value)) is not None:
        block.addresses[address] = None


_LLDP_KEYS: Mapping[str, Callable[[_Block, str], None]] = {
    "local port id": _set("port"),
    "port id": _set("remote_port"),
    "system name": _set("name"),
    "system description": _set("description"),
    "enabled capabilities": _set("words"),
    "management address": _management,
    "management address ipv6": _management,
}


def _cdp(answer: str) -> Iterator[_Block]:
    block: _Block | None = None
    wants_version = False
    for line in answer.splitlines():
        match = _LINE.match(line)
        key = match["key"].lower() if match else ""
        if match and key == "device id":
            if block:
                yield block
            block = _Block(name=match["value"])
        elif block is None:
            continue
        elif wants_version and line.strip():
            block.description, wants_version = line.strip(), False
        elif ports := _PORTS.match(line):
            block.port, block.remote_port = ports["own"], ports["other"]
        elif platform := _PLATFORM.match(line):
            block.platform, block.words = platform["platform"], platform["words"]
        elif key == "version":
            wants_version = True
        else:
            _take_address(block, line)
    if block:
        yield block
