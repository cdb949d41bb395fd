"""From the settings to what keeps: inventory, archive, second store, ledger, drop folder."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dcops.assembly.here import now
from dcops.assembly.logins import login_of
from dcops.errors import InvalidInput

if TYPE_CHECKING:
    from dcops.archive.archive import Archive
    from dcops.archive.copies.store import SecondStore
    from dcops.archive.site_key import SiteKey
    from dcops.inventory.inventory import Inventory
    from dcops.jobs.pushed.place import Place
    from dcops.ledger.ledger import Ledger
    from dcops.settings import Settings

LEDGER_FILE = "ledger.sqlite"


def inventory_of(settings: Settings) -> Inventory:
    """Load and check the inventory; raises InvalidInput with every mistake in it."""
    from dcops.inventory.load import load
    from dcops.templates.find import shipped_names

    return load(settings.paths.inventory, profiles=shipped_names("exporters/snmp"))


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
        login_of(settings, "copy", settings.copy.credential),
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
        password = login_of(settings, "ledger", name).password
        if not password:
            raise InvalidInput(f"credential {name}, which [ledger] names, has no password")
    return Ledger.open(settings.ledger.url or f"sqlite:///{settings.paths.state / LEDGER_FILE}", password=password)
