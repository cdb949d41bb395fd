"""Users of SNMPv3 and their keys for one engine (RFC 3414 appendix A, RFC 7860)."""

from __future__ import annotations

import functools
import hashlib
import hmac
from dataclasses import dataclass

SIGNATURES = {"md5": 12, "sha1": 12, "sha224": 16, "sha256": 24, "sha384": 32, "sha512": 48}
"""Hash to the bytes of its signature that travel."""
KEYS = {"des": 16, "aes128": 16, "aes192": 24, "aes256": 32, "aes192-cisco": 24, "aes256-cisco": 32}
"""Cipher to the bytes of its key."""
STRETCH = 1 << 20


@dataclass(frozen=True, slots=True)
class User:
    """Who may ask, and how well protected."""

    name: str
    authentication: str | None = None
    password: str = ""
    privacy: str | None = None
    privacy_password: str = ""

    @property
    def level(self) -> int:
        """The flags of messages that protect as much as this user has to: 1 signed, 2 enciphered."""
        return (1 if self.authentication else 0) | (2 if self.privacy else 0)

    def signing_key(self, engine: bytes) -> bytes:
        """The key that signs messages of one engine."""
        assert self.authentication
        return localised(self.authentication, self.password.encode(), engine)

    def signature(self, engine: bytes, message: bytes) -> bytes:
        """The signature of a message in which its own place is zero."""
        assert self.authentication
        digest = hmac.digest(self.signing_key(engine), message, self.authentication)
        return digest[: SIGNATURES[self.authentication]]

    def cipher_key(self, engine: bytes) -> bytes:
        """The key that enciphers, made longer where the hash is shorter than it."""
        assert self.authentication
        assert self.privacy
        return _cipher_key(self.authentication, self.privacy, self.privacy_password.encode(), engine)


@functools.lru_cache(maxsize=4096)
def localised(name: str, password: bytes, engine: bytes) -> bytes:
    """The key of a password for one engine."""
    digest = _stretched(name, password)
    return hashlib.new(name, digest + engine + digest).digest()


@functools.lru_cache(maxsize=256)
def _stretched(name: str, password: bytes) -> bytes:
    """The hash of a megabyte of the repeated password. It is the same for every engine, and dear."""
    return hashlib.new(name, (password * (STRETCH // len(password) + 1))[:STRETCH]).digest()


@functools.lru_cache(maxsize=4096)
def _cipher_key(name: str, privacy: str, password: bytes, engine: bytes) -> bytes:
    key = localised(name, password, engine)
    while len(key) < KEYS[privacy]:
        # Two ways are in use, and neither became a standard: Blumenthal's draft hashes on, Reeder's begins anew.
        key += localised(name, key, engine) if privacy.endswith("-cisco") else hashlib.new(name, key).digest()
    return key[: KEYS[privacy]]
