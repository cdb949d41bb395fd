"""Virtual machines: hosts that name a vCenter, systems that name machines, and none named by two."""

from __future__ import annotations

from collections.abc import Iterator

from dcops.inventory.entry import Entries, Entry
from dcops.inventory.mistake import Mistake
from dcops.inventory.words import did_you_mean, name_problem, shown
from dcops.model.claiming import Word, alike
from dcops.model.device import ESXI, VCENTER

KEY = "virtual_machines"


def check(entries: Entries) -> Iterator[Mistake]:
    """Everything that is wrong with vCenters, their hosts and what systems say of their machines."""
    devices = entries.named("devices")
    for device in entries.of("devices"):
        yield from _host(device, devices)
    vcenters = {name for name, device in devices.items() if _is_vcenter(device)}
    claimed: dict[str, list[tuple[Entry, int, Word]]] = {}
    for system in entries.of("systems"):
        where = system.value.runs_elsewhere
        if where is not None and not where.strip() and system.sound("runs_elsewhere"):
            yield system.mistake(
                "runs_elsewhere is empty", "runs_elsewhere", hint="say where: a cloud, boxes of its own"
            )
        for index, text in enumerate(getattr(system.value, KEY, ()) if system.sound(KEY) else ()):
            word = Word.of(text)
            if problem := _problem(text, word):
                message, hint = problem
                yield system.mistake(f"{KEY} {shown(text)} {message}", KEY, index, hint=hint)
                continue
            yield from _vcenter(system, index, word, vcenters, devices, entries)
            yield from _claimed(system, index, word, claimed.setdefault(alike(word.name), []))


def _is_vcenter(device: Entry) -> bool:
    # One whose platform cannot be read may be a vCenter: nobody is told that it is none.
    return device.value.platform == VCENTER or not device.sound("platform")


def _host(device: Entry, devices: dict[str, Entry]) -> Iterator[Mistake]:
    name = device.value.vcenter
    if name is None or not device.sound("vcenter"):
        return
    if device.value.platform != ESXI and device.sound("platform"):
        yield device.mistake(
            f"names a vCenter, and its platform is {device.value.platform or 'none'}",
            "vcenter",
            hint=f"write platform: {ESXI}, or take vcenter out",
        )
    vcenter = devices.get(name)
    if vcenter is not None and not _is_vcenter(vcenter):
        known = [other for other, entry in devices.items() if _is_vcenter(entry)]
        yield device.mistake(
            f"vcenter names {name}, whose platform is {vcenter.value.platform or 'none'}",
            "vcenter",
            hint=did_you_mean(name, known),
        )


def _problem(text: str, word: Word) -> tuple[str, str] | None:
    """Why no machine can be meant, and what to write."""
    example = "write the machine's name in vCenter, or a pattern such as portal-*"
    if not word.name.strip():
        return "names no machine", example
    if text != text.strip():
        return "has spaces around it", "take them out"
    if "/" in word.name:
        return "has two slashes", "write vCenter/name; a slash of the name itself is %2f, as vCenter writes it"
    if word.name.count("[") != word.name.count("]"):
        return "has a bracket that is not closed", "write [[] for a bracket of the name itself"
    if not word.name.strip("*?"):
        return "fits whatever machine there is", example
    return None


def _vcenter(
    system: Entry, index: int, word: Word, vcenters: set[str], devices: dict[str, Entry], entries: Entries
) -> Iterator[Mistake]:
    name = word.vcenter
    if name is None or name in vcenters or name in entries.elsewhere:
        return
    if name in devices:
        platform = devices[name].value.platform or "none"
        message = f"{name} is no vCenter: its platform is {platform}"
    elif name_problem(name):
        message = f"{KEY}[{index}] names an unknown vCenter"
    else:
        message = f"unknown vCenter {shown(name)}"
    hint = did_you_mean(name, vcenters)
    yield system.mistake(message, KEY, index, hint=hint or "a vCenter is a device with platform: vcenter")


def _claimed(system: Entry, index: int, word: Word, before: list[tuple[Entry, int, Word]]) -> Iterator[Mistake]:
    other = next((entry for entry in before if word.meets(entry[2])), None)
    before.append((system, index, word))
    if other is None:
        return
    owner, place, _ = other
    if owner is system:
        yield system.mistake(f"{shown(word.name)} is said twice", KEY, index)
    elif owner.name != system.name:
        noun = "machine" if word.literal else "pattern"
        yield system.mistake(
            f"{noun} {shown(word.name)} belongs to system {owner.name or 'another'} already",
            KEY,
            index,
            hint=f"at {owner.place(KEY, place)}",
        )
