"""Sealing: gzip inside age, so that `age -d -i KEY FILE | gunzip` restores without dcops."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping, Sequence

from dcops.archive.holders import Holder
from dcops.archive.identity import Identity
from dcops.errors import ArchiveDamaged, UsageError

HEAD_BYTES = 1 << 16
"""More than the head of any file that dcops seals."""

_MAGIC = b"age-encryption.org/v1\n"
_END_OF_HEAD = b"\n--- "
_STANZA = b"\n-> X25519 "


def sealed_for(content: bytes, holders: Sequence[Holder]) -> bytes:
    """The content, readable only for the holders."""
    import pyrage

    recipients = [pyrage.x25519.Recipient.from_str(holder.recipient) for holder in holders]
    sealed: bytes = pyrage.encrypt(content, recipients)
    return sealed


def seal(exact: bytes, holders: Sequence[Holder]) -> bytes:
    """Exact bytes, compressed and sealed."""
    return sealed_for(gzip.compress(exact, mtime=0), holders)


def unseal(sealed: bytes, identity: str | Identity, holders: Mapping[str, str], size: int) -> bytes:
    """The exact bytes again; `holders` and `size` are what the record says of them.

    `identity` is the text of an identity file, or what was read from one.
    """
    return gunzipped(opened(sealed, identity, holders), size)


def opened(sealed: bytes, identity: str | Identity, holders: Mapping[str, str]) -> bytes:
    """The compressed bytes that were sealed."""
    import pyrage

    keys = Identity(identity) if isinstance(identity, str) else identity
    try:
        return keys.decrypt(sealed)
    except pyrage.DecryptError:
        # One answer of the library for two troubles; the public keys tell them apart.
        if keys.opens(holders.values()):
            raise ArchiveDamaged("the sealed configuration does not open with the key of its holder") from None
        raise UsageError(
            f"this key does not open it: it was sealed for {', '.join(sorted(holders)) or 'nobody'}",
            next_step="Use the key of one of them",
        ) from None


def gunzipped(compressed: bytes, size: int) -> bytes:
    """Undo gzip, never making more than was promised."""
    stream = zlib.decompressobj(wbits=31)
    try:
        exact = stream.decompress(compressed, size + 1)
    except zlib.error:
        raise ArchiveDamaged("the sealed configuration is not what gzip wrote") from None
    if not stream.eof or len(exact) != size:
        raise ArchiveDamaged(f"the sealed configuration does not hold the {size} bytes that its record promises")
    return exact


def recipients_in(head: bytes) -> int | None:
    """For how many keys a file is sealed, by its first bytes; None when they are none of age.

    age does not tell for which ones: only whoever holds a private key can try.
    """
    end = head.find(_END_OF_HEAD)
    return head.count(_STANZA, 0, end) if head.startswith(_MAGIC) and end >= 0 else None
