"""What an agent says unasked: the PDUs of traps (RFC 3416 section 4.2.6, RFC 1157 section 4.1.6)."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from lab.snmp import oid, pdu
from lab.snmp.ber import OBJECT_IDENTIFIER, SEQUENCE, element, integer
from lab.snmp.motion import SYS_UPTIME
from lab.snmp.oid import Numbers
from lab.snmp.value import IP_ADDRESS, TIME_TICKS

TRAP_OID = oid.numbers("1.3.6.1.6.3.1.1.4.1.0")
ENTERPRISE_SPECIFIC = 6


def trap(kind: Numbers, variables: Sequence[tuple[Numbers, bytes]], *, ticks: int, number: int) -> bytes:
    """A trap of v2c and v3: its kind is its second variable."""
    told = [
        (SYS_UPTIME, integer(ticks, TIME_TICKS)),
        (TRAP_OID, element(OBJECT_IDENTIFIER, oid.encode(kind))),
        *variables,
    ]
    return pdu.of(pdu.TRAP, number, _encoded(told))


def first_version(kind: Numbers, variables: Sequence[tuple[Numbers, bytes]], *, ticks: int, address: str) -> bytes:
    """A trap of SNMPv1: an enterprise and a number of its own (RFC 3584 section 3.2)."""
    enterprise = kind[:-2] if kind[-2] == 0 else kind[:-1]
    return element(
        pdu.TRAP_V1,
        element(OBJECT_IDENTIFIER, oid.encode(enterprise))
        + element(IP_ADDRESS, ipaddress.IPv4Address(address).packed)
        + integer(ENTERPRISE_SPECIFIC)
        + integer(kind[-1])
        + integer(ticks, TIME_TICKS)
        + _encoded(variables),
    )


def _encoded(variables: Sequence[tuple[Numbers, bytes]]) -> bytes:
    return element(SEQUENCE, b"".join(pdu.variable(oid.encode(name), value) for name, value in variables))
