"""What can go wrong between us and a vCenter, in words for a tired reader."""

from __future__ import annotations

import errno
import ssl

from dcops.errors import DeviceError, ErrorKind

_NO_ROUTE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL}
_WRONG_NAME = {62, 64}
"""OpenSSL's numbers for a certificate of another name, and of another address."""


class Fault(Exception):
    """vCenter understood what it was asked and refuses, with a fault of the vSphere API."""

    def __init__(self, name: str, text: str = "", *, moid: str = "", privilege: str = "") -> None:
        super().__init__(f"{name}: {text}" if text else name)
        self.name = name
        """As vSphere calls it: `NotAuthenticated`."""
        self.text = text
        self.moid = moid
        """The object that it speaks of, where it names one."""
        self.privilege = privilege


class SessionEnded(Exception):
    """The session is no longer there; what belonged to it (views, filters) is gone as well."""


def trouble(vcenter: str, kind: ErrorKind, text: str, next_step: str) -> DeviceError:
    """An error that names the vCenter."""
    return DeviceError(kind, f"{vcenter}: {text}", next_step=next_step)


def of_fault(vcenter: str, method: str, fault: Fault) -> DeviceError:
    """The error behind a fault that nobody below could make good."""
    if fault.name == "NoPermission":
        missing = f"privilege {fault.privilege}" if fault.privilege else "a privilege"
        on = f" on {fault.moid}" if fault.moid else ""
        return trouble(
            vcenter,
            ErrorKind.DENIED,
            f"the account may not {method}: {missing} is missing{on}",
            "Give its role that privilege; docs/how-to/vcenter-role.md names all",
        )
    return trouble(
        vcenter,
        ErrorKind.INVALID,
        f"{method} was refused: {fault.name}" + (f", {fault.text[:200]}" if fault.text else ""),
        "Look at its events and tasks at this time; if it repeats, please report it",
    )


def too_slow(vcenter: str, method: str, seconds: float) -> DeviceError:
    """Something was not over in its time."""
    return trouble(
        vcenter,
        ErrorKind.TIMEOUT,
        f"{method} was not answered within {seconds:.0f} s",
        "Is it up, and is it overloaded? Its services are shown at https://…:5480",
    )


def of_connection(vcenter: str, error: Exception) -> DeviceError:
    """The error behind what the network or TLS raised."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _of_certificate(vcenter, error)
    if isinstance(error, ssl.SSLError):
        return trouble(
            vcenter, ErrorKind.UNREACHABLE, f"no TLS with it: {error.reason or error}", "Is this its HTTPS port?"
        )
    if isinstance(error, ConnectionRefusedError):
        return trouble(vcenter, ErrorKind.REFUSED, "the connection was refused", "Is it up? It takes minutes to start")
    if isinstance(error, TimeoutError):
        return trouble(vcenter, ErrorKind.TIMEOUT, "no answer", "Is it up, and does a firewall drop our packets?")
    if isinstance(error, OSError) and error.errno in _NO_ROUTE:
        return trouble(vcenter, ErrorKind.UNREACHABLE, "no route to it", "Check routing, and whether it is up")
    return trouble(
        vcenter, ErrorKind.UNREACHABLE, "the connection broke", "Is it restarting? It is asked again by itself"
    )


def _of_certificate(vcenter: str, error: ssl.SSLCertVerificationError) -> DeviceError:
    if error.verify_code in _WRONG_NAME:
        return trouble(
            vcenter,
            ErrorKind.CERTIFICATE,
            "its certificate was made for another name",
            "State the name with management: {tls_name: …}, or pin the certificate in trust/pins",
        )
    return trouble(
        vcenter,
        ErrorKind.CERTIFICATE,
        f"its certificate is not vouched for by trust/ca.pem ({error.verify_message})",
        "Compare it on the vCenter; then add its CA to trust/ca.pem, or pin it: dcops trust add",
    )


def not_pinned(vcenter: str) -> DeviceError:
    """Its certificate is another one than we know."""
    return trouble(
        vcenter,
        ErrorKind.CERTIFICATE,
        "its certificate is not the pinned one: renewed, or somebody in between",
        "Compare the fingerprint on the vCenter; when it is right: dcops trust add",
    )
