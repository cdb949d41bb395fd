"""`dcops.toml` of a site root, as frozen settings: flag over environment over file over default."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_type_hints

from dcops.devices.linux.paths import DEFAULT_PATHS
from dcops.errors import InvalidInput, UsageError

FILE_NAME = "dcops.toml"
ZERO_ALLOWED = ("jitter_seconds", "retries")
FEWEST_EVIDENCE_DAYS = 31
# Relative paths of a dcops.toml are relative to the folder it lies in.
PATHS = (
    ("paths", "inventory"),
    ("paths", "state"),
    ("paths", "trust"),
    ("paths", "keys"),
    ("drop", "folder"),
    ("credentials", "file"),
    ("mail", "ca_file"),
    ("webhook", "ca_file"),
    ("alertmanager", "ca_file"),
)


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """`[site]`"""

    name: str = "dcops"
    timezone: str = "Asia/Ho_Chi_Minh"
    """Of schedules and reports; everything stored is UTC."""
    language: str = "vi"
    """`vi` or `en`, of messages and reports that nobody asked for in another one."""


@dataclass(frozen=True, slots=True)
class PathSettings:
    """`[paths]`: folders, relative to the site root unless absolute."""

    inventory: Path = Path("inventory")
    state: Path = Path("state")
    trust: Path = Path("trust")
    keys: Path = Path("keys")


@dataclass(frozen=True, slots=True)
class CredentialSettings:
    """`[credentials]`: where logins are looked up, in this order."""

    providers: tuple[str, ...] = ("environment", "file")
    file: Path = Path("credentials.toml")


@dataclass(frozen=True, slots=True)
class FleetSettings:
    """`[fleet]`: how many devices at once, and how long each may take."""

    workers: int = 40
    device_limit_seconds: float = 120.0
    site_workers: Mapping[str, int] = field(default_factory=dict)
    role_workers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BackupSettings:
    """`[backup]`"""

    smallest_share: float = 0.5
    """A configuration smaller than this share of the last archived one is refused as truncated."""


@dataclass(frozen=True, slots=True)
class DropSettings:
    """`[drop]`: where devices push their backups to."""

    folder: Path = Path("drop")
    """Holds one folder per device, of the device's name; relative to the site root unless absolute."""
    settle_seconds: float = 60.0
    """A file is taken in when nothing about it changed for so long."""
    stuck_hours: float = 6.0
    """A file that did not come to rest within this time is said to be stuck."""
    largest_megabytes: int = 100
    """A larger file is refused; while it is sealed it needs about four times its size of memory."""


@dataclass(frozen=True, slots=True)
class PeplinkSettings:
    """`[peplink]`: what no vendor's page tells of a Peplink, and a site has found out for its firmware."""

    download_path: str = ""
    """Where the web admin gives the configuration file: `/…`. Empty: the file is not fetched."""
    download_method: str = "GET"
    """`GET` or `POST`."""
    download_fields: Mapping[str, str] = field(default_factory=dict)
    """Fields of the form, or of the query."""
    download_smallest_bytes: int = 1024
    """A smaller file is refused as truncated."""
    read_priorities: bool = False
    """Ask for the priorities of connections, which is a POST of an empty list."""

    def __post_init__(self) -> None:
        if self.download_path and not self.download_path.startswith("/"):
            raise InvalidInput("[peplink] download_path must begin with /: it is a path on the device")
        if self.download_method not in ("GET", "POST"):
            raise InvalidInput(f"[peplink] download_method = {self.download_method!r} is neither GET nor POST")


@dataclass(frozen=True, slots=True)
class LinuxSettings:
    """`[linux]`: which files of servers are kept. Names of keys and password hashes stay out whatever it says."""

    paths: tuple[str, ...] = DEFAULT_PATHS
    """Files and folders, absolute."""
    exclude: tuple[str, ...] = ()
    """Files and folders below them that are not read: names or paths, with `*` and `?`."""
    root: str = "/"
    """Where the paths begin; without a `/` at its start, at the account's home folder."""
    sudo: bool = False
    """Read them as root: the account has the line of sudoers that `dcops device test` prints."""

    def __post_init__(self) -> None:
        for key in ("paths", "exclude"):
            for path in getattr(self, key):
                if key == "paths" and not path.startswith("/"):
                    raise InvalidInput(f"[linux] paths: {path!r} must begin with /")
                if ".." in path.split("/") or not path.strip("/") or not path.isprintable() or "\\" in path:
                    raise InvalidInput(f"[linux] {key}: {path!r} is no path that can be read")
        if not self.paths:
            raise InvalidInput("[linux] paths is empty: nothing would be kept of a server")
        if not self.root or not self.root.isprintable() or self.root.startswith("-"):
            raise InvalidInput(f"[linux] root: {self.root!r} is no folder")


