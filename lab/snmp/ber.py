"""BER as SNMP uses it: definite lengths, each held against what contains it."""

from __future__ import annotations

INTEGER = 0x02
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
SEQUENCE = 0x30
MOST_LENGTH_BYTES = 4


class Malformed(Exception):
    """Bytes that are no SNMP message; an agent drops them without a word."""


def element(tag: int, content: bytes) -> bytes:
    """Tag, length and content."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(digits))) + digits + content


def integer(number: int, tag: int = INTEGER) -> bytes:
    """A signed number in its shortest form; unsigned types differ by their tag alone."""
    # -128 fits into one byte, 128 does not.
    bits = (number if number >= 0 else ~number).bit_length()
    return element(tag, number.to_bytes(bits // 8 + 1, "big", signed=True))


class Reader:
    """Reads one element after the other, from a position up to an end."""

    def __init__(self, data: bytes, position: int = 0, end: int | None = None) -> None:
        self.data = data
        self.position = position
        self.end = len(data) if end is None else end

    @property
    def is_done(self) -> bool:
        """Nothing is left."""
        return self.position == self.end

    def peek(self) -> int:
        """The tag that comes next."""
        if self.position >= self.end:
            raise Malformed("something is missing")
        return self.data[self.position]

    def any(self) -> tuple[int, int, int]:
        """The tag of the next element, where its content begins and where it ends."""
        data, at, end = self.data, self.position, self.end
        if at + 2 > end:
            raise Malformed("cut")
        size, start = data[at + 1], at + 2
        if size > 0x7F:
            digits = size & 0x7F
            if not 0 < digits <= MOST_LENGTH_BYTES or start + digits > end:
                raise Malformed("a length that no message has")
            size, start = int.from_bytes(data[start : start + digits], "big"), start + digits
        if start + size > end:
            raise Malformed("longer than what holds it")
        self.position = start + size
        return data[at], start, start + size

    def _of(self, tag: int) -> tuple[int, int]:
        found, start, end = self.any()
        if found != tag:
            raise Malformed(f"tag {found:#04x} in the place of {tag:#04x}")
        return start, end

    def inside(self, tag: int = SEQUENCE) -> Reader:
        """A reader of what the next element holds."""
        return Reader(self.data, *self._of(tag))

    def octets(self, tag: int = OCTET_STRING) -> bytes:
        """The content of the next element."""
        start, end = self._of(tag)
        return self.data[start:end]

    def number(self) -> int:
        """A signed INTEGER of at most four bytes."""
        start, end = self._of(INTEGER)
        if not 1 <= end - start <= 4:
            raise Malformed("an integer of a size that none has")
        return int.from_bytes(self.data[start:end], "big", signed=True)

    def finish(self) -> None:
        """Nothing may follow."""
        if not self.is_done:
            raise Malformed("something follows")
