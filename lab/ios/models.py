"""The Cisco models that the lab has: what is printed on them, and which SSH algorithms they know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
"""IOS 15: nothing newer than SHA-1 for keys and integrity."""

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
"""IOS-XE 17 as it is delivered."""


@dataclass(frozen=True, slots=True)
class Model:
    """One hardware model with its operating system."""

    folder: str
    """Of `lab/devices/ios/`: holds the running configuration and the text of `show version`."""
    product: str
    algorithms: Algorithms
    ssh_version: str
    needs_enable: bool
    """Whether a login lands in user mode, so that `enable` and its password are needed."""
    file_system: str
    nvram_bytes: int
    is_switch: bool = False


MODELS: Mapping[str, Model] = {
    "ISR 4461": Model(
        folder="isr4461",
        product="ISR4461/K9",
        algorithms=CURRENT,
        ssh_version="Cisco-1.25",
        needs_enable=False,
        file_system="bootflash:",
        nvram_bytes=33554432,
    ),
    "1921": Model(
        folder="1921",
        product="CISCO1921/K9",
        algorithms=CLASSIC,
        ssh_version="Cisco-1.25",
        needs_enable=True,
        file_system="flash0:",
        nvram_bytes=262136,
    ),
    "Catalyst 9200L": Model(
        folder="c9200l",
        product="C9200L-24P-4G",
        algorithms=CURRENT,
        ssh_version="Cisco-1.25",
        needs_enable=False,
        file_system="flash:",
        nvram_bytes=2097152,
        is_switch=True,
    ),
    "Catalyst 9500": Model(
        folder="c9500",
        product="C9500-24Y4C",
        algorithms=CURRENT,
        ssh_version="Cisco-1.25",
        needs_enable=False,
        file_system="bootflash:",
        nvram_bytes=33554432,
        is_switch=True,
    ),
}
"""By the name that the inventory gives the model."""
