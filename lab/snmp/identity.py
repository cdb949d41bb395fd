"""Makes a device's own out of a walk that many share: its names, its numbers, its amounts."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lab.platform import Entry
from lab.snmp import oid
from lab.snmp.ber import OCTET_STRING, element, integer
from lab.snmp.record import Row
from lab.snmp.value import COUNTER32, COUNTER64, UNSIGNED, number

NAMES = [
    oid.numbers(name)
    for name in (
        "1.3.6.1.2.1.1.5.0",  # sysName
        "1.0.8802.1.1.2.1.3.3.0",  # lldpLocSysName
        "1.3.6.1.2.1.33.1.1.5.0",  # upsIdentName
        "1.3.6.1.4.1.318.1.1.1.1.1.2.0",  # upsBasicIdentName
    )
]
LOCATION = oid.numbers("1.3.6.1.2.1.1.6.0")
MAC_ADDRESSES = oid.numbers("1.3.6.1.2.1.2.2.1.6")
ENGINE_ID = oid.numbers("1.3.6.1.6.3.10.2.1.1.0")
SERIALS = [
    oid.numbers(name)
    for name in (
        "1.3.6.1.4.1.318.1.1.1.1.2.3.0",  # upsAdvIdentSerialNumber
        "1.3.6.1.4.1.25461.2.1.2.1.3.0",  # panSysSerialNumber
        "1.3.6.1.4.1.6574.1.5.2.0",  # serialNumber of Synology
    )
]
PHYSICAL_SERIALS = oid.numbers("1.3.6.1.2.1.47.1.1.1.1.11")
LEAST, MOST = 0.6, 1.4
"""Devices of one walk are busy by such shares of it."""
MAC_BYTES = 6


def of(rows: Iterable[Row], entry: Entry, engine_id: bytes) -> Iterator[Row]:
    """The rows with what the inventory says of the device, and with amounts of its own."""
    name, place = str(entry["name"]), _place(entry)
    share = random.Random(f"share {name}").uniform(LEAST, MOST)
    serial = str(entry.get("serial") or "")
    chassis = None
    for row in rows:
        value = row.value
        if row.name in NAMES:
            value = element(OCTET_STRING, name.encode())
        elif row.name == LOCATION and place:
            value = element(OCTET_STRING, place.encode())
        elif row.name == ENGINE_ID:
            value = element(OCTET_STRING, engine_id)
        elif row.name in SERIALS and serial:
            value = element(OCTET_STRING, serial.encode())
        elif row.name[:-1] == PHYSICAL_SERIALS and len(value) > 2 and serial and chassis is None:
            # The first part with a number is the one that the whole goes by.
            chassis = row.name
            value = element(OCTET_STRING, serial.encode())
        elif row.name[:-1] == MAC_ADDRESSES and len(value) == 2 + MAC_BYTES:
            value = value[:5] + _own_bytes(name, value[5:])
        elif value[0] in (COUNTER32, COUNTER64):
            value = integer(int(number(value) * share) & ((1 << UNSIGNED[value[0]]) - 1), value[0])
        yield Row(row.name, value)


def _place(entry: Entry) -> str:
    place: dict[str, Any] = entry.get("place") or {}
    words: Sequence[Any] = (entry.get("site"), place.get("room"), place.get("rack"))
    return ", ".join(str(word) for word in words if word)


def _own_bytes(name: str, tail: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(tail, random.Random(f"mac {name}").randbytes(len(tail)), strict=True))
