"""What kind of file an opaque content is, and whether it is whole where its kind lets us tell."""

from __future__ import annotations

import bz2
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from typing import Protocol

MOST_UNPACKED = 512 * 1024 * 1024
"""A backup that unpacks to more is no backup of a network device: somebody packed it so."""

_PIECE = 1 << 20

_TYPES = (
    (0, b"\x1f\x8b", "gzip"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"\xfd7zXZ\x00", "xz"),
    (0, b"BZh", "bzip2"),
    (0, b"\x28\xb5\x2f\xfd", "zstandard"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-zip"),
    (257, b"ustar", "tar"),
    (0, b"Salted__", "OpenSSL encrypted"),
    (0, b"age-encryption.org/", "age encrypted"),
    (0, b"-----BEGIN PGP MESSAGE-----", "PGP encrypted"),
    (0, b"SQLite format 3\x00", "SQLite"),
    (0, b"<?xml", "XML"),
)
"""Offset, what stands there, and the name of the type."""

_TAR_END = b"\x00" * 1024


class TooLarge(ValueError):
    """It unpacks to more than a backup can be."""


def type_of(content: bytes) -> str:
    """The type of a file by its first bytes: `gzip`, `zip`, `text`, or `data` when nothing gives it away."""
    for offset, magic, name in _TYPES:
        if content.startswith(magic, offset):
            return name
    return "text" if _is_text(content[:4096]) else "data"


def is_whole(content: bytes) -> bool | None:
    """Whether the end that the file's type promises is there; None when its type does not tell.

    Raises TooLarge for a file that unpacks without end.
    """
    look = _LOOKS.get(type_of(content))
    return None if look is None else look(content)


def _is_text(start: bytes) -> bool:
    try:
        # A character may be cut where the look ends.
        text = start.decode("utf-8", "strict" if len(start) < 4096 else "ignore")
    except UnicodeDecodeError:
        return False
    return all(sign.isprintable() or sign in "\r\n\t\f" for sign in text)


class _Unpacker(Protocol):
    """A decompressor of the standard library that can be held to a size."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def _streams(content: bytes, unpacker_of: Callable[[], _Unpacker]) -> bool:
    """Compressed streams, one after the other, each with its end; zeros after the last one are padding."""
    unpacked, rest = 0, content
    while rest.strip(b"\x00"):
        unpacker = unpacker_of()
        data = rest
        while not unpacker.eof:
            try:
                piece = unpacker.decompress(data, _PIECE)
            except (OSError, EOFError, lzma.LZMAError, zlib.error):
                return False
            # zlib hands back what it did not take; the others keep it.
            data = getattr(unpacker, "unconsumed_tail", b"")
            if not piece and not data and not unpacker.eof:
                return False
            unpacked += len(piece)
            _bound(unpacked)
        rest = unpacker.unused_data
    return True


def _zip(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            _bound(sum(item.file_size for item in file.infolist()))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        if isinstance(error, TooLarge):
            raise
        return False
    return True


def _bound(size: int) -> None:
    if size > MOST_UNPACKED:
        raise TooLarge(f"it unpacks to more than {MOST_UNPACKED >> 20} MiB")


_LOOKS: dict[str, Callable[[bytes], bool]] = {
    "gzip": lambda content: _streams(content, lambda: zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)),
    "bzip2": lambda content: _streams(content, bz2.BZ2Decompressor),
    "xz": lambda content: _streams(content, lambda: lzma.LZMADecompressor(format=lzma.FORMAT_XZ)),
    "zip": _zip,
    "tar": lambda content: len(content) % 512 == 0 and content.endswith(_TAR_END),
}
