"""From the settings to what runs when, on which devices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from dcops.errors import InvalidInput
from dcops.model.device import Device

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from dcops.inventory.inventory import Inventory
    from dcops.jobs.runs.plan import Plan
    from dcops.settings import JobSettings, Settings


from dcops.assembly.logins import login_of


def zone_of(settings: Settings) -> ZoneInfo:
    """The site's time zone."""
    from dcops.jobs.runs.timetable import zone

    return zone(settings.site.timezone)


def plans_of(settings: Settings) -> dict[str, Plan]:
    """What dcops.toml wants of every job that there is, by name; InvalidInput names what it wants wrongly."""
    from dcops.jobs.catalog import JOBS, nearest
    from dcops.jobs.runs.plan import circle
    from dcops.settings import FILE_NAME, JobSettings

    file, names = settings.root / FILE_NAME, [job.name for job in JOBS]
    for name, wanted in settings.jobs.items():
        if name not in names:
            raise InvalidInput(f"{file}: [jobs.{name}]: there is no job {name!r}, {nearest(name, names)}")
        for other in wanted.after:
            if other not in names:
                raise InvalidInput(f"{file}: jobs.{name}.after: there is no job {other!r}, {nearest(other, names)}")
    plans = {}
    for job in JOBS:
        try:
            plans[job.name] = _plan(job.name, settings.jobs.get(job.name, JobSettings()), zone_of(settings))
        except InvalidInput as error:
            raise InvalidInput(f"{file}: [jobs.{job.name}]: {error.message}", next_step=error.next_step) from None
    if waiting := circle(plans):
        raise InvalidInput(f"{file}: these jobs would wait for each other for ever: {' after '.join(waiting)}")
    return plans


def _plan(name: str, wanted: JobSettings, zone: ZoneInfo) -> Plan:
    from dcops.jobs.catalog import find, nearest
    from dcops.jobs.runs.plan import CatchUp, Plan
    from dcops.jobs.runs.timetable import Timetable, Window

    if wanted.catch_up not in list(CatchUp):
        raise InvalidInput(f"catch_up = {wanted.catch_up!r} is unknown, {nearest(wanted.catch_up, list(CatchUp))}")
    if wanted.soft_limit_minutes > wanted.hard_limit_minutes:
        raise InvalidInput("soft_limit_minutes is above hard_limit_minutes")
    return Plan(
        name=name,
        timetable=Timetable.of(wanted.schedule, zone) if wanted.schedule else None,
        jitter_seconds=wanted.jitter_seconds,
        window=Window.of(wanted.window) if wanted.window else None,
        after=wanted.after,
        catch_up=CatchUp(wanted.catch_up),
        max_lateness=timedelta(hours=wanted.max_lateness_hours),
        soft_limit_seconds=wanted.soft_limit_minutes * 60,
        hard_limit_seconds=wanted.hard_limit_minutes * 60,
        retries=0 if find(name).changes_devices else wanted.retries,
    )


def devices_of(settings: Settings, inventory: Inventory, job: str) -> Sequence[Device]:
    """The devices that `[jobs.NAME]` selects, as far as the job is about them."""
    from dcops.inventory.select import Selection, select
    from dcops.jobs.catalog import find
    from dcops.settings import JobSettings

    wanted = settings.jobs.get(job, JobSettings())
    selection = Selection(wanted.sites, wanted.roles, wanted.platforms, wanted.devices, wanted.tags)
    return tuple(device for device in select(inventory.devices, selection) if find(job).concerns(device))


def heartbeat_url_of(settings: Settings) -> str:
    """Where the scheduler's heartbeat goes; empty: nowhere."""
    name = settings.heartbeat.credential
    if not name:
        return settings.heartbeat.url
    secret = login_of(settings, "heartbeat", name).api_key
    if not secret:
        raise InvalidInput(f"credential {name}, which [heartbeat] names, has no api_key")
    return secret.reveal()
