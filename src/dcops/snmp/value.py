"""What the bytes of a value mean, by the tag they came with (RFC 2578 section 7.1)."""

from __future__ import annotations

import struct

from dcops.snmp.ber import INTEGER, LONGEST_NUMBER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, Malformed
from dcops.snmp.oid import dotted

IP_ADDRESS = 0x40
COUNTER32 = 0x41
GAUGE32 = 0x42
TIME_TICKS = 0x43
OPAQUE = 0x44
NSAP_ADDRESS = 0x45
"""Of SNMPv2's first draft, as the next but one: old agents still send them (RFC 1442 section 7)."""
COUNTER64 = 0x46
UNSIGNED32 = 0x47
NO_SUCH_OBJECT = 0x80
NO_SUCH_INSTANCE = 0x81
END_OF_MIB_VIEW = 0x82

NUMBERS = frozenset({INTEGER, COUNTER32, GAUGE32, TIME_TICKS, COUNTER64, UNSIGNED32})
LONGEST = [-1] * 256
"""By tag, the bytes that its largest value takes without a sign; -1 for tags that SNMP does not know."""
for _tag in (INTEGER, COUNTER32, GAUGE32, TIME_TICKS, UNSIGNED32):
    LONGEST[_tag] = 4
LONGEST[COUNTER64] = 8
for _tag in (OCTET_STRING, OBJECT_IDENTIFIER, IP_ADDRESS, OPAQUE, NSAP_ADDRESS):
    LONGEST[_tag] = 0xFFFF
for _tag in (NULL, NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW):
    LONGEST[_tag] = 0
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
    NSAP_ADDRESS: "NsapAddress",
    COUNTER64: "Counter64",
    UNSIGNED32: "UInteger32",
}

_OPAQUE_FLOAT = b"\x9f\x78\x04"
_OPAQUE_DOUBLE = b"\x9f\x79\x08"


def number(tag: int, value: bytes) -> int | float | None:
    """The number that a value is; None when it is no number. INTEGER alone is signed."""
    if tag in NUMBERS:
        if not 1 <= len(value) <= LONGEST_NUMBER:
            raise Malformed("a number of no bytes, or of too many")
        return int.from_bytes(value, "big", signed=tag == INTEGER)
    if tag == OPAQUE:
        # Net-SNMP puts floating-point numbers into Opaque; there is no other way to send one.
        if value[:3] == _OPAQUE_FLOAT and len(value) == 7:
            return float(struct.unpack(">f", value[3:])[0])
        if value[:3] == _OPAQUE_DOUBLE and len(value) == 11:
            return float(struct.unpack(">d", value[3:])[0])
    return None


def check_size(tag: int, value: bytes) -> None:
    """Raise Malformed for what its type cannot hold. A number may be filled up with zeros, or with its sign."""
    if tag not in NUMBERS:
        raise Malformed("a type that SNMP does not know, or a value where none belongs")
    if not 1 <= len(value) <= LONGEST_NUMBER:
        raise Malformed("a number of no bytes, or of too many")
    found = int.from_bytes(value, "big", signed=tag == INTEGER)
    if not -0x80000000 <= found < 1 << 8 * LONGEST[tag]:
        raise Malformed("a number that is too large for its type")


def text(value: bytes) -> str:
    """The text that an OCTET STRING holds: what is no UTF-8 is replaced, NULs and blanks at its ends are gone."""
    return value.decode("utf-8", "replace").strip("\0 \t\r\n")


def shown(tag: int, value: bytes) -> str:
    """A value for people: texts as they are when they can be printed, other bytes in hexadecimal."""
    if tag == OBJECT_IDENTIFIER:
        try:
            return dotted(value)
        except Malformed:
            return f"0x{value.hex()}"
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
