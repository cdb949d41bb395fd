"""From the settings of a site root to a context that jobs can work with; shared by all doors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dcops.jobs.context import Context, Progress
from dcops.model.device import Device
from dcops.model.secret import Credential

if TYPE_CHECKING:
    from dcops.inventory.inventory import Inventory
    from dcops.settings import Settings


def now() -> datetime:
    """The time of day, in UTC."""
    return datetime.now(UTC)


def inventory_of(settings: Settings) -> Inventory:
    """Load and check the inventory; raises InvalidInput with every mistake in it."""
    from dcops.inventory.load import load

    return load(settings.paths.inventory)


def context_of(settings: Settings, progress: Progress) -> Context:
    """Put the rooms of a site root together."""
    from dcops.archive.archive import Archive
    from dcops.archive.holders import load_holders
    from dcops.archive.site_key import SiteKey
    from dcops.credentials import Credentials
    from dcops.devices.fleet import Fleet
    from dcops.devices.runner import Limits
    from dcops.devices.trust import Trust
    from dcops.inventory.nornir import to_nornir

    credentials = Credentials.of(settings.credentials.providers, settings.credentials.file)

    def credential_of(device: Device) -> Credential:
        return credentials.require(device.credential, device.name)

    holders = load_holders(settings.paths.keys)
    site_key = SiteKey.load_or_create(settings.paths.state, settings.paths.keys, holders)
    archive = Archive.open(settings.paths.state / "archive", holders=holders, site_key=site_key)
    fleet = Fleet(
        nornir_inventory=to_nornir,
        credential_of=credential_of,
        trust=Trust.load(settings.paths.trust),
        limits=Limits(
            workers=settings.fleet.workers,
            device_seconds=settings.fleet.device_limit_seconds,
            site_workers=settings.fleet.site_workers,
            role_workers=settings.fleet.role_workers,
        ),
        clock=now,
    )
    return Context(fleet=fleet, archive=archive, site_key=site_key.key, clock=now, progress=progress)
