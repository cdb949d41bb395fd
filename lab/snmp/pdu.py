"""Protocol data units as an agent sees them (RFC 3416 section 3, RFC 1157 section 4.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lab.snmp.ber import OBJECT_IDENTIFIER, SEQUENCE, Malformed, Reader, element, integer

GET = 0xA0
GET_NEXT = 0xA1
RESPONSE = 0xA2
SET = 0xA3
TRAP_V1 = 0xA4
GET_BULK = 0xA5
TRAP = 0xA7
REPORT = 0xA8

NAMES = {GET: "get", GET_NEXT: "getnext", GET_BULK: "getbulk", SET: "set"}

NO_ERROR = 0
TOO_BIG = 1
NO_SUCH_NAME = 2
NO_ACCESS = 6
AUTHORIZATION_ERROR = 16

NO_SUCH_OBJECT = b"\x80\x00"
NO_SUCH_INSTANCE = b"\x81\x00"
END_OF_MIB_VIEW = b"\x82\x00"


class Request(NamedTuple):
    """What a manager asks for."""

    tag: int
    number: int
    first: int
    """Error status; of a GetBulk the variables that are not repeated."""
    second: int
    """Error index; of a GetBulk the repetitions."""
    names: Sequence[bytes]
    variables: bytes
    """As they came, for answers that give them back."""


def read(reader: Reader) -> Request:
    """The request that comes next, and nothing after it."""
    tag = reader.peek()
    if tag not in NAMES:
        raise Malformed(f"no request has the tag {tag:#04x}")
    inner = reader.inside(tag)
    reader.finish()
    number, first, second = inner.number(), inner.number(), inner.number()
    start = inner.position
    variables = inner.inside()
    inner.finish()
    raw = inner.data[start : inner.end]
    names = []
    while not variables.is_done:
        variable = variables.inside()
        names.append(variable.octets(OBJECT_IDENTIFIER))
        variable.any()
        variable.finish()
    return Request(tag, number, first, second, names, raw)


def response(number: int, variables: Sequence[bytes], error: int = NO_ERROR, error_index: int = 0) -> bytes:
    """The answer that holds these variables."""
    return of(RESPONSE, number, element(SEQUENCE, b"".join(variables)), error, error_index)


def of(tag: int, number: int, variables: bytes, error: int = NO_ERROR, error_index: int = 0) -> bytes:
    """A PDU with its variables ready made."""
    return element(tag, integer(number) + integer(error) + integer(error_index) + variables)


def variable(name: bytes, value: bytes) -> bytes:
    """A name and the element under it."""
    return element(SEQUENCE, element(OBJECT_IDENTIFIER, name) + value)
