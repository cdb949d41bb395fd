"""When a certificate ends: the one field of it that is needed, without a library of 8 MB."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

_SEQUENCE, _VERSION = 0x30, 0xA0
_TIMES = {0x17: "%y%m%d%H%M%SZ", 0x18: "%Y%m%d%H%M%SZ"}
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


def not_after(certificate: bytes) -> float | None:
    """The end of a certificate (PEM, the first one, or DER) in seconds since 1970; None when it cannot be read."""
    try:
        return _not_after(_der(certificate))
    except (ValueError, IndexError):
        return None


def _der(certificate: bytes) -> bytes:
    text = certificate.decode("ascii", "replace")
    if _BEGIN not in text:
        return certificate
    first = text[text.index(_BEGIN) : text.index(_END) + len(_END)]
    return ssl.PEM_cert_to_DER_cert(first)


def _not_after(der: bytes) -> float:
    """RFC 5280, 4.1: version, serial number, algorithm, issuer, validity, …"""
    _, start, _ = _element(der, 0, _SEQUENCE)
    _, start, _ = _element(der, start, _SEQUENCE)
    tag, _, end = _element(der, start)
    if tag == _VERSION:
        _, _, end = _element(der, end)
    for _ in ("algorithm", "issuer"):
        _, _, end = _element(der, end, _SEQUENCE)
    _, start, _ = _element(der, end, _SEQUENCE)
    _, _, end = _element(der, start)
    tag, start, end = _element(der, end)
    if tag not in _TIMES:
        raise ValueError("no time")
    read = datetime.strptime(der[start:end].decode("ascii"), _TIMES[tag]).replace(tzinfo=UTC)
    return read.timestamp()


def _element(der: bytes, at: int, expected: int | None = None) -> tuple[int, int, int]:
    """Tag, beginning and end of what lies there."""
    tag, length, start = der[at], der[at + 1], at + 2
    if expected is not None and tag != expected:
        raise ValueError("another element than expected")
    if length & 0x80:
        size = length & 0x7F
        length, start = int.from_bytes(der[start : start + size], "big"), start + size
    if start + length > len(der):
        raise ValueError("it ends in the middle")
    return tag, start, start + length