@dataclass(frozen=True, slots=True)
class CopySettings:
    """`[copy]`: the second store of the archive."""

    to: str = ""
    """A folder, or `ssh://user@host[:port]/absolute/path`. Empty: there is none."""
    credential: str = ""
    """Name of the credential with the `key_file` (or password) of the account there."""
    max_lag_hours: float = 48.0
    """How old a version may be that is not there yet."""
    verify_days: float = 7.0
    """After so many days a copy also recomputes every hash there."""


@dataclass(frozen=True, slots=True)
class DrillSettings:
    """`[drill]`: restore tests on a schedule."""

    identity: str = ""
    """File with a holder's private key, relative to the site root. Whoever takes over this host can then read every
    backup, so it belongs on a host of the DR site at most. Empty: a drill on a schedule opens nothing.
    """


@dataclass(frozen=True, slots=True)
class HousekeepingSettings:
    """`[housekeeping]`: how often the archive is packed and verified, and how long evidence is kept.

    What the archive keeps is declared in the inventory, as the retention of a backup item.
    """

    repack_days: float = 30.0
    """After so many days the whole history is packed anew."""
    verify_days: float = 7.0
    """After so many days everything that was archived is read again."""
    evidence_days: int = 400
    """Rows of the ledger, folders of runs and reports older than this are removed."""
    quiet_runs_days: int = 31
    """Of the runs of a job on one day that all went well, one keeps its folder for longer than this."""
    least_free_gigabytes: float = 1.0
    """Less than this on the disk of the state folder is a finding, however slowly it fills."""

    def __post_init__(self) -> None:
        if self.evidence_days < FEWEST_EVIDENCE_DAYS:
            raise InvalidInput(
                f"[housekeeping] evidence_days = {self.evidence_days} is too short: catching up and reports need"
                f" {FEWEST_EVIDENCE_DAYS}"
            )


@dataclass(frozen=True, slots=True)
class ComplianceSettings:
    """`[compliance]`: what devices are judged by, and how old what is judged may be."""

    packs: tuple[str, ...] = ()
    """Only the rules of these packs. Empty: every rule, and all packs are told of."""
    reuse_hours: float = 6.0
    """The nightly job does not read a configuration again that was archived within so many hours."""
    config_max_age_hours: float = 26.0
    """An older configuration could not be checked; so for the others."""
    state_max_age_hours: float = 1.0
    vsphere_max_age_hours: float = 1.0
    snmp_max_age_hours: float = 1.0
    probe_max_age_hours: float = 1.0
    dns_max_age_hours: float = 1.0
    workers: int = 2
    """How many processes judge at once."""
    limit_seconds: float = 30.0
    """Judging one device is ended after so long, and it could not be checked."""


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """`[ledger]`: where runs, outcomes and messages are kept."""

    url: str = ""
    """SQLAlchemy's form without a password, `postgresql+psycopg://dcops@db.example/dcops`.

    Empty: SQLite in the state folder.
    """
    credential: str = ""
    """Name of the credential that holds the database password."""


