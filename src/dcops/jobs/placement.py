"""What runs where, kept in the state folder: written by the exporter, read by whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from dcops.archive import durable
from dcops.errors import DcopsError, DeviceError, InvalidInput
from dcops.model.device import VCENTER, Device
from dcops.model.placement import Placement
from dcops.model.placement_json import from_json, to_json
from dcops.placement.age import CONFIRMED_EVERY

FOLDER = "vsphere"
WRITTEN_AT_MOST_EVERY = timedelta(minutes=1)
LARGEST_BYTES = 256 * 1024 * 1024


class Keeper:
    """Writes placements: at most once a minute where something changed, and now and then where nothing did.

    What lies there unchanged is confirmed so that its age tells how much to believe of it.
    """

    def __init__(self, state: Path, now: Callable[[], datetime]) -> None:
        self._folder = state / FOLDER
        self._now = now
        self._kept: dict[str, tuple[datetime, Placement]] = {}

    def offer(self, placement: Placement) -> bool:
        """Write a placement if its turn has come; raises CannotRun when the disk does not take it."""
        now = self._now()
        if placement.vcenter in self._kept:
            written, before = self._kept[placement.vcenter]
            age = now - written
            wait = CONFIRMED_EVERY if placement.same_as(before) else WRITTEN_AT_MOST_EVERY
            # A clock that was put back must not stop it until the old time comes again.
            if timedelta(0) <= age < wait:
                return False
        durable.make_folder(self._folder)
        durable.replace(file_of(self._folder.parent, placement.vcenter), to_json(placement))
        self._kept[placement.vcenter] = now, placement
        return True


def file_of(state: Path, vcenter: str) -> Path:
    """Where the placement of a vCenter lies."""
    return state / FOLDER / f"{vcenter}.json"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of where things run, and of which vCenters nothing is, with the reason."""

    placements: tuple[Placement, ...]
    lacking: Mapping[str, str] = field(default_factory=dict)
    fresh: bool = False
    """The vCenters were asked for it."""

    def of(self, vcenters: Collection[str]) -> Known:
        """What is known of these alone."""
        placements = tuple(placement for placement in self.placements if placement.vcenter in vcenters)
        lacking = {name: why for name, why in self.lacking.items() if name in vcenters}
        return Known(placements, lacking, self.fresh)


def stored(state: Path, vcenters: Iterable[str]) -> Known:
    """What the exporter last wrote of these vCenters."""
    placements: list[Placement] = []
    lacking: dict[str, str] = {}
    for name in vcenters:
        try:
            placements.append(_read(file_of(state, name), name))
        except DcopsError as error:
            lacking[name] = error.message
    return Known(tuple(placements), lacking)


def fresh(vcenters: Sequence[Device], ask: Callable[[Device], Placement]) -> Known:
    """What the vCenters say now, all asked at once; one that does not answer is named, and the others count."""

    def answer(device: Device) -> Placement | str:
        try:
            return ask(device)
        except DeviceError as error:
            return str(error).removeprefix(f"{device.name}: ")

    with ThreadPoolExecutor(max(1, len(vcenters))) as threads:
        answers = dict(zip([device.name for device in vcenters], threads.map(answer, vcenters), strict=True))
    return Known(
        tuple(said for said in answers.values() if isinstance(said, Placement)),
        {name: said for name, said in answers.items() if isinstance(said, str)},
        fresh=True,
    )


def vcenters_of(devices: Iterable[Device]) -> tuple[Device, ...]:
    """Our vCenters."""
    return tuple(device for device in devices if device.platform == VCENTER and not device.foreign)


def _read(file: Path, vcenter: str) -> Placement:
    try:
        with file.open("rb") as stream:
            text = stream.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise InvalidInput("no exporter has written yet what it holds") from None
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror or error}") from None
    if len(text) > LARGEST_BYTES:
        raise InvalidInput(f"{file} is larger than any placement")
    try:
        placement = from_json(text)
    except InvalidInput as error:
        raise InvalidInput(f"{file}: {error.message}") from None
    if placement.vcenter != vcenter:
        raise InvalidInput(f"{file} tells of {placement.vcenter}, not of {vcenter}")
    return placement
