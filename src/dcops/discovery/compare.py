"""What stands on the network and not in the inventory, and the reverse."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from dcops.discovery.identity import Identities, addresses_of, bare_name, is_virtual, tells_apart
from dcops.model.device import Device
from dcops.model.facility import Prefix
from dcops.model.finding import Finding, Severity, Status
from dcops.model.seen import Address, AddressSeen, Neighbour, Protocol, Sighting

UNKNOWN_NEIGHBOUR = "DISC-001"
UNKNOWN_ADDRESS = "DISC-002"
SEEN_BY_NOBODY = "DISC-003"
REFERENCE = "R-INV-8"

# A server's ARP entry is no news in a server network. In these two kinds of networks only our devices may speak.
_JUDGED = re.compile(r"(?i)\b(?:management|mgmt|oob|links?|transit|transfer|qu[aả]n tr[iị])\b")
# What passes traffic on is a way into the network; a phone or a server is only something to write down.
_PASSES_ON = frozenset(
    {"router", "bridge", "switch", "wlan-access-point", "repeater", "trans-bridge", "source-route-bridge"}
)
_PORT = re.compile(r"([A-Za-z]{2})[A-Za-z-]*\s*(\d[\d/.:]*)")
_MOST_PLACES = 10


@dataclass(frozen=True, slots=True)
class Scope:
    """Which devices of a site were asked, and which of those could be."""

    site: str
    whole: bool
    """Every device of the site that can be asked was; otherwise nobody is missed for not having been seen."""
    unanswered: int = 0
    """How many of them gave no answer: what only they see was not seen."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it."""

    findings: tuple[Finding, ...]
    known: int
    """Devices of the inventory that were seen or answered."""
    virtual: int
    """Addresses of redundancy groups, which belong to no box of their own."""
    unjudged_sites: tuple[str, ...] = ()
    """Sites of which too little was asked to miss anybody."""


def compare(
    sightings: Sequence[Sighting],
    devices: Sequence[Device],
    prefixes: Sequence[Prefix],
    scopes: Sequence[Scope] = (),
) -> Comparison:
    """Judge what was seen. `devices` is the whole inventory, those of other organisations too: they are known."""
    identities = Identities(devices, sightings)
    looked = _Looked(identities, prefixes)
    for sighting in sightings:
        looked.at(sighting)
    missed = _Missed(devices, sightings, looked.known)
    found = [
        *looked.unknown_neighbours(),
        *looked.unknown_addresses(),
        *(finding for scope in scopes if scope.whole for finding in missed.at(scope)),
    ]
    return Comparison(
        findings=tuple(sorted(found, key=lambda finding: finding.order)),
        known=len(looked.known),
        virtual=len(looked.virtual),
        unjudged_sites=tuple(scope.site for scope in scopes if not scope.whole),
    )


@dataclass(slots=True)
class _Stranger:
    """One neighbour that the inventory does not have, from all sides that it was seen from."""

    seen: dict[tuple[str, str], Neighbour] = field(default_factory=dict)
    """By the device and port that saw it."""
    protocols: set[Protocol] = field(default_factory=set)

    def add(self, device: str, neighbour: Neighbour) -> None:
        place = (device, _short(neighbour.port))
        before = self.seen.get(place)
        # Told of by two protocols on one port it is still seen once; the fuller word counts.
        if before is None or _fullness(neighbour) > _fullness(before):
            self.seen[place] = neighbour
        self.protocols.add(neighbour.protocol)


