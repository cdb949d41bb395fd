"""Secrets as a Peplink holds them: clear texts and digits, invented, and always the same for a device."""

from __future__ import annotations

import random

CRYPT_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Secrets:
    """Draws secrets from a seed."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def word(self, length: int = 12) -> str:
        """A clear text."""
        return "".join(self._random.choices("abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=length))

    def hex(self, length: int) -> str:
        """Hexadecimal digits."""
        return "".join(self._random.choices("0123456789abcdef", k=length))

    def md5crypt(self) -> str:
        """A hash of a password."""
        crypt = "".join(self._random.choices(CRYPT_ALPHABET, k=30))
        return f"$1${crypt[:8]}${crypt[8:]}"
