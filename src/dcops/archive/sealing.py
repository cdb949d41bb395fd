"""Sealing: gzip inside age, so that `age -d -i KEY FILE | gunzip` restores without dcops."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from dcops.archive.holders import Holder
from dcops.errors import ArchiveDamaged, UsageError

_IDENTITY = re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]+")


def sealed_for(content: bytes, holders: Sequence[Holder]) -> bytes:
    """The content, readable only for the holders."""
    import pyrage

    recipients = [pyrage.x25519.Recipient.from_str(holder.recipient) for holder in holders]
    sealed: bytes = pyrage.encrypt(content, recipients)
    return sealed


def seal(exact: bytes, holders: Sequence[Holder]) -> bytes:
    """Exact bytes, compressed and sealed."""
    return sealed_for(gzip.compress(exact, mtime=0), holders)


def unseal(sealed: bytes, identity: str, holders: Mapping[str, str], size: int) -> bytes:
    """The exact bytes again; `holders` and `size` are what the record says of them.

    `identity` is the text of an identity file: its comments may stand there, and more than one key.
    """
    import pyrage

    keys = _identities(identity)
    try:
        compressed: bytes = pyrage.decrypt(sealed, keys)
    except pyrage.DecryptError:
        # One answer of the library for two troubles; the public keys tell them apart.
        if {str(key.to_public()) for key in keys} & set(holders.values()):
            raise ArchiveDamaged("the sealed configuration does not open with the key of its holder") from None
        raise UsageError(
            f"this key does not open it: it was sealed for {', '.join(sorted(holders)) or 'nobody'}",
            next_step="Use the key of one of them",
        ) from None
    return _gunzip(compressed, size)


def _identities(text: str) -> list[Any]:
    from pyrage import IdentityError, x25519

    lines = [line.strip() for line in text.splitlines()]
    keys: list[Any] = []
    for line in lines:
        if not line or line.startswith("#"):
            continue
        try:
            keys.append(x25519.Identity.from_str(line) if _IDENTITY.fullmatch(line) else None)
        except IdentityError:
            keys.append(None)
    if not keys or None in keys:
        # No part of the text is shown: it may be a key with a typing mistake.
        raise UsageError("this is no identity of age", next_step="Give the file that `dcops archive keys create` wrote")
    return keys


def _gunzip(compressed: bytes, size: int) -> bytes:
    """Undo gzip, never making more than was promised."""
    stream = zlib.decompressobj(wbits=31)
    try:
        exact = stream.decompress(compressed, size + 1)
    except zlib.error:
        raise ArchiveDamaged("the sealed configuration is not what gzip wrote") from None
    if not stream.eof or len(exact) != size:
        raise ArchiveDamaged(f"the sealed configuration does not hold the {size} bytes that its record promises")
    return exact
