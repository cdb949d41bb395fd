"""The restore plan of one device: what the inventory, the archive and the way back of its platform say together.

It reads; it touches neither the device nor the ledger, and needs no site key and no network: it has to work at 3 a.m.
on a copy of the archive.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from dcops.archive.archive import Archive, Version
from dcops.archive.sealed import SealedFiles
from dcops.errors import ArchiveDamaged, CannotRun, UsageError
from dcops.model.device import Device
from dcops.model.moment import rfc3339
from dcops.model.platform import CliPlatform
from dcops.model.snapshot import ConfigSource
from dcops.model.way_back import WayBack
from dcops.restore import catalog
from dcops.restore.fill import filled, values
from dcops.restore.identity import Fit, Verdict, fit, told
from dcops.restore.plan import Distance, Obstacle, PlannedWay, RestorePlan, Sealed, WayOut, concern, walked

SHORT = 12
"""As many digits of a revision as commands show: enough for any archive, and short enough to be typed."""

NOTHING = (
    "The {source} of {device} is text to read: no way is known to restore a {title} from it. Have the device's own"
    " backup file"
    " archived: dcops archive import {device} FILE, or let it push one (docs/how-to/pushed-files.md)"
)


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a plan is made of."""

    archive: Archive
    device: Device | None
    """As the inventory states it; None where there is no inventory, or the device is not in it."""
    lab: bool
    description_of: Callable[[str], CliPlatform | None]
    """The description of a platform that has one."""
    command: str
    """How dcops is called on this site root: `dcops -C /srv/dcops`."""
    second_store: Path | str
    """The folder of the second store, its address when it is on another host; empty: there is none."""
    clock: Callable[[], datetime]


def plan(rooms: Rooms, name: str, *, at: str | None = None, source: ConfigSource | None = None) -> RestorePlan:
    """Make the plan. What stands in its way is part of it: ask `plan.stands`."""
    version = _version(rooms, name, at)
    chosen = source or version.record.restoring
    if chosen not in version.record.documents:
        raise UsageError(
            f"version {version.revision[:8]} of {name} has no {chosen} configuration",
            next_step=f"It has: {', '.join(version.record.documents)}",
        )
    newest = rooms.archive.log(name)[0]
    platform = version.record.platform or (rooms.device.platform if rooms.device else "") or ""
    way_back = catalog.way_back(platform, rooms.description_of)
    text, notes = _readable(rooms.archive, version, chosen)
    lines = text.splitlines() if text is not None else None
    sealed = _sealed(rooms.archive, version, chosen)
    known = _known(rooms, way_back, version, chosen, text)
    ways = tuple(
        walked(way, known, lines, in_inventory=rooms.device is not None)
        for way in catalog.ways_for(way_back, chosen)
        if not sealed.problem
    )
    distance = None
    if newest.revision != version.revision:
        distance, note = _distance(rooms.archive, version, newest, chosen)
        notes += note
    return RestorePlan(
        device=name,
        platform=platform,
        title=way_back.title,
        proven=way_back.proven,
        revision=version.revision,
        taken=version.taken,
        age_seconds=(rooms.clock() - version.record.read_at(chosen)).total_seconds(),
        sealed=sealed,
        distance=distance,
        address=_address(rooms.device),
        port=_port(rooms.device),
        in_inventory=rooms.device is not None,
        lab=rooms.lab,
        fits=_fits(way_back, text, rooms.device, version),
        needs=tuple(concern(need, lines) for need in way_back.needs),
        losses=tuple(concern(loss, lines) for loss in way_back.losses),
        ways=ways,
        obstacles=tuple(_obstacles(rooms, way_back, version, sealed, ways, known)),
        notes=tuple(notes),
    )


def _version(rooms: Rooms, name: str, at: str | None) -> Version:
    if rooms.device is not None and rooms.archive.newest(name) is None:
        raise CannotRun(
            f"nothing of {name} was ever archived here: there is nothing to restore it from",
            next_step="Look in the second store: dcops -C PLACE archive list; else in the old ways: a stick, a mail,"
            " its vendor",
        )
    return rooms.archive.version(name, at)


