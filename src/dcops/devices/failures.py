"""Turns what libraries raise into one `DeviceError` with a kind, a sentence and a next step.

NAPALM and netmiko wrap the first cause in sentences of their own, so the whole chain of causes is searched, the
deepest known one wins, an SSH one before a plain network one. Texts matched here are those of paramiko 4 and
netmiko 4.8.
"""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Secret

UNREACHABLE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL}

ENDED = ("EOF", "not connected", "Not connected", "session not active", "Negotiation failed")
"""What paramiko says, in words alone, when the other side left."""


def explain(error: BaseException, secrets: Sequence[Secret] = ()) -> DeviceError:
    """The device error behind an exception; never holds a secret of the device."""
    chain = list(_causes(error))
    for cause in chain:
        if isinstance(cause, DeviceError):
            return cause
    for rule in (_ssh, _network):
        for cause in reversed(chain):
            if known := rule(cause):
                return known
    text = " ".join(str(error).split())
    for secret in secrets:
        text = text.replace(secret.reveal(), "<secret>")
    return DeviceError(
        ErrorKind.INTERNAL,
        f"{type(error).__name__}: {text[:200]}",
        next_step="This is a fault of dcops or a device it has not met: please report it",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    step: BaseException | None = error
    while step is not None and id(step) not in seen:
        seen.add(id(step))
        yield step
        # paramiko tries several addresses and keeps the reason of each.
        yield from getattr(step, "errors", {}).values() if isinstance(step, OSError) else ()
        step = step.__cause__ or step.__context__


def _network(error: BaseException) -> DeviceError | None:
    if isinstance(error, ConnectionRefusedError):
        return DeviceError(
            ErrorKind.REFUSED,
            "the connection was refused",
            next_step="Is the service on (SSH, web API) and are we in its list of allowed addresses?",
        )
    if isinstance(error, TimeoutError | socket.timeout):
        return DeviceError(ErrorKind.TIMEOUT, "no answer", next_step="Is it up, and does a firewall drop our packets?")
    if isinstance(error, ConnectionResetError | BrokenPipeError | EOFError):
        return DeviceError(
            ErrorKind.UNREACHABLE, "the device closed the connection", next_step="Is it restarting? Try again"
        )
    if isinstance(error, socket.gaierror):
        return DeviceError(ErrorKind.UNREACHABLE, "its name cannot be resolved", next_step="Check DNS")
    if isinstance(error, OSError) and error.errno in UNREACHABLE:
        return DeviceError(
            ErrorKind.UNREACHABLE, "no route to the device", next_step="Check routing and the device's power"
        )
    return None


def _ssh(error: BaseException) -> DeviceError | None:
    import paramiko

    netmiko = sys.modules.get("netmiko")
    if netmiko is not None and (known := _netmiko(error, netmiko)):
        return known
    if isinstance(error, paramiko.BadHostKeyException):
        return DeviceError(
            ErrorKind.HOST_KEY,
            "its SSH host key is not the one we know: a new box, or somebody in between",
            next_step="Compare the fingerprint on its console; when it is right: dcops trust add",
        )
    if isinstance(error, paramiko.AuthenticationException):
        return _login_refused()
    text = str(error)
    if isinstance(error, OSError) and error.errno is None and "Socket is closed" in text:
        return DeviceError(
            ErrorKind.UNREACHABLE, "the device closed the session", next_step="Is it restarting? Try again"
        )
    if isinstance(error, paramiko.SSHException):
        if "not found in known_hosts" in text:
            return DeviceError(
                ErrorKind.HOST_KEY,
                "its SSH host key is not known",
                next_step="Compare the fingerprint on its console, then: dcops trust add",
            )
        if "protocol banner" in text and isinstance(error.__context__, TimeoutError):
            return DeviceError(
                ErrorKind.TIMEOUT,
                "connected, but it never spoke SSH",
                next_step="Is this the SSH port? A device that hangs so often needs a restart",
            )
        if "No existing session" in text:
            return _unfinished()
        if "Timeout opening channel" in text:
            return DeviceError(
                ErrorKind.TIMEOUT, "logged in, but it opened no shell", next_step="Log in by hand and look"
            )
        if isinstance(error, paramiko.ChannelException) or any(word in text for word in ENDED):
            return DeviceError(
                ErrorKind.UNREACHABLE,
                "the device closed the session",
                next_step="Is it restarting? Try again",
            )
    return None


def _netmiko(error: BaseException, netmiko: Any) -> DeviceError | None:
    """What netmiko says; nobody who does not use it imports it for that."""
    text = str(error)
    if isinstance(error, netmiko.NetmikoAuthenticationException):
        return _login_refused()
    if isinstance(error, netmiko.ReadTimeout):
        return DeviceError(
            ErrorKind.TIMEOUT,
            "it stopped answering in the middle",
            next_step="Check its load and the line to it",
        )
    if isinstance(error, netmiko.exceptions.ReadException):
        return DeviceError(
            ErrorKind.UNREACHABLE, "the device closed the session", next_step="Is it restarting? Try again"
        )
    if isinstance(error, netmiko.NetmikoTimeoutException) and "No existing session" in text:
        return _unfinished()
    if isinstance(error, netmiko.NetmikoTimeoutException) and "Timed out waiting for data" in text:
        return DeviceError(ErrorKind.TIMEOUT, "logged in, but no prompt came", next_step="Log in by hand and look")
    if isinstance(error, ValueError) and "enable mode" in text:
        return DeviceError(
            ErrorKind.AUTH,
            "enable was refused",
            next_step="Add the enable password to the credential, or give the account privilege 15",
        )
    return None


def _login_refused() -> DeviceError:
    return DeviceError(
        ErrorKind.AUTH,
        "login refused",
        next_step="Check the credential with dcops secrets check, and the account on the device",
    )


def _unfinished() -> DeviceError:
    return DeviceError(
        ErrorKind.TIMEOUT, "connected, but it never finished the SSH greeting", next_step="Log in by hand and look"
    )
