"""Gathers what is known of the backups that the inventory declares, and says what is not as declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from dcops.archive import newest
from dcops.archive.archive import Archive
from dcops.archive.newest import Newest
from dcops.errors import DcopsError
from dcops.inventory.inventory import Inventory
from dcops.jobs.pushed import arrivals
from dcops.ledger.ledger import Ledger
from dcops.model.device import Device
from dcops.model.restore_test import RestoreResult, RestoreTest
from dcops.policy.facts import Archived, AtCopy, Copied, Drilled, Facts, Unknown
from dcops.policy.promises import Promises, judge

if TYPE_CHECKING:
    from dcops.archive.copies.store import SecondStore

BACKUP = "backup"
T = TypeVar("T")
U = TypeVar("U")


def look(
    *,
    inventory: Inventory,
    ledger: Ledger,
    archive: Archive,
    now: datetime,
    has_copy: bool,
    second_store: Callable[[], SecondStore],
    devices: Sequence[Device] | None = None,
) -> Promises:
    """How everything that is declared stands, or only what is about these devices."""
    chosen = {device.name for device in (inventory.devices if devices is None else devices)}
    declared = {
        device.name: item
        for device in inventory.devices
        if device.name in chosen and (item := inventory.backup_item_of(device))
    }
    backups = _looked(lambda: ledger.device_successes(BACKUP))
    archived = _looked(lambda: newest.read(archive))
    copied = _looked(lambda: _copied(archive, archived, second_store)) if has_copy else None
    longest = max((item.restore_test_every for item in declared.values()), default=None)
    tests = _looked(lambda: _tested(ledger, now - longest if longest else now))
    facts = {
        name: Facts(
            backed_up=_backed_up(inventory.device(name), ledger, backups, archived, now),
            archived=_of(archived, name, _archived),
            copied=_of(copied, name, _as_it_is) if copied is not None else None,
            tested=_of(tests, name, _as_it_is),
        )
        for name in declared
    }
    concerned = {item.name for item in declared.values()}
    return judge(
        [item for item in inventory.backup_items if devices is None or item.name in concerned],
        declared,
        [device for device in inventory.undeclared if device.name in chosen],
        facts,
        now=now,
    )


def _looked(look: Callable[[], T]) -> T | Unknown:
    """What a look gives, or why nobody could look."""
    try:
        return look()
    except DcopsError as error:
        return Unknown(error.message)


def _of(found: Mapping[str, T] | Unknown, name: str, fact: Callable[[T], U]) -> U | Unknown | None:
    if isinstance(found, Unknown):
        return found
    return fact(found[name]) if name in found else None


def _as_it_is(fact: T) -> T:
    return fact


def _backed_up(
    device: Device,
    ledger: Ledger,
    backups: Mapping[str, datetime] | Unknown,
    archived: Mapping[str, Newest] | Unknown,
    now: datetime,
) -> datetime | Unknown | None:
    """When a device was last backed up well.

    Of one that pushes its backup the arrival counts, even where its state can be read as well: only what it pushes
    restores it. Of one that dcops cannot reach at all it is what a person brought.
    """
    if device.drop is not None:
        return _looked(lambda: _arrived(ledger, device.name, now))
    if device.platform is not None and not device.only_watched:
        return _of(backups, device.name, _as_it_is)
    return _of(archived, device.name, lambda one: one.version.taken)


def _arrived(ledger: Ledger, device: str, now: datetime) -> datetime | None:
    watch = arrivals.read(ledger, device)
    # Dated so that its age is right though the clock was put back meanwhile.
    return now - watch.age(now) if watch is not None and watch.newest is not None else None


def _archived(found: Newest) -> Archived:
    restores = found.version.record.restoring.restores
    return Archived(found.version.taken, found.problem, restores, found.holders)


def _copied(
    archive: Archive, archived: Mapping[str, Newest] | Unknown, second_store: Callable[[], SecondStore]
) -> Mapping[str, Copied] | Unknown:
    """How each device stands at the second store, by what this host remembers of it."""
    if isinstance(archived, Unknown):
        return archived
    store = second_store()
    memory = store.remembered()
    if memory.lost:
        return Unknown("what this host remembered of the second store is damaged: the next copy looks there again")
    if memory.revision and not memory.sound and not memory.damaged:
        return Unknown("the last recomputation at the second store found its history damaged")
    waiting = newest.waiting(archive, memory)
    damaged = frozenset(memory.damaged)
    found = {}
    for device, one in archived.items():
        there = AtCopy.DAMAGED if one.sealed & damaged else AtCopy.THERE
        state = AtCopy.WAITING if device in waiting else there
        found[device] = Copied(state, memory.copied, store.max_lag, waiting.get(device))
    return found


def _tested(ledger: Ledger, since: datetime) -> Mapping[str, Drilled]:
    """The last restore test of each device: a good one, unless a newer one failed."""
    found = {device: Drilled(test.tested_at, passed=True) for device, test in ledger.last_restore_tests().items()}
    newest_first: dict[str, list[RestoreTest]] = {}
    for test in ledger.restore_tests(since=since):
        if test.result is not RestoreResult.COULD_NOT_CHECK:
            newest_first.setdefault(test.device, []).append(test)
    for device, tests in newest_first.items():
        # What a look at the files alone found well does not take back that nobody could open them.
        deciding = (tests[0], next((test for test in tests if test.level.counts), tests[0]))
        failed = next((test for test in deciding if not test.good), None)
        if failed is not None:
            found[device] = Drilled(failed.tested_at, passed=False, result=failed.detail)
    return found
