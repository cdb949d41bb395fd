"""Names: good ones, each used once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec

from dcops.inventory.entry import Entries, Entry
from dcops.inventory.kinds import KINDS
from dcops.inventory.mistake import Mistake
from dcops.inventory.words import did_you_mean, name_problem, shown, suggested_name
from dcops.model.device import WATCHED_PLATFORMS

WITH_CAPITALS = frozenset({"racks"})
# Platforms that dcops or NAPALM have a word for; others may come with a driver or a description of the user's own.
PLATFORMS = frozenset(
    {"ios", "panos", "peplink", "sfos", "procurve", "fos", "nxos", "nxos_ssh", "iosxr", "iosxr_netconf", "eos", "junos"}
    | {"fortios", "generic", "huawei", "routeros", "vyos"}
    | WATCHED_PLATFORMS
)
DESCRIPTIONS = "platforms"
"""The folder beside the inventory where a site describes platforms of its own, a file for each."""


def check(entries: Entries) -> Iterator[Mistake]:
    """Bad names, names used twice, platforms that nobody knows."""
    for key in KINDS:
        capitals = key in WITH_CAPITALS
        for entry in entries.of(key):
            if key not in ("prefixes", "dr_pairs") and entry.sound("name"):
                yield from _bad(entry, entry.name, "name", capitals=capitals)
        yield from _twice(entries, key)
    for entry in entries.of("sites"):
        yield from _rooms(entry)
    for entry in entries.of("devices"):
        if entry.sound("role"):
            yield from _bad(entry, entry.value.role, "role")
        yield from _platform(entry, entries.described)
    for key in ("devices", "systems"):
        for entry in entries.of(key):
            for field in ("tags", "service_groups"):
                for index, word in enumerate(getattr(entry.value, field, ())):
                    if entry.sound(field):
                        yield from _bad(entry, word, field, index)
    yield from _same_in_environment(entries)


def _bad(entry: Entry, name: str, *path: str | int, capitals: bool = False) -> Iterator[Mistake]:
    problem = name_problem(name, capitals=capitals)
    if problem:
        better = suggested_name(name, capitals=capitals)
        quoted = "" if path == ("name",) or not name else f" {shown(name)}"
        yield entry.mistake(f"{path[0]}{quoted} {problem}", *path, hint=f"did you mean {better}?" if better else "")


def _twice(entries: Entries, key: str) -> Iterator[Mistake]:
    first = entries.named(key)
    for entry in entries.of(key):
        other = first.get(entry.name, entry)
        if other is not entry:
            yield entry.mistake("this name is used already", "name", hint=f"at {other.place('name')}")


def _rooms(site: Entry) -> Iterator[Mistake]:
    seen: set[str] = set()
    if not site.sound("rooms"):
        return
    for index, room in enumerate(site.value.rooms):
        yield from _bad(site, room.name, "rooms", index, "name")
        if room.name in seen:
            yield site.mistake(f"room {shown(room.name)} is there already", "rooms", index, "name")
        seen.add(room.name)


def _platform(device: Entry, described: frozenset[str]) -> Iterator[Mistake]:
    platform = device.value.platform
    if platform is None or not device.sound("platform") or platform in described or _known_platform(platform):
        return
    hint = did_you_mean(platform, PLATFORMS | described)
    yield device.mistake(f"unknown platform {shown(platform)}", "platform", hint=hint)


@cache
def _known_platform(platform: str) -> bool:
    """The word is ours or NAPALM's, or a driver of that name is installed."""
    if platform in PLATFORMS or platform in {point.name for point in entry_points(group="dcops.drivers")}:
        return True
    return platform.isidentifier() and find_spec(f"napalm_{platform}") is not None


def _same_in_environment(entries: Entries) -> Iterator[Mistake]:
    """Credentials whose names differ only in signs that an environment variable cannot have."""
    first: dict[str, Entry] = {}
    for name, entry in entries.named("credentials").items():
        other = first.setdefault(name.replace(".", "-").upper(), entry)
        if other is not entry:
            yield entry.mistake(
                f"cannot be told from {other.name} in the environment, where '-' and '.' become '_'",
                "name",
                hint="choose another name",
            )
