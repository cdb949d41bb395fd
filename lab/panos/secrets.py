"""Secrets in the forms in which a PAN-OS configuration holds them: invented, and always the same for a device."""

from __future__ import annotations

import base64
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

    def uuid(self) -> str:
        """The identity of a rule."""
        return "-".join(self.hex(length) for length in (8, 4, 4, 4, 12))

    def base64(self, octets: int) -> str:
        """Octets in base64, without line ends."""
        return base64.b64encode(self._random.randbytes(octets)).decode()

    def type5(self) -> str:
        """MD5 crypt, as in `phash`."""
        crypt = "".join(self._random.choices(CRYPT_ALPHABET, k=30))
        return f"$1${crypt[:8]}${crypt[8:]}"

    def master_key(self, octets: int = 32) -> str:
        """A text encrypted with the firewall's master key: `-AQ==`, a digest, the cipher text."""
        return f"-AQ=={self.base64(20)}{self.base64(octets)}"
