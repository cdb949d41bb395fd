"""Enciphers for SNMPv3: DES-CBC (RFC 3414 section 8), AES-CFB (RFC 3826)."""

from __future__ import annotations

import itertools
import secrets
from typing import Any

from lab.snmp.ber import Malformed

BLOCK = 8
# One count for all agents of this process: no salt is used twice, whatever key it meets.
_salts = itertools.count(secrets.randbits(31))


def encrypt(privacy: str, key: bytes, boots: int, seconds: int, plain: bytes) -> tuple[bytes, bytes]:
    """The enciphered bytes, and the salt that travels with them."""
    number = next(_salts)
    if privacy == "des":
        salt = boots.to_bytes(4, "big") + (number & 0xFFFFFFFF).to_bytes(4, "big")
        plain += bytes(-len(plain) % BLOCK)
    else:
        salt = number.to_bytes(8, "big")
    hidden: bytes = _machine(privacy, key, boots, seconds, salt).encryptor().update(plain)
    return hidden, salt


def decrypt(privacy: str, key: bytes, boots: int, seconds: int, salt: bytes, hidden: bytes) -> bytes:
    """The bytes again; nonsense with a wrong key."""
    if len(salt) != BLOCK or (privacy == "des" and len(hidden) % BLOCK):
        raise Malformed("a length that this cipher does not make")
    plain: bytes = _machine(privacy, key, boots, seconds, salt).decryptor().update(hidden)
    return plain


def _machine(privacy: str, key: bytes, boots: int, seconds: int, salt: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    if privacy == "des":
        from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES

        before = int.from_bytes(key[BLOCK : 2 * BLOCK], "big") ^ int.from_bytes(salt, "big")
        # Three times the same key is DES itself.
        return Cipher(TripleDES(key[:BLOCK] * 3), modes.CBC(before.to_bytes(BLOCK, "big")))
    vector = boots.to_bytes(4, "big") + seconds.to_bytes(4, "big") + salt
    return Cipher(algorithms.AES(key), _feedback()(vector))


def _feedback() -> Any:
    # The library moved this mode between two of its releases.
    try:
        from cryptography.hazmat.decrepit.ciphers.modes import CFB
    except ImportError:
        from cryptography.hazmat.primitives.ciphers.modes import CFB
    return CFB