@dataclass(frozen=True, slots=True)
class JobSettings:
    """`[jobs.NAME]`: when a job runs and how long it may take."""

    schedule: str = ""
    """Five fields of cron, in the site's time zone. Empty: only by hand."""
    jitter_seconds: int = 0
    window: str = ""
    """`00:30-05:00`: a run never begins outside of it."""
    after: tuple[str, ...] = ()
    """Jobs of the same night that must have ended first."""
    catch_up: str = "latest"
    """What happens to due times that passed while nothing ran: `latest`, `all` or `none`."""
    max_lateness_hours: float = 12.0
    """A due time older than this is skipped and said to be."""
    soft_limit_minutes: float = 60.0
    """Then the run is asked to stop and to report what it has."""
    hard_limit_minutes: float = 75.0
    """Then its whole process group is killed."""
    retries: int = 1
    """How often a run that was lost is tried again; jobs that change devices never are."""
    sites: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeartbeatSettings:
    """`[heartbeat]`: a call that leaves this host while all is well; its silence is the alarm."""

    url: str = ""
    credential: str = ""
    """Name of the credential whose `api_key` is the whole URL, when the URL itself is a secret."""
    interval_seconds: int = 60


@dataclass(frozen=True, slots=True)
class MailSettings:
    """`[mail]`"""

    host: str = ""
    port: int = 25
    security: str = "starttls"
    """`starttls`, `tls` or `none`."""
    sender: str = ""
    recipients: tuple[str, ...] = ()
    credential: str = ""
    ca_file: Path = Path("trust/ca.pem")


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """`[webhook]`"""

    url: str = ""
    credential: str = ""
    """Name of the credential whose `api_key` is sent as a bearer token."""
    ca_file: Path = Path("trust/ca.pem")


@dataclass(frozen=True, slots=True)
class AlertmanagerSettings:
    """`[alertmanager]`"""

    url: str = ""
    credential: str = ""
    ca_file: Path = Path("trust/ca.pem")


@dataclass(frozen=True, slots=True)
class SyslogSettings:
    """`[syslog]`: where a copy of the audit log goes."""

    address: str = ""
    """`udp://192.0.2.10:514`, `tcp://…`, or `/dev/log`. Empty: no copy."""


