"""Backup items: words that choose something, no device in two of them, places that make sense."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from dcops.inventory.declared import items_of
from dcops.inventory.entry import Entries, Entry
from dcops.inventory.kinds import KINDS
from dcops.inventory.mistake import Mistake
from dcops.inventory.words import did_you_mean, name_problem, shown
from dcops.model.backup_item import BackupItem, BackupPlace
from dcops.model.device import Device
from dcops.model.selecting import chooses_all, fits

CHOOSING = ("devices", "sites", "roles", "platforms", "tags")
_THINGS = ("devices", "sites", "systems")
# What a word of an item is compared with, and the noun for it.
_PROPERTIES = {"roles": ("role", "role"), "platforms": ("platform", "platform"), "tags": ("tags", "tag")}
_OF_OTHERS = ("systems", "product", "proof")
_DEVICE_KEYS = ("name", "site", "role", "platform", "tags", "foreign")
_NAMED = 3


def check(entries: Entries) -> Iterator[Mistake]:
    """Everything that is wrong with backup items beyond their form."""
    items = entries.of("backup_items")
    if not items:
        return
    known = {key: entries.named(key) for key in _THINGS}
    for item in items:
        for key in _THINGS:
            yield from _unknown_things(item, key, known[key], entries.elsewhere)
        yield from _named_in_vain(item, known["devices"])
        yield from _places(item)
        if item.sound("what"):
            yield from (_of_devices if item.value.observed else _of_others)(item)
    yield from _unknown_words(items, entries)
    yield from _claimed_twice(items, entries)


def _unknown_things(item: Entry, key: str, known: Collection[str], elsewhere: Collection[str]) -> Iterator[Mistake]:
    for index, name in enumerate(getattr(item.value, key) if item.sound(key) else ()):
        if name not in known and name not in elsewhere:
            noun = KINDS[key].noun
            hide = name_problem(name, capitals=True) is not None
            message = f"{key}[{index}] names an unknown {noun}" if hide else f"unknown {noun} {shown(name)}"
            yield item.mistake(message, key, index, hint=did_you_mean(name, known))


def _unknown_words(items: list[Entry], entries: Entries) -> Iterator[Mistake]:
    """Roles, platforms and tags that no device has: mostly a slip of the hand."""
    devices = entries.of("devices")
    for key, (attribute, noun) in _PROPERTIES.items():
        if entries.elsewhere or not all(device.sound(attribute) for device in devices):
            continue  # a device that cannot be read may be the one that has it
        values = (getattr(device.value, attribute) for device in devices)
        known = {word for value in values for word in ((value,) if isinstance(value, str) else value or ())}
        for item in items:
            for index, word in enumerate(getattr(item.value, key) if item.sound(key) else ()):
                if word not in known:
                    yield item.mistake(
                        f"no device has {noun} {shown(word)}", key, index, hint=did_you_mean(word, known)
                    )


def _named_in_vain(item: Entry, devices: dict[str, Entry]) -> Iterator[Mistake]:
    """Devices that an item names and does not get."""
    if not _choice_sound(item) or not item.value.observed:
        return
    for index, name in enumerate(item.value.devices):
        device = devices.get(name)
        if device is None or not _device_sound(device):
            continue
        if device.value.foreign:
            yield item.mistake(
                f"device {name} belongs to another organisation and is never backed up", "devices", index
            )
        elif not fits(device.value, item.value):
            yield item.mistake(
                f"device {name} is named, but the other words of the item leave it out",
                "devices",
                index,
                hint="take the other words out, or the name",
            )


def _of_devices(item: Entry) -> Iterator[Mistake]:
    value: BackupItem = item.value
    if all(item.sound(key) for key in CHOOSING) and chooses_all(value):
        yield item.mistake(
            "selects no device", hint=f"write one of {', '.join(CHOOSING)}, or what: other when dcops does not read it"
        )
    for key in _OF_OTHERS:
        if getattr(value, key) and item.sound(key):
            yield item.mistake(f"{key} is about what dcops does not read", key, hint="take it out, or what: other")
    if not item.sound("places"):
        return
    if BackupPlace.PRODUCT in value.places:
        yield _at_place(item, BackupPlace.PRODUCT, "dcops keeps configurations of devices in its archive")
    elif value.places and BackupPlace.ARCHIVE not in value.places:
        yield item.mistake(
            "places lacks archive, where dcops keeps configurations of devices", "places", hint="add archive"
        )


def _of_others(item: Entry) -> Iterator[Mistake]:
    value: BackupItem = item.value
    for key in CHOOSING:
        if getattr(value, key) and item.sound(key):
            yield item.mistake(f"{key} selects devices, and this item is what: other", key, hint="take one of them out")
    if item.sound("product") and not (value.product or "").strip():
        yield item.mistake("does not say which product makes the backup", "what", hint="write product: NAME")
    for place in (BackupPlace.ARCHIVE, BackupPlace.COPY):
        if item.sound("places") and place in value.places:
            yield _at_place(item, place, "dcops keeps nothing of what another product backs up", "write product")


def _at_place(item: Entry, place: BackupPlace, message: str, hint: str = "") -> Mistake:
    return item.mistake(f"{place} is no place of it: {message}", "places", item.value.places.index(place), hint=hint)


def _places(item: Entry) -> Iterator[Mistake]:
    value: BackupItem = item.value
    if not item.sound("places"):
        return
    if not value.places:
        yield item.mistake("places is empty", "places", hint="say where it is kept: [archive, copy]")
    for index, place in enumerate(value.places):
        if place in value.places[:index]:
            yield item.mistake(f"{place} is said twice", "places", index)
    if not item.sound("offline"):
        return
    if BackupPlace.OFFLINE in value.places and value.offline is None:
        yield _at_place_offline(item)
    if value.offline is not None and BackupPlace.OFFLINE not in value.places:
        yield item.mistake("has an offline medium, and offline is none of its places", "offline", hint="add offline")
    if value.offline is not None and not value.offline.medium.strip():
        yield item.mistake("offline.medium is empty", "offline", "medium", hint="say what it is and where it lies")


def _at_place_offline(item: Entry) -> Mistake:
    return item.mistake(
        "is kept offline, and no medium is named",
        "places",
        item.value.places.index(BackupPlace.OFFLINE),
        hint="write offline: {medium: …, encrypted: true, confirmed: YYYY-MM-DD}",
    )


def _claimed_twice(items: list[Entry], entries: Entries) -> Iterator[Mistake]:
    entry_of = {id(item.value): item for item in items if item.name and _choice_sound(item)}
    values = [item.value for item in entry_of.values()]
    shared: dict[tuple[int, int], list[Device]] = defaultdict(list)
    for device in entries.named("devices").values():
        if _device_sound(device):
            first, *others = [id(item) for item in items_of(device.value, values)] or [0]
            for other in others:
                shared[first, other].append(device.value)
    for (first, other), devices in shared.items():
        if entry_of[first].name == entry_of[other].name:
            continue  # one item that is written twice: that is said about its name
        yield entry_of[other].mistake(
            f"{_some(devices)} in backup item {entry_of[first].name} already",
            hint=f"at {entry_of[first].place()}; an item that names a device under devices: wins over others",
        )


def _some(devices: list[Device]) -> str:
    names = ", ".join(device.name for device in devices[:_NAMED])
    if len(devices) > _NAMED:
        return f"{names} and {len(devices) - _NAMED} more devices are"
    return f"devices {names} are" if len(devices) > 1 else f"device {names} is"


def _choice_sound(item: Entry) -> bool:
    return item.sound("what") and all(item.sound(key) for key in CHOOSING)


def _device_sound(device: Entry) -> bool:
    return all(device.sound(key) for key in _DEVICE_KEYS)
