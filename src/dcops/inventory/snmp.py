"""SNMP sections: safe ways of asking, or a reason; parts that fit the version; profiles that exist."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from dcops.inventory.entry import Entries, Entry
from dcops.inventory.mistake import Mistake
from dcops.inventory.words import did_you_mean, shown
from dcops.model.snmp import Snmp, SnmpVersion

PROFILES = Path("exporters", "snmp")
"""The folder beside the inventory where a site keeps profiles of its own, a file for each."""

_OF_VERSION_3 = ("authentication", "privacy", "context")


def check(entries: Entries) -> Iterator[Mistake]:
    """Every SNMP section that cannot work, or that should not without a reason."""
    for device in entries.of("devices"):
        if device.value.snmp is not None and device.sound("snmp"):
            yield from _reach(device)
            yield from _version(device, device.value.snmp)
            yield from _profiles(device, device.value.snmp, entries.profiles)


def _reach(device: Entry) -> Iterator[Mistake]:
    value = device.value
    if value.foreign and device.sound("foreign"):
        yield device.mistake(
            "belongs to another organisation and is never touched, but has an snmp section",
            "snmp",
            hint="take the section out, or foreign: true",
        )
    elif device.sound("management") and (value.management is None or value.management.address is None):
        yield device.mistake("has an snmp section but no management address", "snmp", hint="say where it is asked")


def _version(device: Entry, snmp: Snmp) -> Iterator[Mistake]:
    written = device.raw["snmp"]
    if snmp.version is not SnmpVersion.V3:
        for key in _OF_VERSION_3:
            if written.get(key) not in (None, ""):
                yield device.mistake(
                    f"snmp.{key} is of version 3, and version {snmp.version} knows nothing of it",
                    "snmp",
                    key,
                    hint='take it out, or say version: "3"',
                )
    elif snmp.privacy and not snmp.authentication:
        yield device.mistake(
            "snmp has privacy without authentication, which SNMP does not know",
            "snmp",
            "authentication",
            hint="say how it authenticates, or privacy: null as well",
        )
        return
    if snmp.weakness and not (snmp.reason or "").strip():
        yield device.mistake(f"snmp has no reason, and {snmp.weakness}", "snmp", hint="say why nothing better will do")


def _profiles(device: Entry, snmp: Snmp, known: Collection[str] | None) -> Iterator[Mistake]:
    for index, name in enumerate(snmp.profiles):
        if name in snmp.profiles[:index]:
            yield device.mistake(f"profile {shown(name)} is said twice", "snmp", "profiles", index)
        elif known is not None and name not in known:
            yield device.mistake(
                f"unknown profile {shown(name)}", "snmp", "profiles", index, hint=did_you_mean(name, known)
            )
