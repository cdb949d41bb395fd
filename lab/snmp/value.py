"""Values as walks hold them: a type by its tag, and the bytes that travel."""

from __future__ import annotations

import ipaddress

from lab.snmp import oid
from lab.snmp.ber import INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, element, integer

IP_ADDRESS = 0x40
COUNTER32 = 0x41
GAUGE32 = 0x42
TIME_TICKS = 0x43
OPAQUE = 0x44
COUNTER64 = 0x46

UNSIGNED = {COUNTER32: 32, GAUGE32: 32, TIME_TICKS: 32, 0x47: 32, COUNTER64: 64}
"""Types that count from 0, and their bits. 0x47 is UInteger32 of old agents."""
TEXTS = (OCTET_STRING, OPAQUE)


def encoded(tag: int, value: str | int | bytes) -> bytes:
    """An element of this type; raises ValueError for what the type cannot hold."""
    if isinstance(value, bytes):
        return element(tag, value)
    if tag in UNSIGNED:
        number = int(value)
        if not 0 <= number < 1 << UNSIGNED[tag]:
            raise ValueError(f"{number} does not fit into {UNSIGNED[tag]} bits")
        return integer(number, tag)
    if tag == INTEGER:
        number = int(value)
        if not -(1 << 31) <= number < 1 << 31:
            raise ValueError(f"{number} does not fit into 32 bits")
        return integer(number)
    if tag in TEXTS:
        return element(tag, str(value).encode())
    if tag == NULL:
        return element(NULL, b"")
    if tag == OBJECT_IDENTIFIER:
        return element(tag, oid.encode(oid.numbers(str(value))))
    if tag == IP_ADDRESS:
        return element(tag, ipaddress.IPv4Address(str(value)).packed)
    raise ValueError(f"no type has the tag {tag}")


def number(encoding: bytes) -> int:
    """The number that an element holds, by the sign that its type has."""
    return int.from_bytes(encoding[2:], "big", signed=encoding[0] not in UNSIGNED)
