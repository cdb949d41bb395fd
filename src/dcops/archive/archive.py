"""The archive of one site: opened once, written through sessions, read by people and jobs."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dcops.archive import durable, fates
from dcops.archive.entry import Change, Committed, Entry, Item, Stored
from dcops.archive.fates import Fate, Fates, Whereabouts
from dcops.archive.history import Head, History, Version
from dcops.archive.lock import held
from dcops.archive.moment import chosen
from dcops.archive.record import FILE_NAME
from dcops.archive.sealed import SealedFiles
from dcops.errors import ArchiveDamaged, CannotRun, UsageError
from dcops.model.snapshot import ConfigSource

# Whoever looks at a history waits for every import: what only writing, opening and verifying need is not among them.
if TYPE_CHECKING:
    from dcops.archive.holders import Holder
    from dcops.archive.inspection import Inspection
    from dcops.archive.session import Session
    from dcops.archive.site_key import SiteKey

__all__ = [
    "Archive",
    "Change",
    "Committed",
    "Difference",
    "Entry",
    "Item",
    "Stored",
    "Summary",
    "Version",
]

LOCK_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Summary:
    """A device in the archive."""

    device: str
    versions: int
    newest: Version


@dataclass(frozen=True, slots=True)
class Difference:
    """How one configuration differs between two versions."""

    source: ConfigSource
    old: Version
    new: Version
    text: str
    """Unified, without a heading; empty when nothing differs."""
    key_rotated: bool
    """The two were made with different site keys: their secrets could not be compared."""


def _now() -> datetime:
    return datetime.now(UTC)


class Archive:
    """The configurations of a site through time. Readers need no keys; `session` needs both kinds."""

    def __init__(
        self,
        folder: Path,
        *,
        holders: Sequence[Holder] = (),
        site_key: SiteKey | None = None,
        clock: Callable[[], datetime] = _now,
        lock_seconds: float = LOCK_SECONDS,
    ) -> None:
        self.folder = folder
        self._holders = tuple(holders)
        self._site_key = site_key
        self._clock = clock
        self._lock_seconds = lock_seconds
        self._history = History(folder)
        self._sealed = SealedFiles(folder / "sealed")
        self._head: Head | None = None
        self._guard = threading.Lock()

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        holders: Sequence[Holder] = (),
        site_key: SiteKey | None = None,
        clock: Callable[[], datetime] = _now,
        lock_seconds: float = LOCK_SECONDS,
    ) -> Archive:
        """Open the archive in this folder; nothing is made before the first session."""
        return cls(folder, holders=holders, site_key=site_key, clock=clock, lock_seconds=lock_seconds)

    def session(self, run: str) -> Session:
        """Begin to store what one run reads; makes the archive when there is none."""
        from dcops.archive.holders import require_enough
        from dcops.archive.session import Keys, Session

        require_enough(self._holders)
        if self._site_key is None:
            raise CannotRun("the archive was opened without the site key")
        self._create()
        return Session(
            self.folder,
            self._history,
            self._sealed,
            Keys(self._holders, self._site_key),
            run=run,
            clock=self._clock,
            lock_seconds=self._lock_seconds,
        )

    def previous_sizes(self, device: str) -> Mapping[ConfigSource, int]:
        """How many bytes each configuration of a device had when the archive was opened, or first asked."""
        with self._guard:
            if self._head is None:
                self._head = self._history.head() if self._history.exists else Head(None, {})
        found = self._head.devices.get(device)
        return {source: document.size for source, document in found.record.documents.items()} if found else {}

    def devices(self) -> tuple[Summary, ...]:
        """Every device, by name."""
        head = self._history.head()
        if head.revision is None:
            return ()
        newest: dict[str, str] = {}
        versions: Counter[str] = Counter()
        for revision, paths in self._history.git.log(f":(glob)*/{FILE_NAME}"):
            for path in paths:
                device = path.partition("/")[0]
                newest.setdefault(device, revision)
                versions[device] += 1
        return tuple(
            Summary(device, versions[device], Version(newest[device], found.record))
            for device, found in sorted(head.devices.items())
        )

    def log(self, device: str) -> tuple[Version, ...]:
        """Every version of a device, newest first."""
        return self._history.versions(device)

    def logs(self, devices: Sequence[str]) -> Mapping[str, tuple[Version, ...]]:
        """Every version of several devices, newest first, in one look."""
        return self._history.versions_of(devices)

    def between(self, old: Version, new: Version) -> tuple[Difference, ...]:
        """How each configuration differs between two versions of a device that were read from the archive."""
        return tuple(self._compared(old, new, one) for one in ConfigSource if _has(old, one) or _has(new, one))

    def newest(self, device: str) -> Version | None:
        """The newest version of a device; None when the archive holds none, or is not there yet."""
        if not self._history.exists or device not in self._history.head().devices:
            return None
        return self.log(device)[0]

    def version(self, device: str, at: str | None = None) -> Version:
        """The version in force at a revision (may be cut short), a day or a time; without one, the newest."""
        return chosen(self.log(device), at, self._history.git.commits)

    def show(self, device: str, at: str | None = None, source: ConfigSource | None = None) -> str:
        """The readable text of one configuration; of the running one, or the first there is, when none is named."""
        version = self.version(device, at)
        source = source or version.record.chief
        _require_document(version, source)
        return _text(self._history.text(version, source))

    def texts(self, device: str, at: str | None = None) -> Mapping[ConfigSource, str]:
        """The readable texts of all configurations of a version."""
        version = self.version(device, at)
        return {source: _text(self._history.text(version, source)) for source in version.record.documents}

    def diff(
        self, device: str, old: str | None = None, new: str | None = None, *, source: ConfigSource | None = None
    ) -> tuple[Difference, ...]:
        """How each configuration, or one of them, differs between two versions.

        Without `new` the newest is meant, without `old` the one before it.
        """
        versions = self.log(device)
        revisions = self._history.git.commits
        later = chosen(versions, new, revisions)
        earlier = chosen(versions, old, revisions) if old else _one_before(versions, later)
        if source is not None:
            _require_document(later, source, earlier)
        sources = [source] if source else [one for one in ConfigSource if _has(earlier, one) or _has(later, one)]
        return tuple(self._compared(earlier, later, one) for one in sources)

    def export(self, device: str, identity: str, at: str | None = None, source: ConfigSource | None = None) -> bytes:
        """The exact bytes, opened with a holder's key (the text of the identity file) and checked."""
        from dcops.archive import sealing

        version = self.version(device, at)
        source = source or version.record.restoring
        _require_document(version, source)
        document = version.record.documents[source]
        today = self._history.fates().of(document)
        if today.pruned:
            raise UsageError(
                f"the exact bytes of version {version.revision[:8]} of {device} were pruned on {today.pruned}",
                next_step="Its readable text is still there; a second store may have kept the bytes, or take a later"
                f" version: dcops archive log {device}",
            )
        try:
            sealed = self._sealed.read(today.sealed)
        except ArchiveDamaged:
            # Sealed anew between the question and the reading; what is damaged is so the second time too.
            today = self._history.fates().of(document)
            sealed = self._sealed.read(today.sealed)
        exact = sealing.unseal(sealed, identity, today.holders, document.size)
        key = self._site_key
        if key is not None and key.id == document.site_key and key.mark(exact) != document.mark:
            raise ArchiveDamaged(
                f"the sealed {source} configuration of {device} is not what was archived: its mark differs",
                next_step="Somebody replaced it: fetch it from a copy of the archive",
            )
        return exact

    def with_exact(self, device: str, source: ConfigSource, exact: bytes) -> Version | None:
        """The newest version that holds exactly these bytes; needs the site key that marked it."""
        key = self._site_key
        if key is None or self.newest(device) is None:
            return None
        mark, fates = key.mark(exact), self.fates()
        for version in self.log(device):
            document = version.record.documents.get(source)
            # A document that was kept is older than this version: the one that brought it is named. Bytes that were
            # pruned are not held any more.
            if (
                document
                and document.mark == mark
                and document.site_key == key.id
                and source in version.record.changed
                and not fates.of(document).pruned
            ):
                return version
        return None

    def fates(self) -> Fates:
        """What became of sealed files that versions list and that were pruned or sealed anew."""
        return self._history.fates() if self._history.exists else Fates()

    def whereabouts(self, version: Version, source: ConfigSource) -> Whereabouts:
        """Where the exact bytes of one configuration of a version are today, and who can open them."""
        _require_document(version, source)
        return self.fates().of(version.record.documents[source])

    def record_fates(self, new: Mapping[str, Fate], *, title: str) -> str | None:
        """Let history know what became of these sealed files, then remove them; gives the commit.

        Files that others took the place of must be written already: they are settled first. A file that the newest
        version of a device needs is never let go without another in its place, whoever asks. Interrupted in between,
        the files are still there and are removed by the next `remove_gone`.
        """
        if not new:
            return None
        self._history.require()
        self._sealed.settle({fate.into for fate in new.values() if fate.into})
        with held(self.folder / "lock", wait_seconds=self._lock_seconds) as lock:
            self._sealed.require({fate.into for fate in new.values() if fate.into})
            head = self._history.head()
            known = self._history.fates(head.revision)
            joined = known.joined(new)
            if joined == known:
                # Others did the same meanwhile.
                self._remove(known.gone)
                return None
            for device, found in head.devices.items():
                for document in found.record.documents.values():
                    if not joined.where(document.sealed):
                        raise ValueError(f"the newest version of {device} needs the sealed file {document.sealed}")
            revision = self._history.git.commit(
                f"{title}\n",
                {fates.FILE_NAME: joined.to_json()},
                parent=head.revision,
                when=self._clock(),
                hold=lock,
            )
            with suppress(CannotRun):
                self._history.note(revision, head.revision)
            self._remove(joined.gone)
        return revision

    def remove_gone(self) -> int:
        """Remove files that history says are gone and that still lie there; gives their number."""
        if not self._history.exists:
            return 0
        with held(self.folder / "lock", wait_seconds=self._lock_seconds):
            return self._remove(self._history.fates().gone)

    def _remove(self, gone: Collection[str]) -> int:
        lying = [name for name in self._sealed.names() if name in gone]
        for name in lying:
            with durable.explained(self._sealed.path(name), "removed"):
                self._sealed.discard(name)
        return len(lying)

    def verify(self, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Inspection:
        """Read everything and name what is damaged; `progress` learns how many sealed files are done, of how many."""
        self._history.require()
        from dcops.archive.inspection import inspect

        return inspect(self._history, self._sealed, progress)

    def _create(self) -> None:
        if self._history.exists and self._sealed.folder.is_dir():
            return
        durable.make_folder(self.folder)
        with held(self.folder / "lock", wait_seconds=self._lock_seconds):
            if not self._history.exists:
                if lost := self._history.last_known():
                    raise ArchiveDamaged(f"{self._history.git.folder} is gone: commit {lost} was there")
                self._history.git.create()
            durable.make_folder(self._sealed.folder)

    def _compared(self, old: Version, new: Version, source: ConfigSource) -> Difference:
        from dcops.archive.compare import difference, masked

        before, after = (
            self._history.text(version, source) if _has(version, source) else b"" for version in (old, new)
        )
        rotated = (
            _has(old, source)
            and _has(new, source)
            and old.record.documents[source].site_key != new.record.documents[source].site_key
        )
        if rotated:
            before, after = masked(before), masked(after)
        return Difference(source, old, new, difference(before, after), rotated)


def _text(readable: bytes) -> str:
    return readable.decode("utf-8", "backslashreplace")


def _has(version: Version, source: ConfigSource) -> bool:
    return source in version.record.documents


def _one_before(versions: Sequence[Version], version: Version) -> Version:
    position = versions.index(version) + 1
    if position >= len(versions):
        raise UsageError(
            f"there is no version of {version.record.device} before {version.revision[:8]}",
            next_step="There is nothing to compare it with",
        )
    return versions[position]


def _require_document(version: Version, source: ConfigSource, *others: Version) -> None:
    if not any(_has(one, source) for one in (version, *others)):
        there = ", ".join(version.record.documents)
        raise UsageError(
            f"version {version.revision[:8]} of {version.record.device} has no {source} configuration",
            next_step=f"It has: {there}",
        )
