"""gzip put together from pieces that were squeezed apart, so that only what changed is squeezed again.

Deflate allows it: a piece that ends with a full flush ends on a byte and looks back at nothing (RFC 1951). Only the
checksum covers everything, and it can be computed from those of the pieces, as zlib's `crc32_combine` does.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"
_LAST_BLOCK = b"\x03\x00"
_POLYNOMIAL = 0xEDB88320
_ONE = 1 << 31
_LEVEL = 1
"""Higher ones cost more than everything else together, and these lines shrink to a tenth anyway."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an answer, squeezed."""

    deflated: bytes
    crc: int
    length: int
    """Of the text."""
    shift: int
    """What its length does to the CRC of all that stands before it."""


def squeeze(text: bytes) -> Piece:
    """One part, ready to be put beside others. Leaves the other threads alone while it works."""
    worker = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = worker.compress(text) + worker.flush(zlib.Z_FULL_FLUSH)
    return Piece(deflated, zlib.crc32(text), len(text), _shifted(len(text)))


def gzip(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """The parts as one file of gzip."""
    yield _HEAD
    crc = length = 0
    for piece in pieces:
        yield piece.deflated
        crc = _times(piece.shift, crc) ^ piece.crc
        length += piece.length
    yield _LAST_BLOCK + struct.pack("<II", crc, length & 0xFFFFFFFF)


def _times(a: int, b: int) -> int:
    """The product of two polynomials over GF(2), modulo that of CRC-32; the lowest power stands in the highest bit."""
    product = 0
    for bit in range(31, -1, -1):
        if a >> bit & 1:
            product ^= b
        b = b >> 1 ^ _POLYNOMIAL if b & 1 else b >> 1
    return product


def _squares() -> Iterator[int]:
    power = _ONE >> 1
    for _ in range(32):
        yield power
        power = _times(power, power)


_POWERS = tuple(_squares())
"""x to the power of 1, 2, 4, …"""


def _shifted(length: int) -> int:
    """x to the power of the number of bits: what so many bytes behind a text do to its CRC."""
    power = _ONE
    place = 3
    while length:
        if length & 1:
            power = _times(_POWERS[place & 31], power)
        length >>= 1
        place += 1
    return power
