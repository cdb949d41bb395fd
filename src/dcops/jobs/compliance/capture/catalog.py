"""What is captured of which platforms, by hand in one list, and how it comes together device by device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dcops.jobs.compliance.capture.captured import Captured, Capturer, Means
from dcops.jobs.compliance.capture.servers import ServerState
from dcops.jobs.compliance.capture.vsphere import Hosts
from dcops.jobs.context import no_reader
from dcops.model.device import Device

BESIDES: tuple[Capturer, ...] = (ServerState(), Hosts())
"""What is asked besides configurations, of devices that may be asked."""


def capture(means: Means, devices: Sequence[Device], capturers: Sequence[Capturer]) -> Iterator[Captured]:
    """Everything about each device, as soon as the last of its capturers is done with it."""
    left = {device.name: sum(bool(one.gives(device.platform or "")) for one in capturers) for device in devices}
    parts: dict[str, list[Captured]] = {device.name: [] for device in devices}
    for device in devices:
        if not left[device.name]:
            yield Captured(device, (), error=no_reader(device))
    for capturer in capturers:
        asked = [one for one in devices if capturer.gives(one.platform or "")]
        for part in capturer.capture(means, asked) if asked else ():
            name = part.device.name
            parts[name].append(part)
            left[name] -= 1
            if not left[name]:
                yield _joined(parts.pop(name))


def _joined(parts: Sequence[Captured]) -> Captured:
    first = parts[0]
    return replace(
        first,
        sources=tuple(source for part in parts for source in part.sources),
        version=next((part.version for part in parts if part.version), ""),
        error=next((part.error for part in parts if part.error), None),
        seconds=sum(part.seconds or 0.0 for part in parts) if any(part.seconds for part in parts) else None,
        detail="; ".join(part.detail for part in parts if part.detail),
    )
