"""Secrets in the forms in which a Cisco configuration holds them: invented, and always the same for a device."""

from __future__ import annotations

import random

# The key with which IOS hides type 7 passwords; known to everybody since 1995, which is why they still count as clear.
TYPE_7_KEY = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
CRYPT_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Secrets:
    """Draws secrets from a seed."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def number(self, least: int, most: int) -> int:
        """A number in a range."""
        return self._random.randint(least, most)

    def word(self, length: int = 12) -> str:
        """A clear text."""
        return "".join(self._random.choices("abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=length))

    def hex(self, length: int) -> str:
        """Hexadecimal digits."""
        return "".join(self._random.choices("0123456789ABCDEF", k=length))

    def type5(self) -> str:
        """MD5 crypt: `$1$salt$hash`."""
        return f"$1${self._crypt(4)}${self._crypt(22)}"

    def type7(self, clear: str = "") -> str:
        """The reversible form of a clear text."""
        clear = clear or self.word()
        salt = self._random.randint(0, 15)
        body = "".join(
            f"{ord(sign) ^ TYPE_7_KEY[(salt + place) % len(TYPE_7_KEY)]:02X}" for place, sign in enumerate(clear)
        )
        return f"{salt:02d}{body}"

    def type8(self) -> str:
        """PBKDF2: `$8$salt$hash`."""
        return f"$8${self._crypt(14)}${self._crypt(43)}"

    def type9(self) -> str:
        """scrypt: `$9$salt$hash`."""
        return f"$9${self._crypt(14)}${self._crypt(43)}"

    def certificate(self, octets: int = 808) -> str:
        """The hexadecimal body of a certificate as `show running-config` prints it, with its `quit`."""
        digits = f"3082{octets - 4:04X}" + self.hex(octets * 2 - 8)
        groups = [digits[place : place + 8] for place in range(0, len(digits), 8)]
        rows = [" ".join(groups[place : place + 8]) for place in range(0, len(groups), 8)]
        return "".join(f"  {row} \n" for row in rows) + "  \tquit"

    def _crypt(self, length: int) -> str:
        return "".join(self._random.choices(CRYPT_ALPHABET, k=length))
