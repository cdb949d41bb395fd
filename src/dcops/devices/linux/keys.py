"""Opens the file of a private SSH key."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Secret


def opened(path: Path, password: Secret | None) -> tuple[paramiko.PKey, Secret | None]:
    """The key, and the password when that is the login's own and not the key's passphrase.

    A passphrase must not travel: the server is shown the password only when the key needed none.
    """
    passphrase = password.reveal() if password else None
    try:
        return _read(path, None), password
    except DeviceError:
        raise
    except Exception as error:  # noqa: BLE001  cryptography tells "encrypted" in several ways
        if not isinstance(error, TypeError | paramiko.PasswordRequiredException):
            raise _useless(path) from None
    if passphrase is None:
        raise DeviceError(
            ErrorKind.AUTH,
            f"the key {path} needs a passphrase",
            next_step="Write it as the password of the credential",
        )
    try:
        return _read(path, passphrase), None
    except DeviceError:
        raise
    except Exception:  # noqa: BLE001
        raise DeviceError(
            ErrorKind.AUTH,
            f"the key {path} does not open with the password of the credential",
            next_step="Try it with: ssh-keygen -y -f " + str(path),
        ) from None


def _read(path: Path, passphrase: str | None) -> paramiko.PKey:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DeviceError(
            ErrorKind.AUTH, f"the key {path} cannot be read: {error.strerror}", next_step="Check its owner and mode"
        ) from None
    given = passphrase.encode() if passphrase else None
    try:
        loaded = serialization.load_ssh_private_key(data, given)
    except ValueError:
        loaded = serialization.load_pem_private_key(data, given)  # type: ignore[assignment]
    # paramiko itself reads no encrypted PKCS#8; in OpenSSH's form it reads every kind it knows.
    text = loaded.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    ).decode()
    kinds: dict[type[Any], Any] = {
        rsa.RSAPrivateKey: paramiko.RSAKey,
        ec.EllipticCurvePrivateKey: paramiko.ECDSAKey,
        ed25519.Ed25519PrivateKey: paramiko.Ed25519Key,
    }
    kind = next((ours for theirs, ours in kinds.items() if isinstance(loaded, theirs)), None)
    if kind is None:
        raise _useless(path)
    key: paramiko.PKey = kind.from_private_key(io.StringIO(text))
    certificate = path.with_name(f"{path.name}-cert.pub")
    if certificate.is_file():
        key.load_certificate(str(certificate))
    return key


def _useless(path: Path) -> DeviceError:
    return DeviceError(
        ErrorKind.AUTH,
        f"{path} is no private key that we can use",
        next_step="Make one with: ssh-keygen -t ed25519; a PuTTY key is turned into one by puttygen -O private-openssh",
    )
