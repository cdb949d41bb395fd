"""The ciphers of SNMPv3: DES in CBC mode (RFC 3414 section 8) and AES in CFB mode (RFC 3826)."""

from __future__ import annotations

import secrets
from typing import Any, Protocol

from dcops.model.snmp import Privacy
from dcops.snmp.ber import Malformed

_BLOCK = 8
_AES_BLOCK = 16
_LARGEST_SALT = (1 << 64) - 1


class Cipher(Protocol):
    """Enciphers with one key; boots and time are the engine's."""

    def encrypt(self, plain: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        """The enciphered bytes and the salt that must travel with them."""

    def decrypt(self, hidden: bytes, boots: int, time: int, salt: bytes) -> bytes:
        """The bytes again. A wrong key gives nonsense, or raises Malformed."""


def cipher(privacy: Privacy, key: bytes) -> Cipher:
    """The cipher of a protocol with a key of its length."""
    return Des(key) if privacy is Privacy.DES else Aes(key)


class Aes:
    """AES of 128, 192 or 256 bits.

    CFB is made here of single blocks: a machine that is set up once for a key saves most of what setting one up for
    each message costs, and all blocks of an answer go through it in one call.
    """

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers import Cipher as Machine
        from cryptography.hazmat.primitives.ciphers.algorithms import AES
        from cryptography.hazmat.primitives.ciphers.modes import ECB

        # Blocks, of which none is ever the text itself.
        self._blocks = Machine(AES(key), ECB()).encryptor().update  # noqa: S305
        self._salt = secrets.randbits(64)

    def encrypt(self, plain: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        """See Cipher; no salt is used twice."""
        self._salt = (self._salt + 1) & _LARGEST_SALT
        salt = self._salt.to_bytes(8, "big")
        block = boots.to_bytes(4, "big") + time.to_bytes(4, "big") + salt
        hidden = []
        for at in range(0, len(plain), _AES_BLOCK):
            block = _xor(plain[at : at + _AES_BLOCK], self._blocks(block))
            hidden.append(block)
        return b"".join(hidden), salt

    def decrypt(self, hidden: bytes, boots: int, time: int, salt: bytes) -> bytes:
        """See Cipher."""
        if len(salt) != _BLOCK:
            raise Malformed("a salt of another length")
        before = boots.to_bytes(4, "big") + time.to_bytes(4, "big") + salt + hidden
        return _xor(hidden, self._blocks(before[: len(hidden) + -len(hidden) % _AES_BLOCK]))


def _xor(data: bytes, stream: bytes) -> bytes:
    """Each bit of the data that is set in the stream turned over; the stream may be longer."""
    size = len(data)
    return (int.from_bytes(data, "big") ^ int.from_bytes(stream[:size], "big")).to_bytes(size, "big")


class Des:
    """DES, for cards that know nothing better."""

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
        from cryptography.hazmat.primitives.ciphers import Cipher as Machine
        from cryptography.hazmat.primitives.ciphers.modes import CBC

        self._machine: Any = Machine
        self._mode: Any = CBC
        # Three times the same key is DES itself.
        self._algorithm = TripleDES(key[:_BLOCK] * 3)
        self._before = int.from_bytes(key[_BLOCK : 2 * _BLOCK], "big")
        self._salt = secrets.randbits(32)

    def encrypt(self, plain: bytes, boots: int, time: int) -> tuple[bytes, bytes]:  # noqa: ARG002
        """See Cipher."""
        self._salt = (self._salt + 1) & 0xFFFFFFFF
        salt = boots.to_bytes(4, "big") + self._salt.to_bytes(4, "big")
        padded = plain + bytes(-len(plain) % _BLOCK)
        return self._machine(self._algorithm, self._mode(self._vector(salt))).encryptor().update(padded), salt

    def decrypt(self, hidden: bytes, boots: int, time: int, salt: bytes) -> bytes:  # noqa: ARG002
        """See Cipher. What was padded stays padded: the message inside knows its own length."""
        if len(salt) != _BLOCK or len(hidden) % _BLOCK:
            raise Malformed("a length that DES does not make")
        plain: bytes = self._machine(self._algorithm, self._mode(self._vector(salt))).decryptor().update(hidden)
        return plain

    def _vector(self, salt: bytes) -> bytes:
        return (self._before ^ int.from_bytes(salt, "big")).to_bytes(_BLOCK, "big")