def _readable(archive: Archive, version: Version, source: ConfigSource) -> tuple[str | None, list[str]]:
    """The text in which signs are looked for; a file is opaque, so what else was read with it has to tell."""
    if source is ConfigSource.FILE:
        if version.record.chief is ConfigSource.FILE:
            return None, ["The backup file is opaque: whether a loss concerns this very device cannot be told from it."]
        source = version.record.chief
    try:
        return archive.show(version.record.device, version.revision, source), []
    except ArchiveDamaged as error:
        return None, [
            f"The readable text cannot be read ({error.message}): whether a loss concerns this very device is not"
            f" known."
            " What is sealed does not depend on it."
        ]


def _sealed(archive: Archive, version: Version, source: ConfigSource) -> Sealed:
    document = version.record.documents[source]
    today = archive.whereabouts(version, source)
    files = SealedFiles(archive.folder / "sealed")
    problem = files.problem(today.sealed) if today.sealed else f"pruned on {today.pruned}"
    return Sealed(
        source=source,
        read=version.record.read_at(source),
        size=document.size,
        name=today.sealed,
        path=files.path(today.sealed) if today.sealed else None,
        problem=problem,
        holders=tuple(sorted(today.holders or document.holders)),
    )


def _known(
    rooms: Rooms, way_back: WayBack, version: Version, source: ConfigSource, text: str | None
) -> Mapping[str, str]:
    """What stands for each `{name}`; what is not known stays away, and a word in capitals takes its place."""
    device, record = rooms.device, version.record
    address = _address(device)
    stem = f"{record.device}-{version.revision[:8]}"
    said = told(way_back.identity, text or "")
    # Its own word for itself comes last: `ISR4461/K9` where people say `ISR 4461`.
    model = (device.model if device else "") or said.get("model", "")
    software = (device.software if device else "") or said.get("software", "")
    port = _port(device)
    found = {
        "device": record.device,
        "title": way_back.title,
        "stem": stem,
        "file": f"{stem}.{_suffix(way_back, version, source)}",
        "source": source.value,
        "revision": version.revision[:SHORT],
        "dcops": rooms.command,
        "address": address or "",
        "host": f"[{address}]" if address and ":" in address else address or "",
        "model": model,
        "software": software,
        "ssh_port": f" -P {port}" if port else "",
        "web_port": f":{port}" if port else "",
    }
    return {name: value for name, value in {**found, **values(way_back.values, text)}.items() if value}


def _suffix(way_back: WayBack, version: Version, source: ConfigSource) -> str:
    if way_back.suffix and (source is ConfigSource.FILE or not _sends_file_only(way_back)):
        return way_back.suffix
    if source is ConfigSource.FILE:
        return "backup"
    return PurePosixPath(version.record.documents[source].file).suffix.removeprefix(".") or "txt"


def _sends_file_only(way_back: WayBack) -> bool:
    return all(way.sends == (ConfigSource.FILE,) for way in way_back.ways)


def _distance(
    archive: Archive, version: Version, newest: Version, source: ConfigSource
) -> tuple[Distance | None, list[str]]:
    try:
        (found,) = archive.diff(version.record.device, version.revision, newest.revision, source=source)
    except ArchiveDamaged as error:
        return None, [f"How far it is from the newest version cannot be told: {error.message}."]
    lines = [line for line in found.text.splitlines() if line[:1] in ("+", "-")]
    added = sum(line.startswith("+") for line in lines)
    return Distance(newest.revision, newest.taken, added, len(lines) - added, not found.key_rotated), []


def _address(device: Device | None) -> str | None:
    return device.management.address if device and device.management else None


def _port(device: Device | None) -> int | None:
    return device.management.port if device and device.management else None


