"""Secrets as short keyed hashes: a changed secret is seen, no secret is read."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

Conceal = Callable[[str], str]
"""Takes a secret and gives the token that stands for it."""


def keyed(key: bytes) -> Conceal:
    """Give the function that turns a secret into `<secret:0123456789ab>` under this key."""
    if not key:
        raise ValueError("the site key is empty: tokens made with it could be guessed")

    def conceal(secret: str) -> str:
        return f"<secret:{_hash(key, b'secret', secret.encode('utf-8', 'surrogatepass'))[:12]}>"

    return conceal


def _hash(key: bytes, purpose: bytes, value: bytes) -> str:
    """A keyed hash whose purposes cannot be mistaken for each other."""
    return hmac.new(key, purpose + b"\0" + value, hashlib.sha256).hexdigest()