@dataclass(frozen=True, slots=True)
class VsphereSettings:
    """`[vsphere]`: how often the exporter asks vCenters, and how long what they told is shown."""

    counters: str = "default"
    """Which performance counters: `default`, or `extended` with those that a NOC seldom needs."""
    quick_seconds: float = 60.0
    """How often quick statistics are read."""
    performance_seconds: float = 20.0
    """How often samples are read; vCenter makes one every 20 s."""
    instances_seconds: float = 60.0
    """How often those of single disks, datastores, LUNs and NICs are read."""
    details_seconds: float = 300.0
    """How often NICs and paths of hosts, operations of clusters, sessions and the clock are looked at."""
    slow_seconds: float = 3600.0
    """How often licences, certificates, tags and custom attributes are looked at."""
    inventory_limit_seconds: float = 180.0
    """Older than this, what the inventory told is no longer shown; so for the others."""
    quick_limit_seconds: float = 240.0
    performance_limit_seconds: float = 120.0
    instances_limit_seconds: float = 240.0
    details_limit_seconds: float = 1800.0
    slow_limit_seconds: float = 14400.0
    tags: tuple[str, ...] = ()
    """Categories of tags that become `_info` metrics; none is asked for unless it is named."""
    attributes: tuple[str, ...] = ()
    """Custom attributes that become `_info` metrics."""

    def __post_init__(self) -> None:
        if self.counters not in ("default", "extended"):
            raise InvalidInput(f"[vsphere] counters = {self.counters!r} is neither default nor extended")
        for name in ("quick", "performance", "instances", "details", "slow"):
            every, limit = (getattr(self, f"{name}_{end}") for end in ("seconds", "limit_seconds"))
            if limit <= every:
                raise InvalidInput(
                    f"[vsphere] {name}_limit_seconds = {limit:g} is not above {name}_seconds = {every:g}:"
                    " what is told would be gone before it is told again"
                )


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that `dcops.toml` may say."""

    root: Path
    site: SiteSettings = SiteSettings()
    paths: PathSettings = PathSettings()
    credentials: CredentialSettings = CredentialSettings()
    fleet: FleetSettings = FleetSettings()
    backup: BackupSettings = BackupSettings()
    drop: DropSettings = DropSettings()
    peplink: PeplinkSettings = PeplinkSettings()
    linux: LinuxSettings = LinuxSettings()
    copy: CopySettings = CopySettings()
    drill: DrillSettings = DrillSettings()
    housekeeping: HousekeepingSettings = HousekeepingSettings()
    compliance: ComplianceSettings = ComplianceSettings()
    ledger: LedgerSettings = LedgerSettings()
    heartbeat: HeartbeatSettings = HeartbeatSettings()
    mail: MailSettings = MailSettings()
    webhook: WebhookSettings = WebhookSettings()
    alertmanager: AlertmanagerSettings = AlertmanagerSettings()
    syslog: SyslogSettings = SyslogSettings()
    vsphere: VsphereSettings = VsphereSettings()
    jobs: Mapping[str, JobSettings] = field(default_factory=dict)


def find_root(given: Path | None) -> Path:
    """The site root: what was given, else `DCOPS_ROOT`, else the nearest folder upward with a dcops.toml."""
    named = given or (Path(os.environ["DCOPS_ROOT"]) if os.environ.get("DCOPS_ROOT") else None)
    if named is not None:
        if not (named / FILE_NAME).is_file():
            raise UsageError(
                f"{named} is no site root: it holds no {FILE_NAME}",
                next_step=f"Make one with: dcops init {named}",
            )
        return named.absolute()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise UsageError(
        f"no {FILE_NAME} here or in any folder above",
        next_step="Go to a site root, name one with -C DIR, or make one with: dcops init DIR",
    )


def load(root: Path) -> Settings:
    """Read `root/dcops.toml`. An unknown key is refused, with the nearest known name."""
    file = root / FILE_NAME
    try:
        with file.open("rb") as stream:
            data = tomllib.load(stream)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{file}: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file} cannot be read: {error}") from None
    sections = {item.name for item in fields(Settings)} - {"root"}
    _refuse_unknown(file, "", data, sections)
    hints = get_type_hints(Settings)
    values = {name: _section(file, name, hints[name], data.get(name, {})) for name in sections - {"jobs"}}
    values["jobs"] = _jobs(file, data.get("jobs", {}))
    for name, key in PATHS:
        values[name] = replace(values[name], **{key: root / getattr(values[name], key)})
    return Settings(root=root, **values)


def _jobs(file: Path, data: object) -> dict[str, JobSettings]:
    if not isinstance(data, dict):
        raise InvalidInput(f"{file}: [jobs] must hold tables such as [jobs.backup]")
    return {name: _section(file, f"jobs.{name}", JobSettings, values) for name, values in data.items()}


def _section(file: Path, name: str, kind: type[Any], data: object) -> Any:
    if not isinstance(data, dict):
        raise InvalidInput(f"{file}: [{name}] must be a table")
    assert is_dataclass(kind)
    hints = get_type_hints(kind)
    _refuse_unknown(file, name, data, set(hints))
    return kind(**{key: _value(file, f"{name}.{key}", hints[key], value) for key, value in data.items()})


def _value(file: Path, key: str, hint: Any, value: object) -> object:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if hint is Path and isinstance(value, str) and value:
        return Path(value).expanduser()
    if hint is str and isinstance(value, str):
        return value
    if hint is float and is_number and float(str(value)) > 0:
        return float(str(value))
    if hint is int and isinstance(value, int) and is_number and value >= (0 if key.endswith(ZERO_ALLOWED) else 1):
        return value
    if hint is bool and isinstance(value, bool):
        return value
    if hint == Mapping[str, str] and isinstance(value, dict):
        return {name: _value(file, f"{key}.{name}", str, text) for name, text in value.items()}
    if hint == tuple[str, ...] and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if hint == Mapping[str, int] and isinstance(value, dict):
        return {name: _value(file, f"{key}.{name}", int, number) for name, number in value.items()}
    expected = {
        Path: "a path",
        str: "a text",
        float: "a number above 0",
        int: "a whole number above 0",
        bool: "true or false",
        Mapping[str, str]: "a table of texts",
        tuple[str, ...]: "a list of texts",
    }.get(hint, "a table of whole numbers")
    raise InvalidInput(f"{file}: {key} must be {expected}")


def _refuse_unknown(file: Path, section: str, data: Mapping[str, object], known: set[str]) -> None:
    for key in data:
        if key not in known:
            place = f"[{section}] " if section else ""
            near = get_close_matches(key, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(sorted(known))}"
            raise InvalidInput(f"{file}: {place}unknown key {key!r}, {hint}")
