"""Certificates that a site believes: its authorities and its pins."""

from __future__ import annotations

import re
from pathlib import Path

from dcops.errors import InvalidInput

PIN = re.compile(r"sha256:([0-9a-fA-F]{64})")


def ca_file_of(folder: Path) -> Path | None:
    """`ca.pem` of a trust folder; None when it is not there or holds no certificate."""
    file = folder / "ca.pem"
    return file if file.is_file() and b"-----BEGIN CERTIFICATE-----" in file.read_bytes() else None


def pins_of(folder: Path) -> dict[str, str]:
    """Device name to the SHA-256 of its certificate (DER), lower-case hex; raises InvalidInput."""
    file = folder / "pins"
    if not file.is_file():
        return {}
    pins = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        match = PIN.fullmatch(words[1]) if len(words) == 2 else None
        if match is None:
            raise InvalidInput(f"{file}:{number}: a pin is written `DEVICE sha256:HEX` with 64 hex digits")
        pins[words[0]] = match[1].lower()
    return pins