class _Looked:
    """Goes through what was seen, and keeps who is known and who is not."""

    def __init__(self, identities: Identities, prefixes: Sequence[Prefix]) -> None:
        self._identities = identities
        self._networks = sorted(prefixes, key=lambda one: one.prefix.prefixlen, reverse=True)
        self._strangers: dict[str, _Stranger] = {}
        self._alias: dict[str, str] = {}
        self._lines: dict[str, dict[Address, list[tuple[str, AddressSeen]]]] = defaultdict(lambda: defaultdict(list))
        self.known: set[str] = set()
        self.virtual: set[Address] = set()

    def at(self, sighting: Sighting) -> None:
        """Look at what one device told."""
        self.known.add(sighting.device)
        for neighbour in sighting.neighbours:
            if device := self._identities.of_neighbour(neighbour):
                self.known.add(device)
            else:
                self._stranger(sighting.device, neighbour).add(sighting.device, neighbour)
        for line in sighting.addresses:
            if device := self._identities.of_address(line.address, line.mac):
                self.known.add(device)
            elif is_virtual(line.mac):
                self.virtual.add(line.address)
            elif self._judged(line.address):
                self._lines[line.mac][line.address].append((sighting.device, line))

    def _stranger(self, device: str, neighbour: Neighbour) -> _Stranger:
        """The stranger that this is: the same one when its name, its MAC address or an address is the same."""
        signs = _signs(device, neighbour)
        met = list(dict.fromkeys(self._alias[sign] for sign in signs if sign in self._alias))
        key = met[0] if met else signs[0]
        stranger = self._strangers.setdefault(key, _Stranger())
        for other in met[1:]:
            # One that seemed to be two until now.
            twin = self._strangers.pop(other)
            stranger.seen = {**twin.seen, **stranger.seen}
            stranger.protocols |= twin.protocols
            self._alias = {sign: key if known == other else known for sign, known in self._alias.items()}
        self._alias.update(dict.fromkeys(signs, key))
        return stranger

    def _judged(self, address: Address) -> Prefix | None:
        """The management or link network that the address lies in; the narrowest range around it decides."""
        for prefix in self._networks:
            if prefix.prefix.version == address.version and address in prefix.prefix:
                return prefix if _JUDGED.search(prefix.purpose) else None
        return None

    def unknown_neighbours(self) -> Iterator[Finding]:
        """DISC-001."""
        for stranger in self._strangers.values():
            (device, _), first = min(stranger.seen.items(), key=_place)
            port = first.port or "(a port it did not name)"
            fullest = max(stranger.seen.values(), key=_fullness)
            capabilities = frozenset[str]().union(*(one.capabilities for one in stranger.seen.values()))
            # A telephone has a bridge in it for the computer behind it.
            quiet = bool(capabilities) and (capabilities.isdisjoint(_PASSES_ON) or "telephone" in capabilities)
            name = fullest.name or fullest.mac or "a neighbour without a name"
            yield Finding(
                UNKNOWN_NEIGHBOUR,
                Status.FAIL,
                Severity.LOW if quiet else Severity.MEDIUM,
                device,
                f"{name} at {device} {port} is not in the inventory",
                _neighbour_evidence(stranger, fullest),
                f"Find out whose it is: follow the cable from {device} {port}. If it is ours, add it to the inventory; "
                "if it belongs to others, add it with foreign: true; if nobody knows it, shut the port",
                REFERENCE,
            )

    def unknown_addresses(self) -> Iterator[Finding]:
        """DISC-002, one for each box that speaks where only our devices may."""
        for mac, addresses in self._lines.items():
            # A neighbour that was reported already brings its addresses along.
            if mac in self._alias or any(str(address) in self._alias for address in addresses):
                continue
            first = min(addresses, key=lambda address: (address.version, int(address)))
            prefix = self._judged(first)
            device, line = addresses[first][0]
            where = sorted({f"{one} {seen.interface}".strip() for all_ in addresses.values() for one, seen in all_})
            others = [str(address) for address in sorted(addresses, key=str) if address != first]
            yield Finding(
                UNKNOWN_ADDRESS,
                Status.FAIL,
                Severity.MEDIUM,
                device,
                f"{first} speaks in {prefix.prefix if prefix else 'a judged network'} and belongs to no device",
                "; ".join(
                    part
                    for part in (
                        f"MAC {mac}",
                        f"also {', '.join(others)}" if others else "",
                        f"{line.protocol} of {_listed(where)}",
                        f"the range is for {prefix.purpose} at {prefix.site}" if prefix else "",
                    )
                    if part
                ),
                f"Find its port by the MAC address (on a switch: show mac address-table address {mac}), then add it to "
                "the inventory (foreign: true when it belongs to others) or take it off this network",
                REFERENCE,
            )


