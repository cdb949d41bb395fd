"""Which devices a lab has: chosen from the project's inventory, or made up in any number for load."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from lab import platforms
from lab.platform import Entry
from lab.snmp import build as snmp

PROJECT = Path(__file__).resolve().parent.parent
INVENTORY = PROJECT / "inventory"

MOST = 20_000

# YAML in C is ten times faster, and PyYAML does not always come with it.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

NUMBER_LIKE = re.compile(r"[-+]?[\d_.:]+")


class Dumper(_Dumper):  # type: ignore[misc]
    """Writes YAML that every reader reads alike: `001801` is a text to one and a number to the next."""


def _text(dumper: Any, value: str) -> Any:
    style = '"' if NUMBER_LIKE.fullmatch(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


Dumper.add_representer(str, _text)


class BadEstate(Exception):
    """The inventory or the scale cannot be used."""


@dataclass(slots=True)
class Estate:
    """The devices of one lab and the inventory files that describe them."""

    files: dict[str, dict[str, Any]]
    """Path below `inventory/` to the file's content."""
    devices: list[Entry]
    """The entries that are simulated; they are the very objects that lie in `files`."""
    left_out: list[dict[str, str]] = field(default_factory=list)
    shares_host_keys: bool = False
    recorded: dict[str, Any] = field(default_factory=dict)
    """Device to what it replays: a session, or the configuration that it exports."""


def read(scale: str, inventory: Path = INVENTORY) -> Estate:
    """The estate of a scale: `small`, `reference`, or a number of routers."""
    if scale.isdigit():
        return _made_up(int(scale))
    if scale not in ("small", "reference"):
        raise BadEstate(f"scale {scale!r} is neither small nor reference nor a number")
    files = _load(inventory)
    return _small(files) if scale == "small" else _reference(files)


def _load(inventory: Path) -> dict[str, dict[str, Any]]:
    files = {}
    for file in sorted([*inventory.rglob("*.yaml"), *inventory.rglob("*.yml")]):
        try:
            with file.open("rb") as stream:
                content = yaml.load(stream, Loader)
        except yaml.YAMLError as error:
            raise BadEstate(f"{file}: {error}") from None
        if content is None:
            continue
        if not isinstance(content, dict):
            raise BadEstate(f"{file}: not a mapping of kinds")
        files[str(file.relative_to(inventory))] = content
    if not any(content.get("devices") for content in files.values()):
        raise BadEstate(f"{inventory} holds no devices")
    return files


def entries(files: Mapping[str, Mapping[str, Any]]) -> list[Entry]:
    """All device entries."""
    return [entry for content in files.values() for entry in content.get("devices") or ()]


def sensors(files: Mapping[str, Mapping[str, Any]]) -> list[Entry]:
    """All sensors and their places."""
    return [sensor for content in files.values() for sensor in content.get("sensors") or ()]


def kind(entry: Entry) -> tuple[str, str]:
    """Vendor and model."""
    return str(entry.get("vendor")), str(entry.get("model"))


def _reference(files: dict[str, dict[str, Any]]) -> Estate:
    estate = Estate(files, [])
    for entry in entries(files):
        if (reason := _why_not(entry)) and not _is_box(entry):
            estate.left_out.append({"name": entry["name"], "reason": reason})
        else:
            estate.devices.append(entry)
    return estate


def _why_not(entry: Entry) -> str:
    name = entry.get("platform")
    if name is None:
        return "has no platform: nothing is read from it"
    if name in platforms.SEEN_THROUGH:
        return f"is not asked itself: its {platforms.SEEN_THROUGH[name]} tells of it"
    platform = platforms.BY_NAME.get(name)
    if platform is None:
        return f"no simulator for platform {name} yet"
    if kind(entry) not in platform.models:
        return f"no simulator for the model {' '.join(kind(entry))} of platform {name}"
    return platform.why_not()


