"""From the settings of a site root to the rooms that jobs work with; shared by all doors."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dcops.errors import DeviceError, ErrorKind, InvalidInput
from dcops.jobs.context import Call, Context, Reach, never
from dcops.model.device import Device
from dcops.model.secret import Credential

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from dcops.archive.archive import Archive
    from dcops.archive.copies.store import SecondStore
    from dcops.archive.site_key import SiteKey
    from dcops.devices.fleet import Fleet
    from dcops.devices.registry import Drivers
    from dcops.inventory.inventory import Inventory
    from dcops.jobs.nightly.gather import Sources
    from dcops.jobs.notification import Audience
    from dcops.jobs.pushed.place import Place
    from dcops.jobs.runs.plan import Plan
    from dcops.ledger.ledger import Ledger
    from dcops.model.platform import CliPlatform
    from dcops.notify.http import Endpoint
    from dcops.notify.sender import Sender
    from dcops.settings import JobSettings, Settings
    from dcops.templates.render import Texts

LEDGER_FILE = "ledger.sqlite"


def now() -> datetime:
    """The time of day, in UTC."""
    return datetime.now(UTC)


def node() -> str:
    """The name of this host, as the ledger knows it."""
    return socket.gethostname()


def zone_of(settings: Settings) -> ZoneInfo:
    """The site's time zone."""
    from dcops.jobs.runs.timetable import zone

    return zone(settings.site.timezone)


def inventory_of(settings: Settings) -> Inventory:
    """Load and check the inventory; raises InvalidInput with every mistake in it."""
    from dcops.inventory.load import load

    return load(settings.paths.inventory)


def archive_of(settings: Settings) -> Archive:
    """The archive, to look at: nothing can be stored in it without the site key."""
    from dcops.archive.archive import Archive

    return Archive.open(settings.paths.state / "archive")


def writable_archive_of(settings: Settings) -> tuple[Archive, SiteKey]:
    """The archive, ready to take something in, and the site key under which secrets are hashed."""
    from dcops.archive.archive import Archive
    from dcops.archive.holders import load_holders
    from dcops.archive.site_key import SiteKey

    holders = load_holders(settings.paths.keys)
    site_key = SiteKey.load_or_create(settings.paths.state, settings.paths.keys, holders)
    return Archive.open(settings.paths.state / "archive", holders=holders, site_key=site_key), site_key


def place_of(settings: Settings) -> Place:
    """Where devices push their files to."""
    from dcops.jobs.pushed.place import Place

    return Place(
        folder=settings.drop.folder,
        lock=settings.paths.state / "drop.lock",
        settle_seconds=settings.drop.settle_seconds,
        stuck_hours=settings.drop.stuck_hours,
        largest_bytes=settings.drop.largest_megabytes * 1_000_000,
    )


def second_store_of(settings: Settings) -> SecondStore:
    """The place that `[copy]` names, ready to be filled or looked at."""
    from dcops.archive.copies.address import SshAddress, parse
    from dcops.archive.copies.connection import KnownHosts
    from dcops.archive.copies.opening import open_store
    from dcops.devices.trust import Trust

    if not settings.copy.to:
        raise InvalidInput(
            "there is no second store: [copy] to is empty",
            next_step="Name a folder or ssh://user@host/path in dcops.toml (docs/how-to/second-store.md)",
        )
    address = parse(settings.copy.to, settings.root)
    known = None
    if isinstance(address, SshAddress):
        known = KnownHosts(Trust.load(settings.paths.trust).host_keys, settings.paths.trust / "known_hosts")
    return open_store(
        address,
        _login(settings, "copy", settings.copy.credential),
        known,
        archive=settings.paths.state / "archive",
        keys=settings.paths.keys,
        memory=settings.paths.state / "copy.json",
        site=settings.site.name,
        max_lag=timedelta(hours=settings.copy.max_lag_hours),
        verify_every=timedelta(days=settings.copy.verify_days),
        clock=now,
    )


def ledger_of(settings: Settings) -> Ledger:
    """Open the ledger; CannotRun when it cannot be reached."""
    from dcops.ledger.ledger import Ledger

    password = None
    if name := settings.ledger.credential:
        password = _login(settings, "ledger", name).password
        if not password:
            raise InvalidInput(f"credential {name}, which [ledger] names, has no password")
    return Ledger.open(settings.ledger.url or f"sqlite:///{settings.paths.state / LEDGER_FILE}", password=password)


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
    secret = _login(settings, "heartbeat", name).api_key
    if not secret:
        raise InvalidInput(f"credential {name}, which [heartbeat] names, has no api_key")
    return secret.reveal()


