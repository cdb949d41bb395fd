"""A short name of a fault that stays the same as long as the fault does."""

from __future__ import annotations

import hashlib

from dcops.audit.said import without_secrets


def fingerprint(rule: str, device: str, block: str, normal: str) -> str:
    """Sixteen digits of rule, device, block and what was seen; lines, times, limits and secrets do not count."""
    told = "\0".join((rule, device, without_secrets(" ".join(block.split())), " ".join(normal.split())))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]
