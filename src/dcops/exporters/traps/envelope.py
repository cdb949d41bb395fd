"""A first look at a datagram, before a library does: is it one of SNMP, of which version, and by whom."""

from __future__ import annotations

from dataclasses import dataclass

from dcops.snmp import oid
from dcops.snmp.ber import OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, Malformed, expect, read_integer, span

LARGEST_BYTES = 16_384
DEEPEST = 10
MOST_ELEMENTS = 4_000
TRAP_OID = oid.encode("1.3.6.1.6.3.1.1.4.1.0")
VERSIONS = {0: "1", 1: "2c", 3: "3"}


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands on the outside of a message."""

    version: str
    engine: bytes = b""
    """Of version 3: the one that counts, of the sender of a trap."""
    user: bytes = b""


def look(data: bytes) -> Envelope:
    """The outside of a message; raises Malformed. Nothing of it is believed yet."""
    if len(data) > LARGEST_BYTES:
        raise Malformed("more bytes than any notification needs")
    _check(data)
    start, end = expect(data, 0, len(data), SEQUENCE)
    if end != len(data):
        raise Malformed("something follows the message")
    number, at = read_integer(data, start, end)
    version = VERSIONS.get(number)
    if version is None:
        raise Malformed("no version of SNMP that is known")
    if version != "3":
        expect(data, at, end, OCTET_STRING)
        return Envelope(version)
    _, at = expect(data, at, end, SEQUENCE)
    first, last = expect(data, at, end, OCTET_STRING)
    first, last = expect(data, first, last, SEQUENCE)
    engine, engine_end = expect(data, first, last, OCTET_STRING)
    _, at = read_integer(data, engine_end, last)
    _, at = read_integer(data, at, last)
    user, user_end = expect(data, at, last, OCTET_STRING)
    return Envelope(version, data[engine:engine_end], data[user:user_end])


def trap_oid(data: bytes) -> str:
    """What a v2c trap of somebody says that it is; empty when that cannot be seen. Only for people to look at."""
    at = data.find(TRAP_OID)
    try:
        start, end = expect(data, at + len(TRAP_OID), len(data), OBJECT_IDENTIFIER) if at >= 0 else (0, 0)
        return oid.dotted(data[start:end])
    except (Malformed, IndexError):
        return ""


def _check(data: bytes) -> None:
    """Every length lies inside of what holds it, nothing is nested too deep: a decoder that recurses is safe then."""
    ends = [(0, len(data))]
    elements = 0
    while ends:
        at, end = ends.pop()
        while at < end:
            elements += 1
            if elements > MOST_ELEMENTS or len(ends) > DEEPEST:
                raise Malformed("nested too deep, or too much of it")
            start, stop = span(data, at, end)
            if data[at] & 0x1F == 0x1F:
                raise Malformed("a tag that SNMP does not have")
            if data[at] & 0x20:
                ends.append((stop, end))
                at, end = start, stop
            else:
                at = stop