def _small(files: dict[str, dict[str, Any]]) -> Estate:
    estate = Estate(files, [])
    main = {
        site["name"] for content in files.values() for site in content.get("sites") or () if site.get("role") == "main"
    }
    candidates = sorted(entries(files), key=lambda entry: entry.get("site") not in main)
    for platform in platforms.ALL:
        for wanted in platform.small:
            found = next((e for e in candidates if kind(e) == wanted and e.get("platform") == platform.name), None)
            if found is None:
                raise BadEstate(f"the inventory has no {' '.join(wanted)}: scale small needs one of each kind")
            if reason := platform.why_not():
                estate.left_out.append({"name": found["name"], "reason": reason})
            else:
                estate.devices.append(found)
    estate.devices += _one_of_each_box(candidates)
    names = {entry["name"] for entry in estate.devices}
    told = {each["name"] for each in estate.left_out}
    for entry in entries(files):
        if entry["name"] not in names | told:
            estate.left_out.append({"name": entry["name"], "reason": "scale small has one device of each kind"})
    for content in files.values():
        _keep(content, names)
    for content in files.values():
        if "backup_items" in content:
            content["backup_items"] = _fitting(content["backup_items"] or (), entries(files))
    return estate


def _is_box(entry: Entry) -> bool:
    """It is simulated by its SNMP agent alone."""
    return not platforms.knows(entry) and not snmp.why_not(entry)


def _one_of_each_box(candidates: Iterable[Entry]) -> list[Entry]:
    """Of what speaks SNMP alone, the first of each role: a UPS, a power strip, a cooling unit."""
    found: dict[str, Entry] = {}
    for entry in candidates:
        if _is_box(entry):
            found.setdefault(entry["role"], entry)
    return list(found.values())


def _keep(content: dict[str, Any], names: set[str]) -> None:
    """Drop the devices of a file that are not kept, and what would point at them."""
    if "devices" in content:
        content["devices"] = [entry for entry in content["devices"] or () if entry["name"] in names]
    if "sensors" in content:
        content["sensors"] = [sensor for sensor in content["sensors"] or () if sensor["device"] in names]
    if "circuits" in content:
        content["circuits"] = [line for line in content["circuits"] or () if line.get("device", "") in {*names, ""}]
    if "sensors" in content:
        content["sensors"] = [each for each in content["sensors"] or () if each.get("device") in names]
    if "dr_pairs" in content:
        content["dr_pairs"] = [
            pair
            for pair in content["dr_pairs"] or ()
            if pair.get("kind", "device") != "device" or {pair["main"], pair["dr"]} <= names
        ]


def _fitting(items: Iterable[Entry], kept: Sequence[Entry]) -> list[Entry]:
    """Backup items without the words that no device has any more; one that is left without a word is dropped."""
    known = {
        "devices": {entry["name"] for entry in kept},
        "roles": {entry["role"] for entry in kept},
        "platforms": {entry.get("platform") for entry in kept},
        "tags": {tag for entry in kept for tag in entry.get("tags") or ()},
    }
    fitting = []
    for item in items:
        words = {key: [word for word in item[key] if word in there] for key, there in known.items() if item.get(key)}
        if all(words.values()):
            fitting.append({**item, **words})
    return fitting


def _made_up(number: int) -> Estate:
    if not 1 <= number <= MOST:
        raise BadEstate(f"a lab has from 1 to {MOST} routers")
    devices = [
        {
            "name": f"r{index:04d}",
            "site": "main",
            "role": "edge-router",
            "platform": "ios",
            "vendor": "Cisco",
            "model": "ISR 4461",
            "serial": f"FDO{index:08d}",
            "software": "17.09.04a",
            "management": {},
            "credential": "ios-backup",
        }
        for index in range(1, number + 1)
    ]
    site = {"name": "main", "title": "Load site", "role": "main"}
    files: dict[str, dict[str, Any]] = {
        "sites.yaml": {"lab": True, "sites": [site]},
        "credentials.yaml": {"credentials": [{"name": "ios-backup", "purpose": "login on the routers"}]},
        "devices.yaml": {"devices": devices},
    }
    return Estate(files, devices, shares_host_keys=number > 100)


def original(estate: Estate) -> dict[str, Entry]:
    """The simulated entries as the inventory has them, before addresses are replaced."""
    return {entry["name"]: copy.deepcopy(entry) for entry in estate.devices}
