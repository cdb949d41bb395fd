"""Secrets in the forms in which files of a server hold them: invented, and always the same for a server."""

from __future__ import annotations

import base64
import random

WORD = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CRYPT = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Draw:
    """Draws secrets from a seed, and remembers them."""

    def __init__(self, seed: str) -> None:
        self._dice = random.Random(seed)
        self.drawn: list[str] = []

    def word(self, length: int = 16) -> str:
        """A clear text."""
        return self._kept(self._text(WORD, length))

    def hex(self, length: int) -> str:
        """Hexadecimal digits."""
        return self._kept(self._text("0123456789abcdef", length))

    def base64(self, octets: int) -> str:
        """A key as base64."""
        return self._kept(base64.b64encode(self._dice.randbytes(octets)).decode())

    def crypt(self) -> str:
        """SHA-512 crypt."""
        return self._kept(f"$6${self._text(CRYPT, 16)}${self._text(CRYPT, 86)}")

    def apr1(self) -> str:
        """Apache's MD5 crypt."""
        return self._kept(f"$apr1${self._text(CRYPT, 8)}${self._text(CRYPT, 22)}")

    def pem(self, label: str) -> str:
        """What looks like a private key, and opens nothing."""
        text = base64.b64encode(self._dice.randbytes(480)).decode()
        rows = [text[place : place + 64] for place in range(0, len(text), 64)]
        for row in rows:
            self._kept(row)
        return "\n".join([f"-----BEGIN {label}-----", *rows, f"-----END {label}-----"])

    def octets(self, number: int) -> bytes:
        """The inside of a key store."""
        content = self._dice.randbytes(number)
        self._kept(content[:32].hex())
        return content

    def public(self, length: int) -> str:
        """Letters of a certificate or a public key: no secret."""
        return self._text(CRYPT[2:], length)

    def _text(self, signs: str, length: int) -> str:
        return "".join(self._dice.choices(signs, k=length))

    def _kept(self, secret: str) -> str:
        self.drawn.append(secret)
        return secret
