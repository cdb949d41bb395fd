"""One verified TLS connection to a device: a CA of ours or a pinned certificate, never neither."""

from __future__ import annotations

import ssl
from typing import Any

import urllib3

from dcops.devices.trust import Trust
from dcops.errors import DeviceError, ErrorKind


def pool(
    address: str, port: int, trust: Trust, device_name: str, tls_name: str | None, timeout_seconds: float
) -> urllib3.HTTPSConnectionPool:
    """A connection pool that speaks only with the device we mean; raises DeviceError when nothing vouches for it."""
    arguments: dict[str, Any] = {
        "maxsize": 1,
        "retries": False,
        "timeout": urllib3.Timeout(connect=min(10.0, timeout_seconds), read=timeout_seconds),
        "headers": {"User-Agent": "dcops"},
    }
    if pin := trust.pins.get(device_name):
        # The pinned certificate itself is the proof: no chain and no name is needed then.
        return urllib3.HTTPSConnectionPool(address, port, cert_reqs="CERT_NONE", assert_fingerprint=pin, **arguments)
    if trust.ca_file is None:
        raise DeviceError(
            ErrorKind.CERTIFICATE,
            "nothing vouches for its certificate",
            next_step=f"Put its CA into {trust.folder / 'ca.pem'}, or its fingerprint into {trust.folder / 'pins'}",
        )
    return urllib3.HTTPSConnectionPool(
        address,
        port,
        cert_reqs="CERT_REQUIRED",
        ca_certs=str(trust.ca_file),
        assert_hostname=tls_name,
        server_hostname=tls_name,
        **arguments,
    )


def certificate_error(error: BaseException) -> DeviceError | None:
    """The error to report when a TLS failure is about whom we speak with; None for any other failure."""
    text = str(error)
    if "Fingerprints did not match" in text:
        return DeviceError(
            ErrorKind.CERTIFICATE,
            "its certificate is not the pinned one: renewed, or somebody in between",
            next_step="Compare the fingerprint on the device; when it is right: dcops trust add",
        )
    if "doesn't match" in text or "Hostname mismatch" in text or "IP address mismatch" in text:
        return DeviceError(
            ErrorKind.CERTIFICATE,
            "its certificate was made for another name",
            next_step="State the name with management: {tls_name: …}, or pin the certificate in trust/pins",
        )
    if "CERTIFICATE_VERIFY_FAILED" in text or isinstance(error, ssl.SSLCertVerificationError):
        return DeviceError(
            ErrorKind.CERTIFICATE,
            "its certificate is not vouched for by trust/ca.pem",
            next_step="Compare it on the device; then add its CA to trust/ca.pem, or pin it: dcops trust add",
        )
    return None
