"""Statements that are each well formed and together make no sense."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from dcops.inventory.entry import Entries, Entry
from dcops.inventory.mistake import Mistake
from dcops.inventory.words import did_you_mean, shown
from dcops.model.device import ESXI, PARTIAL_NAMES

_HOST_NAME = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.I
)


def check(entries: Entries) -> Iterator[Mistake]:
    """Devices that cannot be reached or must not be, dates in the wrong order, names that no DNS knows."""
    for device in entries.of("devices"):
        yield from _reach(device)
        yield from _legacy(device)
        yield from _support(device)
        yield from _drop(device)
        management = device.value.management
        if management and management.tls_name is not None and device.sound("management"):
            yield from _host_name(device, management.tls_name, "management", "tls_name")
    for system in entries.of("systems"):
        if system.sound("public_names"):
            for index, name in enumerate(system.value.public_names):
                yield from _host_name(system, name, "public_names", index)
    for site in entries.of("sites"):
        if site.sound("timezone") and not _known_zone(site.value.timezone):
            yield site.mistake(
                f"unknown time zone {shown(site.value.timezone)}",
                "timezone",
                hint=did_you_mean(site.value.timezone, available_timezones()),
            )
    yield from _empty(entries)


def _reach(device: Entry) -> Iterator[Mistake]:
    value = device.value
    if not device.sound("foreign"):
        return
    if value.foreign:
        if value.credential is not None and device.sound("credential"):
            yield device.mistake(
                "belongs to another organisation and is never touched, but has a credential",
                "credential",
                hint="take the credential out, or foreign: true",
            )
        return
    # An ESXi host is never asked itself: its vCenter tells of it.
    if value.platform is None or value.platform == ESXI:
        return
    lacking = []
    if device.sound("management") and (value.management is None or value.management.address is None):
        lacking.append("management address")
    if device.sound("credential") and value.credential is None:
        lacking.append("credential")
    if lacking:
        yield device.mistake(
            f"has platform {value.platform} but no {' and no '.join(lacking)}",
            hint="without a platform dcops does not try to read it",
        )


def _legacy(device: Entry) -> Iterator[Mistake]:
    legacy = device.value.legacy_algorithms
    if legacy is not None and device.sound("legacy_algorithms") and not legacy.reason.strip():
        yield device.mistake("legacy_algorithms has no reason", "legacy_algorithms", "reason", hint="say why")


def _support(device: Entry) -> Iterator[Mistake]:
    support = device.value.support
    if support.end_of_sale and support.end_of_support and support.end_of_support < support.end_of_sale:
        yield device.mistake(
            f"support ends on {support.end_of_support}, before the end of sale on {support.end_of_sale}",
            "support",
            "end_of_support",
        )


def _drop(device: Entry) -> Iterator[Mistake]:
    drop = device.value.drop
    if drop is None or not device.sound("drop"):
        return
    if device.value.foreign and device.sound("foreign"):
        yield device.mistake(
            "belongs to another organisation and is never touched, but has a drop",
            "drop",
            hint="take the drop out, or foreign: true",
        )
    if problem := _pattern_problem(drop.pattern):
        message, hint = problem
        yield device.mistake(f"drop.pattern {shown(drop.pattern)} {message}", "drop", "pattern", hint=hint)


def _pattern_problem(pattern: str) -> tuple[str, str] | None:
    """Why no file that is a whole backup can have such a name, and what to write."""
    if not pattern.strip():
        return "is empty", "write how its files are called, as in Backup-*"
    if "/" in pattern or "\\" in pattern:
        return "is a path", "a pattern is about the name alone; the folder is that of the device"
    if pattern != pattern.strip() or not pattern.isprintable():
        return "has signs that no name of a file should have", "write how its files are called, as in Backup-*"
    if pattern.startswith("."):
        return "is about hidden files, which are left alone", "write how its files are called, as in Backup-*"
    if pattern.lower().endswith(PARTIAL_NAMES):
        return "is about files that are still on their way", "name the files as they are called when they are whole"
    if pattern.count("[") != pattern.count("]"):
        return "has a bracket that is not closed", "write [[] for a bracket of the name itself"
    return None


def _host_name(entry: Entry, name: str, *path: str | int) -> Iterator[Mistake]:
    if not _HOST_NAME.fullmatch(name):
        yield entry.mistake(f"{path[0]} {shown(name)} is no host name", *path)


def _empty(entries: Entries) -> Iterator[Mistake]:
    """Required texts that say nothing; a name says so itself, and a reference dangles."""
    for key, texts in (
        ("sites", ("title",)),
        ("racks", ("site", "room")),
        ("devices", ("site", "vendor", "model")),
        ("circuits", ("site", "provider")),
        ("prefixes", ("site", "purpose")),
        ("systems", ("title",)),
        ("dr_pairs", ("main", "dr")),
        ("backup_items", ("title",)),
    ):
        for entry in entries.of(key):
            for text in texts:
                if entry.sound(text) and not getattr(entry.value, text).strip():
                    yield entry.mistake(f"{text} is empty", text)


@cache
def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # A host without the database of time zones knows none: then any will do.
        return not available_timezones()
    return True
