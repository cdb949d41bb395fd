"""Licences: what is bought, what is used, when it ends. Their keys are let go of at once."""

from __future__ import annotations

from dataclasses import dataclass

from dcops.vsphere.managed import Value

_EXPIRES = "expirationDate"


@dataclass(frozen=True, slots=True)
class Licence:
    """One licence, without its key."""

    name: str
    edition: str
    unit: str
    """What is counted: `cpuPackage`, `server`, …"""
    total: int
    """Zero: as many as one likes."""
    used: int | None
    not_after: float | None
    """None: it never ends."""


def licences_of(listed: Value) -> tuple[Licence, ...]:
    """The licences in `LicenseManager.licenses`."""
    return tuple(
        Licence(
            name=one.get("name", ""),
            edition=one.get("editionKey", ""),
            unit=one.get("costUnit", ""),
            total=one.get("total", 0),
            used=one.get("used"),
            not_after=_ends(one),
        )
        for one in listed or ()
    )


def _ends(licence: Value) -> float | None:
    for each in licence.get("properties", ()):
        value = each.get("value")
        if each.get("key") == _EXPIRES and isinstance(value, float):
            return value
    return None
