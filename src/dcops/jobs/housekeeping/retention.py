"""Chore: let exact bytes go that no declared retention wants any more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from dcops.archive import durable
from dcops.archive.archive import Archive
from dcops.archive.copies.place import listed, scan
from dcops.archive.fates import Fate
from dcops.archive.history import History as Archived
from dcops.inventory.inventory import Inventory
from dcops.jobs.housekeeping import clock
from dcops.jobs.housekeeping.chore import NOTHING_ARCHIVED, Done, Rooms, counted, size
from dcops.ledger.ledger import Ledger
from dcops.model.moment import rfc3339
from dcops.policy.retention import Document, Doubt, History, Plan, Version, plan

BACKUPS = ("backup", "drop")


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a prune would do now."""

    plan: Plan
    sizes: Mapping[str, int]
    """Of the sealed files that lie here."""

    def bytes_of(self, names: Collection[str]) -> int:
        """How much room some files take."""
        return sum(self.sizes.get(name, 0) for name in names)


def do(rooms: Rooms) -> Done:
    """Prune what every rule lets go; with a doubt nothing goes, and a person is asked to look."""
    if not rooms.has_archive:
        return NOTHING_ARCHIVED
    ledger, now = rooms.ledger(), rooms.clock()
    found = outlook(rooms.archive, rooms.inventory(), ledger, now=now, zone=rooms.zone)
    going = found.plan.going()
    prune(rooms.archive, going, now=now, zone=rooms.zone)
    if found.plan.silent_since is None:
        clock.believe(ledger, now)
    findings = tuple(clock.held_back(reason(found.plan, doubt, now), device) for device, doubt in found.plan.doubts())
    if going:
        sentence = f"let {counted(len(going), 'sealed file')} go ({size(found.bytes_of(going))})"
    elif findings:
        sentence = "let nothing go: somebody should look first"
    else:
        sentence = "nothing is older than it has to be"
    return Done(sentence, {"pruned": len(going), "pruned_bytes": found.bytes_of(going)}, findings)


def outlook(archive: Archive, inventory: Inventory, ledger: Ledger, *, now: datetime, zone: tzinfo) -> Outlook:
    """Look at every device of the archive; nothing is touched."""
    tested = {device: test.revision for device, test in ledger.last_restore_tests().items()}
    heard = [moment for job in BACKUPS for moment in ledger.device_successes(job).values()]
    found = plan(
        _histories(archive, inventory, tested),
        now=now,
        zone=zone,
        alive=max(heard, default=None),
        believed=clock.believed(ledger),
    )
    folder = archive.folder / "sealed"
    with durable.explained(folder, "read"):
        return Outlook(found, listed(scan(folder)).sizes)


def prune(archive: Archive, going: Collection[str], *, now: datetime, zone: tzinfo) -> str | None:
    """Write into history that these files were pruned, and remove them; gives the commit."""
    fate = Fate(now.astimezone(zone).date())
    title = f"prune: {counted(len(going), 'sealed file')} that no retention keeps"
    return archive.record_fates(dict.fromkeys(going, fate), title=title)


def reason(found: Plan, doubt: Doubt, now: datetime) -> str:
    """Why something does not go of itself, in words."""
    if doubt is Doubt.FUTURE:
        return f"a version is from the future, seen from {rfc3339(now)}: a clock is or was wrong"
    if doubt is Doubt.SILENCE:
        return clock.silence(found.silent_since or now, now)
    return f"more than a fifth of all {found.sealed_files} sealed files would go at once"


def _histories(archive: Archive, inventory: Inventory, tested: Mapping[str, str]) -> tuple[History, ...]:
    kept = Archived(archive.folder)
    revision = kept.revision()
    if revision is None:
        return ()
    fates = kept.fates(revision)
    versions: dict[str, list[Version]] = {}
    for one in kept.every_version(revision):
        documents = tuple(
            Document(fates.where(document.sealed), source.restores) for source, document in one.record.documents.items()
        )
        versions.setdefault(one.record.device, []).append(Version(one.revision, one.taken, documents))
    items = {device: inventory.backup_item_of(device) for device in versions}
    return tuple(
        History(device, tuple(found), item.retention if (item := items[device]) else None, tested.get(device, ""))
        for device, found in sorted(versions.items())
    )
