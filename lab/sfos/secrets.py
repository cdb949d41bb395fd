"""Secrets in the forms in which SFOS gives them: invented, and always the same for a device."""

from __future__ import annotations

import base64
import random


class Secrets:
    """Draws secrets from a seed."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def word(self, length: int = 14) -> str:
        """A clear text."""
        return "".join(self._random.choices("abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=length))

    def hex(self, length: int = 32) -> str:
        """What SFOS below 18 calls encrypted."""
        return "".join(self._random.choices("0123456789ABCDEF", k=length))

    def hash(self) -> str:
        """What SFOS 18 and later give in place of a secret: salted anew at every write."""
        return f"$sfos$7$0${self._base64(16)}${self._base64(48)}"

    def _base64(self, octets: int) -> str:
        return base64.b64encode(self._random.randbytes(octets)).decode()
