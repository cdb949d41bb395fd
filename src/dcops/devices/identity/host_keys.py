"""The SSH host keys that a device offers, fetched without logging in."""

from __future__ import annotations

import base64
import hashlib
import logging
from dataclasses import dataclass

import paramiko

from dcops.devices.failures import explain
from dcops.devices.identity.endpoint import Endpoint, connect
from dcops.devices.ssh.algorithms import LEGACY, Offer, offered
from dcops.errors import DeviceError, ErrorKind

HANDSHAKE_SECONDS = 15.0
SMALLEST_RSA_BITS = 2048
# One RSA key is offered under the names of all the signatures it can make; the best one fetches it.
_RSA = ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")
_FETCHED = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521")

_silent = logging.getLogger("dcops.devices.identity.paramiko")
# What goes wrong is raised; paramiko's thread would tell it on stderr a second time.
_silent.addHandler(logging.NullHandler())
_silent.propagate = False


@dataclass(frozen=True, slots=True)
class HostKey:
    """A public host key."""

    kind: str
    """As known_hosts writes it: `ssh-ed25519`, `ssh-rsa`."""
    blob: bytes

    @classmethod
    def of(cls, key: paramiko.PKey) -> HostKey:
        """The public part of a key of paramiko's."""
        return cls(key.get_name(), key.asbytes())

    @property
    def sha256(self) -> str:
        """As OpenSSH and new consoles print it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    @property
    def md5(self) -> str:
        """As old consoles print it."""
        digest = hashlib.md5(self.blob, usedforsecurity=False).hexdigest()
        return "MD5:" + ":".join(digest[place : place + 2] for place in range(0, len(digest), 2))

    @property
    def text(self) -> str:
        """Type and key as a line of known_hosts has them."""
        return f"{self.kind} {base64.b64encode(self.blob).decode()}"

    @property
    def weakness(self) -> str:
        """Why it proves little; empty when it is sound."""
        if self.kind == "ssh-dss":
            return "DSA keys are too short to prove anything"
        if self.kind == "ssh-rsa" and (bits := paramiko.RSAKey(data=self.blob).get_bits()) < SMALLEST_RSA_BITS:
            return f"an RSA key of {bits} bits is too short"
        return ""

    def is_called(self, fingerprint: str) -> bool:
        """Whether a fingerprint is this key's, in any of the ways in which people write them."""
        given = fingerprint.strip()
        digits = given.removeprefix("MD5:").replace(":", "").replace(" ", "").lower()
        return given.rstrip("=") in (self.sha256, self.sha256.removeprefix("SHA256:")) or (
            digits == self.md5.removeprefix("MD5:").replace(":", "")
        )


@dataclass(frozen=True, slots=True)
class SshIdentity:
    """What an SSH server shows before the login."""

    keys: tuple[HostKey, ...]
    offer: Offer
    version: str
    """Its identification: `SSH-2.0-Cisco-1.25`."""


def fetch(endpoint: Endpoint, *, legacy: bool) -> SshIdentity:
    """Every host key that the device has; weak algorithms are used only by leave. Raises DeviceError."""
    connect(endpoint.address, endpoint.port)[0].close()
    offer = offered(endpoint.address, endpoint.port, HANDSHAKE_SECONDS)
    if offer is None:
        raise DeviceError(
            ErrorKind.TIMEOUT,
            "connected, but it never spoke SSH",
            next_step="Is this the SSH port? A device that hangs so often needs a restart",
        )
    keys: dict[HostKey, None] = {}
    version = ""
    for kind in _kinds(offer, legacy=legacy):
        key, version = _one(endpoint, kind, legacy=legacy)
        keys[key] = None
    if not keys:
        raise _no_algorithm(offer, legacy=legacy)
    return SshIdentity(tuple(keys), offer, version)


def _kinds(offer: Offer, *, legacy: bool) -> list[str]:
    kinds = [kind for kind in _FETCHED if kind in offer.host_keys]
    usable = [kind for kind in _RSA if kind in offer.host_keys and (legacy or kind not in LEGACY["keys"])]
    return kinds + usable[:1]


def _one(endpoint: Endpoint, kind: str, *, legacy: bool) -> tuple[HostKey, str]:
    connection, _ = connect(endpoint.address, endpoint.port)
    transport = paramiko.Transport(connection, disabled_algorithms=None if legacy else LEGACY)
    try:
        transport.set_log_channel(_silent.name)
        transport.banner_timeout = HANDSHAKE_SECONDS
        transport.get_security_options().key_types = (kind,)
        transport.start_client(timeout=HANDSHAKE_SECONDS)
        return HostKey.of(transport.get_remote_server_key()), str(transport.remote_version)
    except paramiko.ssh_exception.IncompatiblePeer:
        offer = offered(endpoint.address, endpoint.port, HANDSHAKE_SECONDS)
        raise _no_algorithm(offer, legacy=legacy) from None
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise explain(error) from None
    finally:
        transport.close()


def _no_algorithm(offer: Offer | None, *, legacy: bool) -> DeviceError:
    return DeviceError(
        ErrorKind.UNSUPPORTED,
        f"no SSH algorithm in common{f': it offers {offer}' if offer else ''}",
        next_step=(
            "Update the device"
            if legacy
            else "Update the device, or allow its old algorithms: legacy_algorithms: {reason: …}"
        ),
    )
