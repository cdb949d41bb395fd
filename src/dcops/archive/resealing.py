"""Seals what versions need anew for the holders of today: after a holder came, left or got another key."""

from __future__ import annotations

import hashlib
import shutil
import signal
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dcops.archive import sealing
from dcops.archive.access import devices_of, is_for, is_odd
from dcops.archive.archive import Archive
from dcops.archive.fates import Fate
from dcops.archive.history import History
from dcops.archive.holders import Holder, require_enough
from dcops.archive.identity import Identity
from dcops.archive.lock import held
from dcops.archive.needed import Needed, needed
from dcops.archive.sealed import SealedFiles
from dcops.archive.site_key import SEALED_NAME, SealedCopy, SiteKey, open_copy, renew_copy, sealed_copies
from dcops.archive.trying import compressed_of
from dcops.archive.unrecorded import Unrecorded
from dcops.errors import ArchiveDamaged, CannotRun, UsageError

BATCH_FILES = 1000
BATCH_BYTES = 128 << 20
_SHARE_OF_ROOM = 4
"""A batch takes at most this part of the room that is left: the old files go only after it."""
_LOCK = "reseal.lock"
_UNRECORDED = "unrecorded"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is not sealed for exactly the holders of today."""

    files: tuple[Needed, ...]
    copies: tuple[SealedCopy, ...]
    """Sealed copies of the site key."""

    @property
    def bytes(self) -> int:
        """Of what is sealed in the files."""
        return sum(one.document.size for one in self.files)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A sealed file that stays as it is, and why."""

    file: Needed
    why: str


@dataclass(frozen=True, slots=True)
class Resealed:
    """What was sealed anew, and what was not."""

    files: tuple[Needed, ...]
    bytes: int
    """Of the new files."""
    copies: tuple[str, ...]
    """Names of the copies of the site key that were sealed anew."""
    skipped: tuple[Skipped, ...]
    skipped_copies: tuple[tuple[str, str], ...]
    """Names of copies of the site key that stay as they are, and why."""
    left: int
    """Files that were not come to before it was stopped."""

    @property
    def devices(self) -> tuple[str, ...]:
        """The devices whose files they are."""
        return devices_of(self.files)


def plan(archive: Archive, keys: Path, holders: Sequence[Holder], devices: Collection[str] = ()) -> Plan:
    """What is to be sealed anew; of all devices when none are named."""
    require_enough(holders)
    today = frozenset(holder.recipient for holder in holders)
    sealed = SealedFiles(archive.folder / "sealed")
    files = tuple(
        one
        for one in needed(History(archive.folder))
        if (not devices or one.device in devices) and (one.recipients != today or is_odd(one, sealed))
    )
    return Plan(files, tuple(one for one in sealed_copies(keys) if not is_for(one, today)))


