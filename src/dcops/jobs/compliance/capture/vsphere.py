"""What vCenters tell of their hosts and of themselves: each is asked once, whatever the number of its hosts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dcops.errors import DeviceError, ErrorKind
from dcops.jobs.compliance.capture.captured import Captured, Means
from dcops.model.device import ESXI, VCENTER, Device
from dcops.model.placement import bare
from dcops.model.source import Source, SourceKind

if TYPE_CHECKING:
    from dcops.vsphere.details.hardening import Hardening
    from dcops.vsphere.managed import Problem


class Hosts:
    """Asks the vCenters of hosts."""

    def gives(self, platform: str) -> tuple[str, ...]:
        """The sources that it captures of a platform."""
        return (SourceKind.VSPHERE.value,) if platform in (ESXI, VCENTER) else ()

    def capture(self, means: Means, devices: Sequence[Device]) -> Iterator[Captured]:
        """What each host is like, as its vCenter knows it."""
        by_vcenter: dict[str, list[Device]] = {}
        for device in devices:
            owner = device.name if device.platform == VCENTER else device.vcenter or ""
            by_vcenter.setdefault(owner, []).append(device)
        for name, some in by_vcenter.items():
            yield from _of_one(means, name, some)


def _of_one(means: Means, name: str, devices: Sequence[Device]) -> Iterator[Captured]:
    own = next((each for each in devices if each.platform == VCENTER), None) or means.vcenters.get(name)
    if own is None:
        why = f"the inventory knows no vCenter {name}" if name else "the inventory says not which vCenter it belongs to"
        error = DeviceError(ErrorKind.INVALID, why, next_step="Add vcenter: NAME to its entry")
        yield from (_silent(device, name or "vsphere", means.clock(), error) for device in devices)
        return
    if means.stopping():
        stopped = DeviceError(ErrorKind.TIMEOUT, "the run was told to stop before its turn came")
        yield from (_silent(device, name, means.clock(), stopped) for device in devices)
        return
    try:
        found, problems, about = _asked(means, own)
    except DeviceError as error:
        yield from (_silent(device, name, means.clock(), error) for device in devices)
        return
    taken = means.clock()
    by_name = {bare(host.name): (moid, host) for moid, host in found.items()}
    for device in devices:
        if device.platform == VCENTER:
            yield _captured(device, name, taken, about, about["version"], about["build"])
        elif (known := by_name.get(bare(device.name))) is None:
            nobody = DeviceError(
                ErrorKind.INVALID, f"{name} shows no host of this name", next_step="See: dcops inventory placement"
            )
            yield _silent(device, name, taken, nobody)
        else:
            yield _of_host(device, name, taken, known[1], [each for each in problems if each.moid == known[0]])


def _asked(means: Means, own: Device) -> tuple[dict[str, Hardening], tuple[Problem, ...], dict[str, Any]]:
    """Hosts, what was not shown, and what a vCenter says of itself; raises DeviceError."""
    from dcops.vsphere.vcenter import Vcenter

    assert means.vcenter_of is not None
    vcenter = Vcenter(means.vcenter_of(own))
    try:
        details = vcenter.details()
        found, problems = details.read_hardening()
        said = details.about()
        about = {
            "version": said.version,
            "build": said.build,
            "certificate_not_after": details.read_certificate(),
            "clock_offset_seconds": abs(details.read_clock()),
        }
    finally:
        vcenter.close()
    return found, problems, about


def _of_host(device: Device, name: str, taken: datetime, host: Hardening, hidden: Sequence[Problem]) -> Captured:
    if not host.is_connected:
        lost = DeviceError(ErrorKind.UNREACHABLE, f"{name} does not reach it", next_step="Look at it in vCenter")
        return _silent(device, name, taken, lost)
    content = {
        "version": host.version,
        "build": host.build,
        "lockdown": host.lockdown,
        "services": host.services,
        "time_servers": None if host.time_servers is None else list(host.time_servers),
        "certificate_not_after": host.certificate_not_after,
        "blocks_incoming": host.blocks_incoming,
        "options": host.options,
    }
    return _captured(
        device, name, taken, content, host.version, host.build, "; ".join(dict.fromkeys(str(each) for each in hidden))
    )


def _captured(
    device: Device,
    vcenter: str,
    taken: datetime,
    content: dict[str, Any],
    version: str | None,
    build: str | None,
    detail: str = "",
) -> Captured:
    source = Source(device.name, SourceKind.VSPHERE, "", taken, f"read now from {vcenter}", content)
    told = f"{version} build {build}" if version and build else version or ""
    return Captured(device, (source,), told, detail=detail)


def _silent(device: Device, vcenter: str, taken: datetime, error: DeviceError) -> Captured:
    source = Source(device.name, SourceKind.VSPHERE, "", taken, f"read now from {vcenter}", problem=error.message)
    return Captured(device, (source,), error=error)
