"""From passwords to the keys of one engine (RFC 3414 section 2.6 and appendix A.2; RFC 7860 for SHA-2)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from dcops.model.secret import Secret
from dcops.model.snmp import SHORTEST_PASSWORD, Authentication, Privacy

_MEGABYTE = 1 << 20


SIGNATURE_BYTES = {
    Authentication.MD5: 12,
    Authentication.SHA1: 12,
    Authentication.SHA224: 16,
    Authentication.SHA256: 24,
    Authentication.SHA384: 32,
    Authentication.SHA512: 48,
}
KEY_BYTES = {
    Privacy.DES: 16,
    Privacy.AES128: 16,
    Privacy.AES192: 24,
    Privacy.AES256: 32,
    Privacy.AES192_CISCO: 24,
    Privacy.AES256_CISCO: 32,
}


@dataclass(frozen=True, slots=True)
class User:
    """A user of SNMPv3 and how its messages are protected."""

    name: str
    authentication: Authentication | None = None
    authentication_password: Secret | None = None
    privacy: Privacy | None = None
    privacy_password: Secret | None = None
    context: str = ""

    def __post_init__(self) -> None:
        for what, protocol, password in (
            ("authentication", self.authentication, self.authentication_password),
            ("privacy", self.privacy, self.privacy_password),
        ):
            if protocol and (not password or len(password.reveal()) < SHORTEST_PASSWORD):
                raise ValueError(f"the {what} password of user {self.name} needs {SHORTEST_PASSWORD} signs or more")
        if self.privacy and not self.authentication:
            raise ValueError(f"user {self.name} has privacy without authentication, which SNMPv3 does not know")


@lru_cache(maxsize=64)
def _digest_of_password(name: str, password: Secret) -> bytes:
    """The hash of a megabyte of the repeated password: a millisecond, so it is made once."""
    plain = password.reveal().encode()
    repeated = plain * (_MEGABYTE // len(plain) + 1)
    return hashlib.new(name, repeated[:_MEGABYTE]).digest()


def localised(authentication: Authentication, password: Secret, engine: bytes) -> bytes:
    """The key of a password for one engine, as long as the hash."""
    return _localised(authentication.value, _digest_of_password(authentication.value, password), engine)


def _localised(name: str, digest: bytes, engine: bytes) -> bytes:
    return hashlib.new(name, digest + engine + digest).digest()


def privacy_key(user: User, engine: bytes) -> bytes:
    """The key with which a user's messages to one engine are enciphered."""
    assert user.authentication
    assert user.privacy
    assert user.privacy_password
    name = user.authentication.value
    key = localised(user.authentication, user.privacy_password, engine)
    wanted = KEY_BYTES[user.privacy]
    while len(key) < wanted:
        if user.privacy in (Privacy.AES192_CISCO, Privacy.AES256_CISCO):
            repeated = key * (_MEGABYTE // len(key) + 1)
            key += _localised(name, hashlib.new(name, repeated[:_MEGABYTE]).digest(), engine)
        else:
            key += hashlib.new(name, key).digest()
    return key[:wanted]