class Resealing:
    """One resealing: a file goes only when the one that takes its place is on the disk and history knows it."""

    def __init__(
        self,
        archive: Archive,
        keys: Path,
        holders: Sequence[Holder],
        identity: Identity,
        *,
        site_key: SiteKey | None,
        day: Callable[[], date],
        devices: Collection[str] = (),
        batch_files: int = BATCH_FILES,
    ) -> None:
        self._archive = archive
        self._keys = keys
        self._holders = tuple(holders)
        self._identity = identity
        self._site_keys = {site_key.id: site_key} if site_key else {}
        self._site_key = site_key
        self._day = day
        self._devices = devices
        self._batch_files = batch_files
        self._sealed = SealedFiles(archive.folder / "sealed")
        self._unrecorded = Unrecorded(archive.folder / _UNRECORDED, self._sealed)
        self._batch: dict[str, tuple[Needed, str, int]] = {}
        self._done: list[Needed] = []
        self._bytes = 0
        self._skipped: list[Skipped] = []

    def run(
        self,
        *,
        stopping: Callable[[], bool] = lambda: False,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> Resealed:
        """Seal anew until nothing is left, or `stopping` says so; what is done by then stays done."""
        require_enough(self._holders)
        with held(self._archive.folder / _LOCK, wait_seconds=0, what="the resealing"):
            self._archive.remove_gone()
            self._sweep()
            copies, skipped_copies = self._renew_copies()
            try:
                left = self._renew_files(stopping, progress)
            except BaseException:
                with suppress(CannotRun):
                    self._sweep()
                raise
        return Resealed(
            tuple(self._done), self._bytes, tuple(copies), tuple(self._skipped), tuple(skipped_copies), left
        )

    def _renew_files(self, stopping: Callable[[], bool], progress: Callable[[int, int], None]) -> int:
        """Gives how many are left."""
        tried: set[str] = set()
        while waiting := [one for one in self._plan().files if one.name not in tried]:
            # Once more at the end: a backup that began with the holders of yesterday may have committed meanwhile.
            for done, one in enumerate(waiting):
                if stopping():
                    self._record()
                    return len(waiting) - done
                progress(done, len(waiting))
                tried.add(one.name)
                self._renew(one)
            self._record()
            progress(len(waiting), len(waiting))
        return 0

    def _plan(self) -> Plan:
        return plan(self._archive, self._keys, self._holders, self._devices)

    def _renew(self, one: Needed) -> None:
        if not self._identity.opens(one.recipients):
            self._skipped.append(Skipped(one, f"this key does not open it: it is sealed for {self._named(one)}"))
            return
        try:
            renewed = self._resealed(one)
        except ArchiveDamaged as error:
            # What was pruned meanwhile is not missed.
            if self._archive.fates().where(one.name) == one.name:
                self._skipped.append(Skipped(one, error.message))
            return
        try:
            self._put(one, renewed)
        except CannotRun:
            if not self._batch:
                raise
            # Most likely the disk is full: once the old files of this batch are gone there is room again.
            self._record()
            self._put(one, renewed)
        if len(self._batch) >= self._batch_files or sum(size for _, _, size in self._batch.values()) >= self._room():
            self._record()

    def _named(self, one: Needed) -> str:
        today = {holder.recipient for holder in self._holders}
        names = (name if key in today else f"{name} (former key)" for name, key in sorted(one.holders.items()))
        return ", ".join(names) or "nobody"

    def _resealed(self, one: Needed) -> bytes:
        """The file for the holders of today, after its content was found to be what was archived."""
        compressed = compressed_of(one, self._identity, self._sealed, self._site_keys)
        renewed = sealing.sealed_for(compressed, self._holders)
        today = {holder.name: holder.recipient for holder in self._holders}
        if self._identity.opens(today.values()) and sealing.opened(renewed, self._identity, today) != compressed:
            raise CannotRun("what was sealed anew does not open again", next_step="Nothing was removed: test this host")
        return renewed

    def _put(self, one: Needed, renewed: bytes) -> None:
        name = hashlib.sha256(renewed).hexdigest()
        self._unrecorded.add(name)
        self._sealed.write(renewed)
        self._batch[one.name] = (one, name, len(renewed))

    def _room(self) -> int:
        return min(BATCH_BYTES, shutil.disk_usage(self._archive.folder).free // _SHARE_OF_ROOM)

    def _record(self) -> None:
        """Let history know of the batch; the old files go."""
        if not self._batch:
            return
        today = {holder.name: holder.recipient for holder in self._holders}
        new = {name: Fate(self._day(), into, today) for name, (_, into, _) in self._batch.items()}
        for fate in new.values():
            if problem := self._sealed.problem(fate.into):
                raise CannotRun(
                    f"{self._sealed.path(fate.into)} was written, and is {problem}",
                    next_step="No old file was removed: test that disk, then run it again",
                )
        with _undisturbed():
            names = ", ".join(sorted(today))
            self._archive.record_fates(new, title=f"reseal {len(new)} sealed files for {names}")
            fates = self._archive.fates()
            for name, fate in new.items():
                if fates.where(name) != fate.into:
                    # Pruned by others meanwhile.
                    self._sealed.discard(fate.into)
            self._unrecorded.clear()
        for one, _, size in self._batch.values():
            self._done.append(one)
            self._bytes += size
        self._batch.clear()

    def _sweep(self) -> None:
        self._unrecorded.sweep({fate.into for fate in self._archive.fates().by_name.values()})

    def _renew_copies(self) -> tuple[list[str], list[tuple[str, str]]]:
        """Seal the copies of the site key anew; and learn the earlier keys, which check old marks."""
        today = {holder.recipient for holder in self._holders}
        renewed, skipped = [], []
        for copy in sealed_copies(self._keys):
            stale = not is_for(copy, today)
            try:
                if self._site_key and copy.file.name == SEALED_NAME:
                    self._site_key.keep_sealed(self._keys, self._holders)
                else:
                    key = open_copy(copy, self._identity)
                    self._site_keys.setdefault(key.id, key)
                    if stale:
                        renew_copy(copy, key, self._holders)
            except (ArchiveDamaged, UsageError) as error:
                if stale:
                    skipped.append((copy.file.name, error.message))
                continue
            if stale:
                renewed.append(copy.file.name)
        return renewed, skipped


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let Ctrl-C wait: the terminal sends it to the git below us too, and a child is born with what is blocked here."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
