"""What the bytes of a value mean, by the tag they came with (RFC 2578 section 7.1)."""

from __future__ import annotations

import struct

from dcops.snmp.ber import INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, Malformed
from dcops.snmp.oid import dotted

IP_ADDRESS = 0x40
COUNTER32 = 0x41
GAUGE32 = 0x42
TIME_TICKS = 0x43
OPAQUE = 0x44
COUNTER64 = 0x46
NO_SUCH_OBJECT = 0x80
NO_SUCH_INSTANCE = 0x81
END_OF_MIB_VIEW = 0x82

NUMBERS = frozenset({INTEGER, COUNTER32, GAUGE32, TIME_TICKS, COUNTER64})
NAMES = {
    INTEGER: "INTEGER",
    OCTET_STRING: "OCTET STRING",
    NULL: "NULL",
    OBJECT_IDENTIFIER: "OBJECT IDENTIFIER",
    IP_ADDRESS: "IpAddress",
    COUNTER32: "Counter32",
    GAUGE32: "Gauge32",
    TIME_TICKS: "TimeTicks",
    OPAQUE: "Opaque",
    COUNTER64: "Counter64",
}

_OPAQUE_FLOAT = b"\x9f\x78\x04"
_OPAQUE_DOUBLE = b"\x9f\x79\x08"


def number(tag: int, value: bytes) -> int | float | None:
    """The number that a value is; None when it is no number. INTEGER alone is signed."""
    if tag in NUMBERS:
        if not 1 <= len(value) <= 9:
            raise Malformed("a number of no bytes, or of too many")
        return int.from_bytes(value, "big", signed=tag == INTEGER)
    if tag == OPAQUE:
        # Net-SNMP puts floating-point numbers into Opaque; there is no other way to send one.
        if value[:3] == _OPAQUE_FLOAT and len(value) == 7:
            return float(struct.unpack(">f", value[3:])[0])
        if value[:3] == _OPAQUE_DOUBLE and len(value) == 11:
            return float(struct.unpack(">d", value[3:])[0])
    return None


def text(value: bytes) -> str:
    """The text that an OCTET STRING holds: what is no UTF-8 is replaced, NULs and blanks at its ends are gone."""
    return value.decode("utf-8", "replace").strip("\0 \t\r\n")


def shown(tag: int, value: bytes) -> str:
    """A value for people: texts as they are when they can be printed, other bytes in hexadecimal."""
    if tag == OBJECT_IDENTIFIER:
        return dotted(value)
    if tag == IP_ADDRESS and len(value) == 4:
        return ".".join(map(str, value))
    found = number(tag, value)
    if found is not None:
        return str(found)
    plain = value.rstrip(b"\0")
    try:
        words = plain.decode()
    except UnicodeDecodeError:
        return f"0x{value.hex()}"
    return words if all(sign.isprintable() or sign in "\r\n\t" for sign in words) else f"0x{value.hex()}"
