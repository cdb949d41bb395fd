"""From the settings to what asks devices and understands their answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from dcops.assembly.here import now
from dcops.assembly.snmp import agents_of
from dcops.assembly.stores import writable_archive_of
from dcops.assembly.vsphere import vcenters_of
from dcops.errors import DeviceError, ErrorKind
from dcops.jobs.context import Call, Context, Reach, never
from dcops.model.device import Device
from dcops.model.secret import Credential

if TYPE_CHECKING:
    from dcops.devices.fleet import Fleet
    from dcops.devices.registry import Drivers
    from dcops.model.platform import CliPlatform
    from dcops.settings import Settings


def context_of(settings: Settings, call: Call) -> Context:
    """Put the rooms together that a run over devices needs."""
    from dcops.diff.formats import Formats

    archive, site_key = writable_archive_of(settings)
    described = described_platforms_of(settings)
    return Context(
        fleet=_fleet(settings, described, call.stopping),
        formats=Formats(described),
        archive=archive,
        site_key=site_key.key,
        clock=now,
        progress=call.progress,
    )


def reach_of(settings: Settings) -> Reach:
    """The devices and the formats alone: to look at a device on the first day, before anything can be archived."""
    from dcops.diff.formats import Formats

    described = described_platforms_of(settings)
    return Reach(
        fleet=_fleet(settings, described, never),
        formats=Formats(described),
        clock=now,
        agent_of=agents_of(settings),
        vcenter_of=vcenters_of(settings),
    )


def _fleet(settings: Settings, described: Mapping[str, CliPlatform], stopping: Callable[[], bool]) -> Fleet:
    from dcops.credentials import Credentials
    from dcops.devices.fleet import Fleet
    from dcops.devices.registry import Drivers
    from dcops.devices.runner import Limits
    from dcops.devices.trust import Trust
    from dcops.inventory.nornir import to_nornir

    credentials = Credentials.of(settings.credentials.providers, settings.credentials.file)

    handed_out: set[str] = set()

    def credential_of(device: Device) -> Credential:
        # A device whose login is not handed out is never asked: so a run that must stop asks no further one. Those
        # that are being asked keep theirs: it is needed to take it out of what they may say.
        if device.name not in handed_out and stopping():
            raise DeviceError(
                ErrorKind.TIMEOUT,
                "not asked: the run was told to stop before its turn came",
                next_step="Run it again; if time was short, raise soft_limit_minutes of the job or [fleet] workers",
            )
        handed_out.add(device.name)
        return credentials.require(device.credential, device.name)

    return Fleet(
        nornir_inventory=to_nornir,
        credential_of=credential_of,
        drivers=Drivers(described),
        trust=Trust.load(settings.paths.trust),
        limits=Limits(
            workers=settings.fleet.workers,
            device_seconds=settings.fleet.device_limit_seconds,
            site_workers=settings.fleet.site_workers,
            role_workers=settings.fleet.role_workers,
        ),
        clock=now,
        platform_options=platform_options_of(settings),
    )


def platform_options_of(settings: Settings) -> Mapping[str, Mapping[str, object]]:
    """What dcops.toml says of single platforms, for their drivers."""
    return {"peplink": asdict(settings.peplink), "linux": asdict(settings.linux)}


def drivers_of(settings: Settings) -> Drivers:
    """What reads which platform."""
    from dcops.devices.registry import Drivers

    return Drivers(described_platforms_of(settings))


def described_platforms_of(settings: Settings) -> Mapping[str, CliPlatform]:
    """Platforms described by data: the site's own, beside its inventory, then those that ship with dcops."""
    from dcops.devices.described.shelf import Described
    from dcops.templates.find import data_folder

    return Described([settings.paths.inventory.parent / "platforms", data_folder("platforms")])


def all_platforms_of(settings: Settings) -> Mapping[str, CliPlatform]:
    """The same, all of them read now; InvalidInput names every mistake in any of them."""
    from dcops.devices.platforms import load
    from dcops.templates.find import data_folder

    return load([settings.paths.inventory.parent / "platforms", data_folder("platforms")])
