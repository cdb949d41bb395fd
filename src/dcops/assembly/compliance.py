"""From the settings to what an audit needs: rules, archive, fleet, limits."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from dcops.assembly.here import now
from dcops.assembly.stores import archive_of, inventory_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dcops.audit.library import Library
    from dcops.jobs.compliance.run import Rooms, Wanted
    from dcops.jobs.context import Call
    from dcops.ledger.ledger import Ledger
    from dcops.model.source import SourceKind
    from dcops.settings import Settings

FOLDER = "compliance"


def compliance_folders_of(settings: Settings) -> tuple[Path, Path | None]:
    """Where the rules lie that ship, and those of the site."""
    from dcops.templates.find import data_folder

    shipped, site = data_folder(FOLDER), settings.root / FOLDER
    # The reference site is the checkout itself: its folder is the shipped one.
    return shipped, site if site.is_dir() and site.resolve() != shipped.resolve() else None


def library_of(settings: Settings) -> Library:
    """Every rule, pack, parameter and exception in force; InvalidInput names every mistake with file and line."""
    from dcops.audit.library import load

    shipped, site = compliance_folders_of(settings)
    return load(shipped, site, now().date())


def compliance_rooms_of(settings: Settings, call: Call, ledger: Ledger | None, *, asking: bool = True) -> Rooms:
    """The rooms of an audit. One that is not `asking` needs neither keys of holders nor logins."""
    from dcops.archive.pieces import site_keys
    from dcops.assembly.reach import context_of, described_platforms_of
    from dcops.assembly.schedule import zone_of
    from dcops.assembly.vsphere import vcenters_of
    from dcops.diff.formats import Formats
    from dcops.jobs.compliance.capture.captured import Means
    from dcops.jobs.compliance.run import Rooms
    from dcops.jobs.compliance.wellknown import WellKnown
    from dcops.model.device import VCENTER

    shipped, site = compliance_folders_of(settings)
    library = library_of(settings)
    context = context_of(settings, call) if asking else None
    keys, _ = site_keys(settings.paths.state, settings.paths.keys, None)
    own = next(iter(keys.values()), None)
    means = Means(
        archive=context.archive if context else archive_of(settings),
        formats=context.formats if context else Formats(described_platforms_of(settings)),
        well_known=WellKnown(keys),
        clock=now,
        fleet=context.fleet if context else None,
        site_key=own,
        smallest_share=settings.backup.smallest_share,
        vcenter_of=vcenters_of(settings) if asking else None,
        vcenters={each.name: each for each in inventory_of(settings).devices if asking and each.platform == VCENTER},
        stopping=call.stopping,
    )
    return Rooms(
        means=means,
        library=library,
        shipped=shipped,
        site=site,
        fresh=fresh_of(settings),
        clock=now,
        progress=call.progress,
        zone=zone_of(settings),
        ledger=ledger,
        workers=settings.compliance.workers,
        limit_seconds=settings.compliance.limit_seconds,
        stopping=call.stopping,
    )


def nightly_of(settings: Settings) -> Wanted:
    """What the job of the night is asked for: what the backup has just read is not read again."""
    from dcops.jobs.compliance.run import Wanted

    return Wanted(packs=settings.compliance.packs, reuse=timedelta(hours=settings.compliance.reuse_hours))


def fresh_of(settings: Settings) -> Mapping[SourceKind, timedelta]:
    """How old what is judged may be."""
    from dcops.model.source import SourceKind

    wanted = settings.compliance
    hours = {
        SourceKind.CONFIG: wanted.config_max_age_hours,
        SourceKind.STATE: wanted.state_max_age_hours,
        SourceKind.VSPHERE: wanted.vsphere_max_age_hours,
        SourceKind.SNMP: wanted.snmp_max_age_hours,
        SourceKind.PROBE: wanted.probe_max_age_hours,
        SourceKind.DNS: wanted.dns_max_age_hours,
    }
    return {kind: timedelta(hours=number) for kind, number in hours.items()}
