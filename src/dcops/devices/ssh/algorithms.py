"""Which SSH algorithms are too weak by default, and what a device offers when we cannot agree.

RFC 9142 gives the state of the key exchange methods; OpenSSH 8.8 switched off `ssh-rsa` signatures.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass

from dcops.devices.ssh.library import paramiko

LEGACY: dict[str, list[str]] = {
    "kex": [
        "diffie-hellman-group-exchange-sha1",
        "diffie-hellman-group14-sha1",
        "diffie-hellman-group1-sha1",
    ],
    "keys": ["ssh-rsa", "ssh-dss"],
    "pubkeys": ["ssh-rsa", "ssh-dss"],
    "macs": ["hmac-sha1", "hmac-sha1-96", "hmac-md5", "hmac-md5-96"],
    "ciphers": ["3des-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc", "blowfish-cbc"],
}
"""In the shape of paramiko's `disabled_algorithms`."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a device's SSH server offers (the KEXINIT message, RFC 4253 section 7.1)."""

    kex: tuple[str, ...]
    host_keys: tuple[str, ...]
    ciphers: tuple[str, ...]
    macs: tuple[str, ...]

    def __str__(self) -> str:
        return f"key exchange {', '.join(self.kex)}; host key {', '.join(self.host_keys)}; MAC {', '.join(self.macs)}"


def only_weak(offer: Offer) -> tuple[str, ...]:
    """Where a device offers nothing but weak algorithms: only a leave for them lets us in."""
    kinds = {
        "key exchange": (offer.kex, "kex"),
        "host key": (offer.host_keys, "keys"),
        "cipher": (offer.ciphers, "ciphers"),
        "MAC": (offer.macs, "macs"),
    }
    # Authenticated ciphers bring their own MAC: what is offered beside them does not matter then.
    authenticated = any("gcm" in cipher or "poly1305" in cipher for cipher in offer.ciphers)
    return tuple(
        words
        for words, (names, kind) in kinds.items()
        if names and set(names) <= set(LEGACY[kind]) and not (kind == "macs" and authenticated)
    )


def offered(address: str, port: int, timeout_seconds: float = 5.0) -> Offer | None:
    """Ask a device which algorithms it offers; None when it does not say."""
    try:
        with socket.create_connection((address, port), timeout=timeout_seconds) as connection:
            connection.settimeout(timeout_seconds)
            connection.sendall(b"SSH-2.0-dcops\r\n")
            stream = connection.makefile("rb")
            # RFC 4253 4.2: other lines may come before the version; a bound keeps a liar from feeding us for ever.
            for _ in range(50):
                line = stream.readline(1024)
                if not line or line.startswith(b"SSH-"):
                    break
            length = int.from_bytes(stream.read(4), "big")
            if not 0 < length <= 35_000:
                return None
            packet = stream.read(length)
    except OSError:
        return None
    return parse(packet)


def parse(packet: bytes) -> Offer | None:
    """Read an unencrypted KEXINIT packet (padding length, payload, padding)."""
    try:
        message = paramiko.Message(packet[1 : len(packet) - packet[0]])
        if message.get_byte() != bytes([paramiko.common.MSG_KEXINIT]):
            return None
        message.get_bytes(16)
        lists = [tuple(message.get_list()) for _ in range(6)]
    except (IndexError, UnicodeDecodeError, ValueError, OverflowError):
        return None
    return Offer(kex=lists[0], host_keys=lists[1], ciphers=lists[3], macs=lists[5])
