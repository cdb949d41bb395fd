"""From the settings to what the chores of housekeeping need."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from dcops.assembly.here import now
from dcops.assembly.schedule import zone_of
from dcops.assembly.stores import archive_of

if TYPE_CHECKING:
    from dcops.jobs.context import Site
    from dcops.jobs.housekeeping.chore import Rooms, Wanted
    from dcops.model.finding import Finding
    from dcops.settings import Settings


def housekeeping_rooms_of(settings: Settings, site: Site, stopping: Callable[[], bool]) -> Rooms:
    """The rooms of a site, each opened by the chore that needs it."""
    from dcops.jobs import promises
    from dcops.jobs.housekeeping.chore import Rooms

    archive = archive_of(settings)

    def broken() -> tuple[Finding, ...]:
        return promises.look(
            inventory=site.inventory,
            ledger=site.ledger,
            archive=archive,
            now=now(),
            has_copy=site.has_second_store,
            second_store=site.second_store,
        ).findings

    return Rooms(
        state=settings.paths.state,
        archive=archive,
        ledger=lambda: site.ledger,
        inventory=lambda: site.inventory,
        promises=broken,
        zone=zone_of(settings),
        wanted=wanted_of(settings),
        clock=now,
        stopping=stopping,
    )


def wanted_of(settings: Settings) -> Wanted:
    """What `[housekeeping]` says."""
    from dcops.jobs.housekeeping.chore import Wanted

    said = settings.housekeeping
    return Wanted(
        repack_every=timedelta(days=said.repack_days),
        verify_every=timedelta(days=said.verify_days),
        keep_evidence=timedelta(days=said.evidence_days),
        keep_quiet_runs=timedelta(days=said.quiet_runs_days),
        least_free_bytes=int(said.least_free_gigabytes * 1e9),
    )
