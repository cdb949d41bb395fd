"""One SSH connection to the second store: known host keys only, modern algorithms only, never an agent."""

from __future__ import annotations

import base64
import hashlib
import logging
import socket
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dcops.archive.copies.address import SshAddress
from dcops.errors import CannotRun, InvalidInput
from dcops.model.secret import Secret

if TYPE_CHECKING:
    import paramiko

CONNECT_SECONDS = 20.0
LOGIN_SECONDS = 30.0
KEEPALIVE_SECONDS = 15

# RFC 9142 for the key exchange; what is left out has SHA-1, CBC or MD5 in it.
_KEX = (
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group14-sha256",
)
_HOST_KEYS = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}
"""By the kind of a key in known_hosts: the signatures that may be made with it."""
_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr")
_MACS = ("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512")


@dataclass(frozen=True, slots=True)
class Login:
    """Who we are there."""

    user: str
    key_file: Path | None = None
    password: Secret | None = None
    """The passphrase of the key when there is one."""


@dataclass(frozen=True, slots=True)
class KnownHosts:
    """Whom we believe, and where that is written."""

    keys: paramiko.HostKeys
    file: Path


def connect(address: SshAddress, login: Login, known: KnownHosts) -> paramiko.Transport:
    """An authenticated connection; every way to fail is a CannotRun that says what to do."""
    import paramiko

    key = _private_key(login)
    try:
        line = socket.create_connection((address.host, address.port), timeout=CONNECT_SECONDS)
    except OSError as error:
        raise CannotRun(
            f"{address} cannot be reached: {error.strerror or error}",
            next_step="Is the host up, is SSH open on that port, and does its name resolve?",
        ) from None
    # Many short questions: without this each waits 40 ms for an acknowledgement.
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    transport = paramiko.Transport(line, disabled_algorithms={"pubkeys": ["ssh-rsa", "ssh-dss"]})
    # Its thread tells a log of every failure, which without a handler would land on the terminal; we tell it ourselves.
    transport.set_log_channel(__name__)
    logging.getLogger(__name__).addHandler(logging.NullHandler())
    try:
        _shake_hands(transport, address, known)
        _log_in(transport, address, login, key)
    except BaseException:
        transport.close()
        raise
    transport.set_keepalive(KEEPALIVE_SECONDS)
    return transport


def _shake_hands(transport: paramiko.Transport, address: SshAddress, known: KnownHosts) -> None:
    import paramiko

    ours = dict(known.keys.lookup(address.known_as) or {})
    offer = transport.get_security_options()
    offer.kex = _of(_KEX, offer.kex)
    offer.ciphers = _of(_CIPHERS, offer.ciphers)
    offer.digests = _of(_MACS, offer.digests)
    # Of several host keys the server must show one that we know; an unknown server shows any, to be named.
    kinds = [kind for kind in _HOST_KEYS if kind in ours] or list(_HOST_KEYS)
    offer.key_types = _of([name for kind in kinds for name in _HOST_KEYS[kind]], offer.key_types)
    try:
        transport.start_client(timeout=CONNECT_SECONDS)
        # When the time is up `start_client` just comes back; without a session this one says so.
        shown = transport.get_remote_server_key()
    except paramiko.ssh_exception.IncompatiblePeer as error:
        raise CannotRun(
            f"{address} and dcops have no SSH algorithm in common ({error})",
            next_step=f"Update its SSH server; or, when its host key is of a new kind, put that into {known.file}",
        ) from None
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise CannotRun(
            f"{address} does not speak SSH as it should: {error or type(error).__name__}",
            next_step="Is it the right port? See the log of its SSH server",
        ) from None
    _require_known(shown, ours, address, known)


def _require_known(
    shown: paramiko.PKey, ours: dict[str, paramiko.PKey], address: SshAddress, known: KnownHosts
) -> None:
    expected = ours.get(shown.get_name())
    if expected is not None and expected.asbytes() == shown.asbytes():
        return
    print_ = _fingerprint(shown)
    line = f"{address.known_as} {shown.get_name()} {shown.get_base64()}"
    if not ours:
        raise CannotRun(
            f"the host key of {address} is not known: it showed {shown.get_name()} {print_}",
            next_step=f"Compare that on its console, then add to {known.file} the line: {line}",
        )
    names = ", ".join(f"{kind} {_fingerprint(key)}" for kind, key in ours.items())
    raise CannotRun(
        f"the host key of {address} is not the one in {known.file}:"
        f" it showed {shown.get_name()} {print_}, known is {names}",
        next_step="A new machine, or somebody in between; nothing was sent. Compare on its console before changing it",
    )


def _log_in(transport: paramiko.Transport, address: SshAddress, login: Login, key: paramiko.PKey | None) -> None:
    import paramiko

    transport.auth_timeout = LOGIN_SECONDS
    try:
        if key is not None:
            left = transport.auth_publickey(login.user, key)
        else:
            assert login.password is not None
            left = transport.auth_password(login.user, login.password.reveal(), fallback=False)
    except paramiko.AuthenticationException:
        raise _refused(address, login, key) from None
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise CannotRun(f"{address} broke off the login: {error or type(error).__name__}") from None
    if left:
        raise CannotRun(
            f"{address} asks for more than one proof ({', '.join(left)})",
            next_step="Let the account of the copy enter with its key alone",
        )


def _refused(address: SshAddress, login: Login, key: paramiko.PKey | None) -> CannotRun:
    if key is None:
        return CannotRun(
            f"{address} refused the password of {login.user}", next_step="See: dcops secrets check; better: a key_file"
        )
    return CannotRun(
        f"{address} refused the key {login.key_file} of {login.user}",
        next_step=f"Put this into ~/.ssh/authorized_keys of that account: restrict {key.get_name()} {key.get_base64()}",
    )


def _private_key(login: Login) -> paramiko.PKey | None:
    """The private key of the login; None when there is only a password."""
    import paramiko
    from cryptography.exceptions import UnsupportedAlgorithm

    file = login.key_file
    if file is None:
        if not login.password:
            raise InvalidInput(
                "the credential that [copy] names has neither a key_file nor a password",
                next_step="See: dcops secrets check",
            )
        return None
    try:
        if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise CannotRun(f"{file} can be read by others", next_step=f"Run: chmod 600 {file}")
        passphrase = login.password.reveal().encode() if login.password else None
        # Its stubs say text; the library hands it to `cryptography`, which wants bytes.
        return paramiko.PKey.from_path(file, passphrase)  # type: ignore[arg-type]
    except OSError as error:
        raise CannotRun(f"{file} cannot be read: {error.strerror or error}") from None
    except (paramiko.SSHException, UnsupportedAlgorithm, ValueError, TypeError):
        # What the library says may hold a part of the file.
        raise InvalidInput(
            f"{file} is no private SSH key that opens",
            next_step="Its passphrase is the password of the same credential; make a key with: ssh-keygen -t ed25519",
        ) from None


def _of(wanted: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in wanted if name in known)


def _fingerprint(key: paramiko.PKey) -> str:
    digest = base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
    return f"SHA256:{digest}"
