"""Whom a sender believes: the authorities of the system, and those of the site beside them."""

from __future__ import annotations

import ssl
from pathlib import Path

from dcops.errors import InvalidInput

CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


def verified(ca_file: Path | None) -> ssl.SSLContext:
    """A context that checks chain and name; `ca_file` may be absent or hold no certificate yet."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is None or not ca_file.is_file():
        return context
    try:
        if CERTIFICATE in ca_file.read_bytes():
            context.load_verify_locations(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise InvalidInput(
            f"{ca_file} cannot be used: {error}", next_step="It must hold certificates in PEM format"
        ) from None
    return context
