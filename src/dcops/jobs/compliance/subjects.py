"""What rules are told of a device: what the inventory states, and what it said of itself when it was read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dcops.audit.subject import Subject
from dcops.model.device import Device

VERSION_FACT = {"peplink": "version"}
"""The fact of a document in which a platform tells its software, where that is not `os_version`. The `version` of a
PAN-OS configuration is that of its form, not of the software."""


def version_in(platform: str, facts: Mapping[str, str]) -> str:
    """The software that a device told of when it was read; empty when it did not."""
    return facts.get(VERSION_FACT.get(platform, "os_version"), "")


def subject_of(device: Device, day: date, *, version: str = "") -> Subject:
    """A device as it is judged; its own word about its software counts before the inventory's."""
    return Subject(
        device=device.name,
        platform=device.platform or "",
        role=device.role,
        site=device.site,
        tags=device.tags,
        vendor=device.vendor,
        model=device.model,
        criticality=device.criticality.value,
        version=version or device.software or "",
        level=device.level,
        in_service=device.in_service(day),
    )


def stated(device: Device) -> Mapping[str, Any]:
    """What the inventory states of a device, for rules that read it."""
    return {
        "name": device.name,
        "site": device.site,
        "role": device.role,
        "vendor": device.vendor,
        "model": device.model,
        "platform": device.platform,
        "serial": device.serial,
        "software": device.software,
        "owner": device.owner,
        "criticality": device.criticality.value,
        "level": device.level,
        "tags": list(device.tags),
        "service_groups": list(device.service_groups),
        "support": {
            "end_of_sale": _day(device.support.end_of_sale),
            "end_of_support": _day(device.support.end_of_support),
        },
        "in_service_from": _day(device.in_service_from),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
