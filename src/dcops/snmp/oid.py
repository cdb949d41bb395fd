"""Object identifiers as the bytes that travel (X.690 8.19): no dotted text is made on the way."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from dcops.snmp.ber import Malformed

LARGEST = 0xFFFFFFFF
MOST = 128
"""Sub-identifiers of one name (RFC 2578 section 3.5)."""


def encode(dotted: str) -> bytes:
    """The bytes of `1.3.6.1.2.1`; a leading dot is allowed. Raises ValueError."""
    try:
        numbers = [int(part) for part in dotted.strip().removeprefix(".").split(".")]
    except ValueError:
        raise ValueError(f"{dotted!r} is no object identifier") from None
    return of(numbers)


def of(numbers: Sequence[int]) -> bytes:
    """The bytes of an object identifier given by its numbers."""
    if not 2 <= len(numbers) <= MOST or not 0 <= numbers[0] <= 2 or (numbers[0] < 2 and not 0 <= numbers[1] < 40):
        raise ValueError(f"{'.'.join(map(str, numbers))} is no object identifier")
    return suffix((numbers[0] * 40 + numbers[1], *numbers[2:]))


def suffix(numbers: Sequence[int]) -> bytes:
    """The bytes of the last part of an object identifier."""
    if len(numbers) == 1 and 0 <= numbers[0] < 0x80:
        return bytes((numbers[0],))
    made = bytearray()
    for number in numbers:
        if not 0 <= number <= LARGEST:
            raise ValueError(f"{number} is no sub-identifier")
        part = [number & 0x7F]
        while number := number >> 7:
            part.append(number & 0x7F | 0x80)
        made += bytes(reversed(part))
    return bytes(made)


@lru_cache(maxsize=16_384)
def numbers(tail: bytes) -> tuple[int, ...]:
    """The numbers of the last part of an object identifier, such as an index. Raises Malformed."""
    # Kept, as the same indexes come back with every scrape, and from one device as from the next.
    if tail.isascii():
        return tuple(tail)
    if tail[-1] & 0x80:
        raise Malformed("an object identifier that is cut")
    found = []
    value = 0
    for byte in tail:
        value = value << 7 | byte & 0x7F
        if value > LARGEST:
            raise Malformed("a sub-identifier that is too large")
        if byte < 0x80:
            found.append(value)
            value = 0
    return tuple(found)


def dotted(name: bytes) -> str:
    """`1.3.6.1.2.1` of the bytes of a whole object identifier."""
    if not name:
        return ""
    first, *rest = numbers(name)
    head = min(first // 40, 2)
    return ".".join(map(str, (head, first - 40 * head, *rest)))


def index(tail: bytes) -> str:
    """`1.17` of the bytes of an index."""
    return ".".join(map(str, numbers(tail)))


def is_after(name: bytes, before: bytes) -> bool:
    """Whether one follows the other in the order of MIBs, which is not the order of their bytes."""
    size = min(len(name), len(before))
    # As whole numbers, they say at once where they differ first.
    different = int.from_bytes(name[:size], "big") ^ int.from_bytes(before[:size], "big")
    if not different:
        return len(name) > size
    place = size - (different.bit_length() + 7) // 8
    one, other = name[place], before[place]
    if one < 0x80 or other < 0x80:
        return one > other
    # Both go on: the number that takes more bytes is the larger one.
    return (_end(name, place), one) > (_end(before, place), other)


def _end(name: bytes, place: int) -> int:
    """Where the number ends that has a byte at `place`; the last byte of a name ends one."""
    while name[place] > 0x7F:
        place += 1
    return place
