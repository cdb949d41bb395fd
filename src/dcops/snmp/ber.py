"""The part of BER that SNMP uses (RFC 3417 section 8): definite lengths only, every length checked."""

from __future__ import annotations

INTEGER = 0x02
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
SEQUENCE = 0x30
LARGEST_LENGTH_BYTES = 3
"""Nothing that fits into a datagram needs more; a longer length is an attack or an accident."""

LONGEST_NUMBER = 9
"""Bytes: a Counter64 and the sign that it does not need. Some agents fill smaller numbers up to as many."""


class Malformed(ValueError):
    """The bytes are not what they should be. The text says what was wrong, never what they held."""


def length(number: int) -> bytes:
    """A length in its shortest form."""
    if number < 0x80:
        return bytes((number,))
    if number < 0x100:
        return bytes((0x81, number))
    if number < 0x10000:
        return bytes((0x82, number >> 8, number & 0xFF))
    raise ValueError("too long for a datagram")


def element(tag: int, content: bytes) -> bytes:
    """Tag, length and content."""
    size = len(content)
    return (bytes((tag, size)) if size < 0x80 else bytes((tag,)) + length(size)) + content


def integer(number: int) -> bytes:
    """A signed INTEGER in its shortest form."""
    size = (number if number >= 0 else ~number).bit_length() // 8 + 1
    return bytes((INTEGER, size)) + number.to_bytes(size, "big", signed=True)


def span(data: bytes, position: int, end: int) -> tuple[int, int]:
    """Where the content of the element at `position` begins and ends; it lies before `end`."""
    if position + 2 > end:
        raise Malformed("cut")
    size = data[position + 1]
    start = position + 2
    if size > 0x7F:
        start, size = long_length(data, position + 1)
    if start + size > end:
        raise Malformed("an element is longer than what holds it")
    return start, start + size


def long_length(data: bytes, position: int) -> tuple[int, int]:
    """Where the content begins whose long length stands at `position`, and its size. The end is not checked."""
    number = data[position] & 0x7F
    start = position + 1 + number
    if not 0 < number <= LARGEST_LENGTH_BYTES or start > len(data):
        raise Malformed("a length that no datagram needs")
    return start, int.from_bytes(data[position + 1 : start], "big")


def expect(data: bytes, position: int, end: int, tag: int) -> tuple[int, int]:
    """Like `span`, for an element that must have this tag."""
    start, stop = span(data, position, end)
    if data[position] != tag:
        raise Malformed(f"tag {data[position]:#04x} in the place of {tag:#04x}")
    return start, stop


def read_integer(data: bytes, position: int, end: int) -> tuple[int, int]:
    """A signed INTEGER of 32 bits, as message headers hold them, and what follows it."""
    start, stop = expect(data, position, end, INTEGER)
    return number(data, start, stop), stop


def number(data: bytes, start: int, stop: int) -> int:
    """The INTEGER of 32 bits whose content stands there."""
    if not 1 <= stop - start <= LONGEST_NUMBER:
        raise Malformed("a number of a header that is none")
    found = int.from_bytes(data[start:stop], "big", signed=True)
    if not -0x80000000 <= found <= 0x7FFFFFFF:
        raise Malformed("a number of a header that is too large")
    return found


def parts(data: bytes, position: int, end: int, tags: bytes) -> list[tuple[int, int]]:
    """Where the contents of several elements begin and end that follow each other and have these tags."""
    found = []
    for tag in tags:
        if position + 2 <= end and data[position] == tag and data[position + 1] < 0x80:
            start = position + 2
            position = start + data[start - 1]
            if position > end:
                raise Malformed("an element is longer than what holds it")
        else:
            start, position = expect(data, position, end, tag)
        found.append((start, position))
    return found