@dataclass(frozen=True, slots=True)
class _Missed:
    """The reverse: what the inventory states and nobody saw."""

    devices: Sequence[Device]
    sightings: Sequence[Sighting]
    known: AbstractSet[str]

    def at(self, scope: Scope) -> Iterator[Finding]:
        """DISC-003 of one site. Only what has an address can be seen; what belongs to others is not ours to miss."""
        site = scope.site
        ours = [one for one in self.devices if one.site == site and not one.foreign and addresses_of(one)]
        if not ours:
            return
        names = {one.name for one in self.devices if one.site == site}
        telling = [one for one in self.sightings if one.device in names and one.names_neighbours]
        if not telling:
            yield Finding(
                SEEN_BY_NOBODY,
                Status.COULD_NOT_CHECK,
                Severity.LOW,
                "",
                f"Whether the devices of site {site} are there could not be checked",
                f"No device of the site told of its neighbours; {len(ours)} of its devices have an address",
                "See above why its devices gave no answer; switch LLDP (or CDP) on where it is off",
                REFERENCE,
            )
            return
        for device in ours:
            if device.name not in self.known:
                yield _not_seen(device, len(telling), scope.unanswered)


def _not_seen(device: Device, telling: int, unanswered: int) -> Finding:
    addresses = ", ".join(map(str, addresses_of(device)))
    lacking = f"; {unanswered} more that were asked gave no answer" if unanswered else ""
    return Finding(
        SEEN_BY_NOBODY,
        Status.FAIL,
        Severity.LOW,
        device.name,
        f"{device.name} is in the inventory and was seen by nobody",
        f"Not a neighbour of any of the {telling} devices of site {device.site} that told of theirs{lacking}; "
        f"in no ARP or IPv6 table that was read: {addresses}",
        "Is it switched off, retired, or behind a device that cannot be asked? Take it out of the inventory if it is "
        "gone, and mend its name, serial or address there if it was written down wrongly",
        REFERENCE,
    )


def _neighbour_evidence(stranger: _Stranger, fullest: Neighbour) -> str:
    places = [f"{device} {one.port}".strip() for (device, _), one in sorted(stranger.seen.items(), key=_place)]
    protocols = sorted(protocol.value for protocol in stranger.protocols)
    addresses: Mapping[str, None] = dict.fromkeys(
        str(address) for one in stranger.seen.values() for address in one.addresses
    )
    mac = next((one.mac for one in stranger.seen.values() if one.mac), "")
    parts = (
        f"seen {_times(len(places))} by {', '.join(protocols)}: {_listed(places)}",
        f"its port {fullest.remote_port}" if fullest.remote_port else "",
        f"says it is {fullest.description[:160]}" if fullest.description else "",
        f"address {', '.join(addresses)}" if addresses else "",
        f"MAC {mac}" if mac else "",
    )
    return "; ".join(part for part in parts if part)


def _signs(device: str, neighbour: Neighbour) -> list[str]:
    """What tells a stranger from others; where it gives nothing of that kind, the port that it stands at."""
    name = bare_name(neighbour.name)[0]
    addresses = (str(address) for address in neighbour.addresses if not address.is_link_local)
    signs = [sign for sign in (name if tells_apart(name) else "", neighbour.mac, *addresses) if sign]
    return signs or [f"{name} at {device} {neighbour.port}"]


def _place(item: tuple[tuple[str, str], Neighbour]) -> tuple[str, str]:
    return item[0]


def _short(port: str) -> str:
    """A port as both protocols may call it: `GigabitEthernet1/0/16` and `Gi1/0/16` are one."""
    match = _PORT.fullmatch(port.strip())
    return f"{match[1]}{match[2]}".lower() if match else port.strip().lower()


def _fullness(neighbour: Neighbour) -> tuple[bool, int, int]:
    return bool(neighbour.name), len(neighbour.addresses) + bool(neighbour.mac), len(neighbour.description)


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _listed(words: Sequence[str]) -> str:
    shown = ", ".join(words[:_MOST_PLACES])
    return f"{shown} and {len(words) - _MOST_PLACES} more" if len(words) > _MOST_PLACES else shown
