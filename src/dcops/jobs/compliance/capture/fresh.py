"""Configurations read from the devices now, checked and concealed as a backup does it; nothing is archived."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dcops.archive.entry import Item, encoded
from dcops.devices.fleet import Answer
from dcops.errors import DeviceError, ErrorKind
from dcops.jobs.backup import Prepare, Prepared
from dcops.jobs.compliance.capture.captured import Captured, Means
from dcops.jobs.compliance.capture.documents import Text, sources
from dcops.jobs.compliance.subjects import version_in
from dcops.jobs.context import no_reader
from dcops.model.device import WATCHED_PLATFORMS, Device
from dcops.model.source import Source, SourceKind

ORIGIN = "read now"


class Configurations:
    """Reads what a backup reads."""

    def gives(self, platform: str) -> tuple[str, ...]:
        """The sources that it captures of a platform."""
        return () if not platform or platform in WATCHED_PLATFORMS else ("config",)

    def capture(self, means: Means, devices: Sequence[Device]) -> Iterator[Captured]:
        """What each device says now; one that fails, lies or hangs says why instead."""
        fleet, key = means.fleet, means.site_key
        assert fleet is not None
        assert key is not None
        known = set(fleet.drivers.platforms())
        for device in devices:
            if device.platform not in known:
                yield _failed(means, device, no_reader(device), None)
        within_reach = [device for device in devices if device.platform in known]
        sizes = {device.name: means.archive.previous_sizes(device.name) for device in within_reach}
        prepare = Prepare(means.formats, key.key, sizes, means.smallest_share)
        for answer in fleet.configurations(within_reach, prepare):
            if answer.value is not None:
                yield _captured(means, answer, answer.value)
            else:
                error = answer.error or DeviceError(ErrorKind.INTERNAL, "no answer and no error")
                yield _failed(means, answer.device, error, answer.seconds)


def _captured(means: Means, answer: Answer[Prepared], prepared: Prepared) -> Captured:
    assert means.site_key is not None
    device, taken, key = answer.device, prepared.entry.taken, means.site_key.id
    # As git keeps it: the archive gives the same text back.
    texts = {
        item.source: Text(item.source, encoded(item.readable).decode(), taken, key) for item in prepared.entry.items
    }
    weak = {item.source: _weak(means, item, key, device.name) for item in prepared.entry.items}
    told = (version_in(prepared.entry.platform, item.facts) for item in prepared.entry.items)
    return Captured(
        device,
        tuple(sources(device.name, texts, ORIGIN, weak)),
        next((word for word in told if word), ""),
        seconds=answer.seconds,
        detail="; ".join(prepared.missing),
    )


def _weak(means: Means, item: Item, key: str, device: str) -> frozenset[str] | None:
    return means.well_known.among(item.readable, site_key=key, device=device)


def _failed(means: Means, device: Device, error: DeviceError, seconds: float | None) -> Captured:
    source = Source(device.name, SourceKind.CONFIG, "", means.clock(), ORIGIN, problem=error.message)
    return Captured(device, (source,), error=error, seconds=seconds)