class SiteRoot:
    """The rooms of a site root, each opened when a job first asks for it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def state(self) -> Path:
        """The state folder."""
        return self._settings.paths.state

    @property
    def smallest_share(self) -> float:
        """`[backup] smallest_share`."""
        return self._settings.backup.smallest_share

    @property
    def channels(self) -> Sequence[str]:
        """The channels over which people are told."""
        return channels_of(self._settings)

    @cached_property
    def inventory(self) -> Inventory:
        """What we own."""
        return inventory_of(self._settings)

    @cached_property
    def ledger(self) -> Ledger:
        """What ran; raises CannotRun when it cannot be reached."""
        return ledger_of(self._settings)

    @cached_property
    def texts(self) -> Texts:
        """Words and templates in the site's language."""
        return texts_of(self._settings)

    def devices(self, job: str) -> Sequence[Device]:
        """Those that `[jobs.NAME]` selects."""
        return devices_of(self._settings, self.inventory, job)

    @property
    def place(self) -> Place:
        """Where devices push their files to."""
        return place_of(self._settings)

    def archive(self) -> Archive:
        """The archive, ready to take something in."""
        return writable_archive_of(self._settings)[0]

    def context(self, call: Call) -> Context:
        """The rooms that a run over devices needs."""
        return context_of(self._settings, call)

    def sources(self) -> Sources:
        """What the nightly report is made of."""
        return report_sources_of(self._settings, self.ledger)

    def second_store(self) -> SecondStore:
        """The place that `[copy]` names."""
        return second_store_of(self._settings)


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
    return Reach(fleet=_fleet(settings, described, never), formats=Formats(described), clock=now)


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
    from dcops.devices.platforms import load
    from dcops.templates.find import data_folder

    return load([settings.paths.inventory.parent / "platforms", data_folder("platforms")])


def texts_of(settings: Settings, language: str | None = None) -> Texts:
    """Words and templates in the site's language, or another one, and in its time zone."""
    from dcops.templates.render import Texts

    return Texts.of(settings.root, language=language or settings.site.language, timezone=settings.site.timezone)


def report_sources_of(settings: Settings, ledger: Ledger) -> Sources:
    """What the nightly report is gathered from."""
    from dcops.jobs.nightly.gather import BACKUP, DROP, Sources

    root = SiteRoot(settings)
    return Sources(
        site=settings.site.name,
        zone=zone_of(settings),
        ledger=ledger,
        archive=archive_of(settings),
        devices=root.devices(BACKUP),
        platforms=drivers_of(settings).platforms(),
        plans=plans_of(settings),
        lab=root.inventory.lab,
        pushers=root.devices(DROP),
    )


def channels_of(settings: Settings) -> tuple[str, ...]:
    """The ways out that dcops.toml sets up; no credential is looked up for it."""
    from dcops.jobs.notification import ALERTMANAGER, MAIL, WEBHOOK

    wanted = {
        MAIL: settings.mail.host,
        WEBHOOK: settings.webhook.url or settings.webhook.credential,
        ALERTMANAGER: settings.alertmanager.url,
    }
    return tuple(channel for channel, value in wanted.items() if value)


def audience_of(settings: Settings) -> Audience:
    """Who is told of what happens, and in whose words."""
    from dcops.jobs.notification import Audience

    return Audience(settings.site.name, texts_of(settings), channels_of(settings))


def senders_of(settings: Settings) -> dict[str, Sender]:
    """The ways out by channel. One that dcops.toml sets up wrongly keeps its messages and says why."""
    from dcops.jobs.notification import ALERTMANAGER, MAIL, WEBHOOK
    from dcops.notify.sender import Unusable

    makers = {MAIL: _mail, WEBHOOK: _webhook, ALERTMANAGER: _alertmanager}
    senders: dict[str, Sender] = {}
    for channel in channels_of(settings):
        try:
            senders[channel] = makers[channel](settings)
        except InvalidInput as error:
            # Backups go on while nobody can be told of them.
            senders[channel] = Unusable(str(error))
    return senders


def _mail(settings: Settings) -> Sender:
    from dcops.notify.mail import MailSecurity, MailSender

    mail = settings.mail
    if mail.security not in list(MailSecurity):
        raise InvalidInput(f"[mail] security must be one of {', '.join(MailSecurity)}, not {mail.security!r}")
    login = _login(settings, "mail", mail.credential)
    return MailSender(
        host=mail.host,
        port=mail.port,
        sender=mail.sender,
        recipients=mail.recipients,
        security=MailSecurity(mail.security),
        username=login.username,
        password=login.password,
        ca_file=mail.ca_file,
    )


def _webhook(settings: Settings) -> Sender:
    from dcops.notify.webhook import WebhookSender

    login = _login(settings, "webhook", settings.webhook.credential)
    return WebhookSender(_endpoint(settings.webhook.url, login, settings.webhook.ca_file))


def _alertmanager(settings: Settings) -> Sender:
    from dcops.notify.alertmanager import AlertmanagerSender, alerts_url

    login = _login(settings, "alertmanager", settings.alertmanager.credential)
    url = alerts_url(settings.alertmanager.url)
    return AlertmanagerSender(_endpoint(url, login, settings.alertmanager.ca_file))


def _endpoint(url: str, login: Credential, ca_file: Path) -> Endpoint:
    from dcops.notify.http import Endpoint

    secret = login.password if login.username else login.api_key or login.password
    # An address that is a secret itself (most chats) is kept as the key of a credential.
    if not url and login.api_key:
        return Endpoint(login.api_key.reveal(), ca_file=ca_file)
    return Endpoint(url, ca_file=ca_file, username=login.username, secret=secret)


def _login(settings: Settings, section: str, name: str) -> Credential:
    from dcops.credentials import Credentials

    if not name:
        return Credential("")
    credentials = Credentials.of(settings.credentials.providers, settings.credentials.file)
    found = credentials.find(name)
    if found is None:
        raise InvalidInput(
            f"[{section}] names credential {name}, which is not found", next_step=credentials.how_to_add(name)
        )
    return found
