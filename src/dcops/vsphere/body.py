"""The body of an HTTP answer: whole, unpacked, and never larger than it may be."""

from __future__ import annotations

import http.client
import zlib

_STEP = 1 << 16
_GZIP = 16 + zlib.MAX_WBITS


class Truncated(Exception):
    """The answer ended in the middle."""


class TooLarge(Truncated):
    """The answer is larger than any that we expect; the rest of it is not read."""


def read(response: http.client.HTTPResponse, largest: int, got: list[int]) -> bytearray:
    """Read it all; raises Truncated, TooLarge or what HTTP does. `got` counts bytes as received and as unpacked."""
    packed = zlib.decompressobj(_GZIP) if response.headers.get("Content-Encoding", "").lower() == "gzip" else None
    body = bytearray()
    try:
        while chunk := response.read1(_STEP):
            got[0] += len(chunk)
            if packed is None:
                body += chunk
            else:
                while chunk and not packed.eof:
                    body += packed.decompress(chunk, _STEP)
                    chunk = packed.unconsumed_tail
                    if len(body) > largest:
                        raise TooLarge
            if len(body) > largest:
                raise TooLarge
    except zlib.error:
        raise Truncated from None
    finally:
        got[1] += len(body)
    # Before Python 3.12 a short body raises nothing when it is read in pieces.
    if response.length or (packed is not None and not packed.eof):
        raise Truncated
    return body
