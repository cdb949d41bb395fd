"""Secrets as short keyed hashes: a changed secret is seen, no secret is read."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable

Conceal = Callable[[str], str]
"""Takes a secret and gives the token that stands for it."""

_TOKEN = re.compile(r"(<|&lt;)secret:[0-9a-f]{12}(>|&gt;)")


def keyed(key: bytes) -> Conceal:
    """Give the function that turns a secret into `<secret:0123456789ab>` under this key."""
    if not key:
        raise ValueError("the site key is empty: tokens made with it could be guessed")

    def conceal(secret: str) -> str:
        return f"<secret:{_hash(key, b'secret', secret.encode('utf-8', 'surrogatepass'))[:12]}>"

    return conceal


def masked(text: str) -> str:
    """Drop the hash from every token, so that texts made under different keys can be compared."""
    return _TOKEN.sub(r"\1secret\2", text)


def key_id(key: bytes) -> str:
    """Name the key, to tell whether two texts were made under the same one; the name opens nothing."""
    return _hash(key, b"key id", b"")[:8]


def _hash(key: bytes, purpose: bytes, value: bytes) -> str:
    """A keyed hash whose purposes cannot be mistaken for each other."""
    return hmac.new(key, purpose + b"\0" + value, hashlib.sha256).hexdigest()
