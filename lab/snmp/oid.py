"""Object identifiers: dotted text, numbers, and the bytes that travel."""

from __future__ import annotations

from lab.snmp.ber import Malformed

Numbers = tuple[int, ...]
LARGEST = 0xFFFFFFFF


def numbers(dotted: str) -> Numbers:
    """The numbers of `1.3.6.1`, with or without a dot before it; raises ValueError."""
    found = tuple(int(part) for part in dotted.strip().lstrip(".").split("."))
    if len(found) < 2 or found[0] > 2 or any(not 0 <= number <= LARGEST for number in found):
        raise ValueError(f"{dotted!r} is no object identifier")
    return found


def dotted(found: Numbers) -> str:
    """`1.3.6.1` of numbers."""
    return ".".join(map(str, found))


def encode(found: Numbers) -> bytes:
    """The bytes of an object identifier."""
    made = bytearray()
    for number in (found[0] * 40 + found[1], *found[2:]):
        if number < 0x80:
            made.append(number)
            continue
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(number & 0x7F | 0x80)
        made += bytes(reversed(digits))
    return bytes(made)


def decode(name: bytes) -> Numbers:
    """The numbers of the bytes of an object identifier; raises Malformed."""
    if not name or name[-1] & 0x80:
        raise Malformed("an object identifier that is cut")
    found: list[int] = []
    number = 0
    for byte in name:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            if number > LARGEST and found:
                raise Malformed("a sub-identifier that is too large")
            found.append(number)
            number = 0
    head = min(found[0] // 40, 2)
    return (head, found[0] - 40 * head, *found[1:])
