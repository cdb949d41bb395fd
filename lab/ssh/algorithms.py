"""Which SSH algorithms a device knows, old or new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Algorithms:
    """What an SSH server offers, in its order of preference."""

    key_exchange: Sequence[str]
    host_key_signatures: Sequence[str]
    ciphers: Sequence[str]
    macs: Sequence[str]


CLASSIC = Algorithms(
    key_exchange=("diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1"),
    host_key_signatures=("ssh-rsa",),
    ciphers=("aes128-ctr", "aes192-ctr", "aes256-ctr", "aes128-cbc"),
    macs=("hmac-sha1",),
)
"""IOS 15, older switches: nothing newer than SHA-1 for keys and integrity."""

CURRENT = Algorithms(
    key_exchange=(
        "curve25519-sha256",
        "curve25519-sha256@libssh.org",
        "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp384",
        "ecdh-sha2-nistp521",
        "diffie-hellman-group14-sha256",
        "diffie-hellman-group16-sha512",
    ),
    host_key_signatures=("rsa-sha2-512", "rsa-sha2-256"),
    ciphers=(
        "aes128-gcm@openssh.com",
        "aes256-gcm@openssh.com",
        "aes128-ctr",
        "aes192-ctr",
        "aes256-ctr",
    ),
    macs=(
        "hmac-sha2-256-etm@openssh.com",
        "hmac-sha2-512-etm@openssh.com",
        "hmac-sha2-256",
        "hmac-sha2-512",
    ),
)
"""What is delivered today: IOS-XE 17, NX-OS 9."""