def _fits(way_back: WayBack, text: str | None, device: Device | None, version: Version) -> tuple[Fit, ...]:
    said = told(way_back.identity, text or "")
    stated = {
        "model": device.model if device else None,
        "serial": device.serial if device else None,
        "software": device.software if device else None,
    }
    fits = [fit(what, said.get(what), stated[what]) for what in stated]
    if "hostname" in said:
        # A host name that differs from the device's name is a custom of the house, or another device's text.
        fits.insert(0, fit("hostname", said["hostname"], device.name if device else version.record.device))
    if device and device.platform and version.record.platform and device.platform != version.record.platform:
        fits.insert(0, Fit("platform", version.record.platform, device.platform, Verdict.DIFFERS))
    return tuple(fits)


def _obstacles(
    rooms: Rooms,
    way_back: WayBack,
    version: Version,
    sealed: Sealed,
    ways: Sequence[PlannedWay],
    known: Mapping[str, str],
) -> list[Obstacle]:
    if sealed.problem:
        return [_unusable(rooms, version, sealed)]
    if not ways:
        said = WayOut(filled(way_back.no_way or NOTHING, known))
        return [Obstacle(f"nothing restores it from its {sealed.source}", (said, *_others(rooms, way_back, version)))]
    return []


def _others(rooms: Rooms, way_back: WayBack, version: Version) -> Iterator[WayOut]:
    """The newest document of this device that does restore it, in whichever version."""
    device = version.record.device
    for one in rooms.archive.log(device):
        for source in one.record.documents:
            if catalog.ways_for(way_back, source) and not _sealed(rooms.archive, one, source).problem:
                yield WayOut(
                    f"its {source} of {rfc3339(one.record.read_at(source))} does, and is whole",
                    (f"{rooms.command} restore plan {device} --at {one.revision[:SHORT]} --source {source}",),
                )
                return


def _unusable(rooms: Rooms, version: Version, sealed: Sealed) -> Obstacle:
    what = f"the sealed file of this version is {sealed.problem}"
    if sealed.path:
        what += f": {sealed.path}"
    return Obstacle(what, (_second_store(rooms, version, sealed), _newest_whole(rooms, version.record.device, sealed)))


def _newest_whole(rooms: Rooms, device: str, sealed: Sealed) -> WayOut:
    judged: dict[str, bool] = {}
    files = SealedFiles(rooms.archive.folder / "sealed")
    for version in rooms.archive.log(device):
        if sealed.source not in version.record.documents:
            continue
        name = rooms.archive.whereabouts(version, sealed.source).sealed
        if name and name not in judged:
            judged[name] = not files.problem(name)
        if judged.get(name):
            read = rfc3339(version.record.read_at(sealed.source))
            return WayOut(
                f"the newest {sealed.source} that is whole here is that of {read}, version {version.revision[:8]}",
                (f"{rooms.command} restore plan {device} --at {version.revision[:SHORT]} --source {sealed.source}",),
            )
    return WayOut(f"no version of {device} has a {sealed.source} whose sealed file is whole here")


def _second_store(rooms: Rooms, version: Version, sealed: Sealed) -> WayOut:
    """Whether the second store has what is lost here; a folder is looked into, another host is not asked."""
    store, device = rooms.second_store, version.record.device
    there = f"restore plan {device} --at {version.revision[:SHORT]} --source {sealed.source}"
    if not store:
        return WayOut("there is no second store ([copy] to is empty): look for a snapshot or a tape of this disk")
    if isinstance(store, str):
        return WayOut(
            f"perhaps the second store has it: {store}. On that host, PLACE being the folder",
            (f"dcops -C PLACE {there}",),
        )
    files = SealedFiles(store / "archive" / "sealed")
    if sealed.path and not files.problem(sealed.name):
        return WayOut(
            f"the second store {store} has it whole. Move what is bad out of the way, then",
            (f"cp {shlex.quote(str(files.path(sealed.name)))} {shlex.quote(str(sealed.path))}",),
        )
    listed = version.record.documents[sealed.source].sealed
    if listed != sealed.name and not files.problem(listed):
        # Pruned or sealed anew here: a copy keeps what it was sent.
        return WayOut(f"the second store {store} has kept it", (f"dcops -C {shlex.quote(str(store))} {there}",))
    return WayOut(f"the second store {store} does not have it whole: {files.problem(sealed.name or listed)}")
