"""Protocol data units (RFC 3416 section 3): requests that only read, and the answers to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dcops.snmp.ber import (
    NULL,
    OBJECT_IDENTIFIER,
    SEQUENCE,
    Malformed,
    element,
    expect,
    integer,
    long_length,
    read_integer,
    span,
)
from dcops.snmp.value import LONGEST, NUMBERS, check_size

GET = 0xA0
GET_NEXT = 0xA1
RESPONSE = 0xA2
GET_BULK = 0xA5
REPORT = 0xA8

RUNS = 4
"""In one answer, of rows that look alike; more would make reading what changes with every row slow."""
SHORT = 100
"""Bytes of a name around which all lengths take one byte."""

TOO_BIG = 1
NO_SUCH_NAME = 2
GENERAL_ERROR = 5
ERRORS = {
    1: "tooBig",
    2: "noSuchName",
    3: "badValue",
    4: "readOnly",
    5: "genErr",
    6: "noAccess",
    13: "resourceUnavailable",
    16: "authorizationError",
}

_NO_ERROR = b"\x02\x01\x00\x02\x01\x00"
_NULL = bytes((NULL, 0))
_NO_MORE = b"\0\0"
"""In the place of the two bytes with which another variable would begin."""

Row = tuple[bytes, int, bytes]
"""What a name ends with, the tag of its value and the bytes of its value."""


class Answer(NamedTuple):
    """The head of a PDU, and where its variables stand."""

    tag: int
    request: int
    error: int
    error_index: int
    start: int
    end: int


def get(tag: int, request: int, names: Sequence[bytes]) -> bytes:
    """A GetRequest or GetNextRequest for these names."""
    return element(tag, integer(request) + _NO_ERROR + _variables(names))


def get_bulk(request: int, repetitions: int, names: Sequence[bytes]) -> bytes:
    """A GetBulkRequest for what follows these names."""
    if len(names) == 1 and len(names[0]) < SHORT:
        # Every step of a walk: all lengths but the first are known to be short.
        size = len(names[0])
        variables = bytes((SEQUENCE, size + 6, SEQUENCE, size + 4, OBJECT_IDENTIFIER, size)) + names[0] + _NULL
        return element(GET_BULK, integer(request) + b"\x02\x01\x00" + integer(repetitions) + variables)
    return element(GET_BULK, integer(request) + b"\x02\x01\x00" + integer(repetitions) + _variables(names))


def _variables(names: Sequence[bytes]) -> bytes:
    return element(SEQUENCE, b"".join([element(SEQUENCE, element(OBJECT_IDENTIFIER, name) + _NULL) for name in names]))


def read(data: bytes, position: int, end: int) -> Answer:
    """Read the head of the PDU that fills the bytes from `position` to `end`."""
    start, stop = span(data, position, end)
    if stop != end:
        raise Malformed("something follows the PDU")
    request, at = read_integer(data, start, stop)
    if data.startswith(_NO_ERROR, at):
        error = error_index = 0
        at += len(_NO_ERROR)
    else:
        error, at = read_integer(data, at, stop)
        error_index, at = read_integer(data, at, stop)
    first, last = expect(data, at, stop, SEQUENCE)
    found = Answer(data[position], request, error, error_index, first, last)
    if found.error < 0 or found.error_index < 0:
        raise Malformed("an error below none")
    if last != stop:
        raise Malformed("something follows the variables")
    return found


def last(data: bytes, position: int, end: int) -> int | None:
    """Where the last of some variables begins, told by their lengths alone; None when these are long, or wrong."""
    while position + 1 < end:
        size = data[position + 1]
        if size > 0x7F:
            return None
        if position + 2 + size == end:
            return position
        position += 2 + size
    return None


def rows(data: bytes, position: int, end: int, prefix: bytes, found: list[Row]) -> tuple[bytes, int]:
    """Read variables while their names begin with `prefix`, and append them without it.

    Gives the last name read, and where the variable stands that lies elsewhere or ends the MIB: `end` when there is
    none. No objects are made but the three that a row consists of, and each length is held against what holds it.
    """
    first = at = position
    runs = RUNS
    try:
        while position < end:
            start = position + 2
            inner = data[position + 1]
            if inner > 0x7F:
                start, inner = long_length(data, position + 1)
            stop = start + inner
            if stop > end or data[position] != SEQUENCE or data[start] != OBJECT_IDENTIFIER:
                raise Malformed("a variable that is none")
            first = start + 2
            inner = data[start + 1]
            if inner > 0x7F:
                first, inner = long_length(data, start + 1)
            at = first + inner
            tag = data[at]
            body = at + 2
            inner = data[at + 1]
            if inner > 0x7F:
                body, inner = long_length(data, at + 1)
            # The value must fill its variable to the last byte; so no length inside can reach beyond it.
            if body + inner != stop or data[at - 1] > 0x7F:
                raise Malformed("a variable whose lengths do not agree")
            if inner > LONGEST[tag]:
                check_size(tag, data[body:stop])
            elif not inner and tag in NUMBERS:
                raise Malformed("a number of no bytes")
            tail = first + len(prefix)
            if tag > 0x7F or not data.startswith(prefix, first) or tail > at:
                if first == at:
                    raise Malformed("a variable without a name")
                return data[first:at], position
            found.append((data[tail:at], tag, data[body:stop]))
            position = stop
            if runs and stop < end and tail < at and first == start + 2:
                runs -= 1
                size = at - first
                position, at = _run(data, position, end, data[start:tail], at - tail, at, found)
                first = at - size
    except IndexError:
        raise Malformed("cut") from None
    return data[first:at], end


def _run(data: bytes, position: int, end: int, head: bytes, index: int, at: int, found: list[Row]) -> tuple[int, int]:
    """Read on while variables begin as the one before: with a name as long, below the same prefix.

    This is where an exporter spends its time, as most rows of an answer do begin so. `head` is what they have in
    common, and they are cut apart at it in one call. What is between two of them must be an index of so many bytes,
    one value, and the two bytes with which the next variable begins; whatever else it is, the reader above shall say.
    Gives where the first variable begins that was not read, and where the last name ends.
    """
    append = found.append
    longest = LONGEST
    began = position
    around, fixed = index + 4, len(head) + index + 2
    before, *parts = (data[position:end] + _NO_MORE).split(head)
    if len(before) != 2:
        return position, at
    for part in parts:
        whole = before[-1]
        size = whole - fixed
        if size < 0 or whole > 0x7F or len(part) != size + around or before[-2] != SEQUENCE:
            break
        tag = part[index]
        if part[index + 1] != size or part[index - 1] > 0x7F or tag > 0x7F:
            break
        if size > longest[tag]:
            # Half of all counters have one zero more than they need, as a sign: that alone is not looked at twice.
            if part[index + 2] or size - longest[tag] > 1 or tag not in NUMBERS:
                break
        elif not size and tag in NUMBERS:
            break
        append((part[:index], tag, part[index + 2 : -2]))
        position += whole + 2
        before = part
    return position, position - len(found[-1][2]) - 2 if position > began else at
