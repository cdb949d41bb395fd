"""A session: everything that one run puts into the archive, committed at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from dcops.archive import record, sealing
from dcops.archive.compare import changed_lines, masked
from dcops.archive.entry import (
    Change,
    Committed,
    Entry,
    Item,
    Stored,
    check_entry,
    encoded,
    require_run_name,
)
from dcops.archive.history import Held, History, blob_name
from dcops.archive.holders import Holder
from dcops.archive.lock import held
from dcops.archive.record import DocumentRecord, Lines, Record
from dcops.archive.sealed import SealedFiles
from dcops.archive.site_key import SiteKey
from dcops.errors import CannotRun
from dcops.model.snapshot import ConfigSource


@dataclass(frozen=True, slots=True)
class Keys:
    """With what a session seals and marks."""

    holders: tuple[Holder, ...]
    site_key: SiteKey


@dataclass(frozen=True, slots=True)
class _Draft:
    """A device that differs from the archive; its exact bytes are sealed already and no longer in memory."""

    device: str
    platform: str
    taken: datetime
    documents: Mapping[ConfigSource, tuple[DocumentRecord, bytes]]
    """Record and readable text of each configuration that the device gave."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What an entry is beside the newest commit, and the record that says so."""

    stored: Stored
    record: Record | None = None


class Session:
    """One run's entries. `put` may be called from several threads; `commit` once, at the end."""

    def __init__(
        self,
        folder: Path,
        history: History,
        sealed: SealedFiles,
        keys: Keys,
        *,
        run: str,
        clock: Callable[[], datetime],
        lock_seconds: float,
    ) -> None:
        self._folder = folder
        self._history = history
        self._sealed = sealed
        self._keys = keys
        self._run = require_run_name(run)
        self._clock = clock
        self._lock_seconds = lock_seconds
        self._head = history.head()
        self._guard = threading.Lock()
        self._stored: dict[str, Stored] = {}
        self._drafts: dict[str, tuple[_Draft, _Verdict]] = {}
        self._written: set[str] = set()
        self._closed = False

    def put(self, entry: Entry) -> Stored:
        """Compare a device's configurations with the archive and, when they differ, seal their exact bytes."""
        check_entry(entry)
        with self._guard:
            if self._closed:
                raise RuntimeError("the session is committed")
            if entry.device in self._stored:
                raise ValueError(f"{entry.device} was put twice in one run")
            self._stored[entry.device] = Stored(entry.device, Change.UNCHANGED)
        try:
            stored = self._weigh(entry)
        except BaseException:
            with self._guard:
                del self._stored[entry.device]
            raise
        with self._guard:
            self._stored[entry.device] = stored
        return stored

    def commit(self) -> Committed:
        """Make one commit of everything that changed, or none.

        May be called again after an error: what was put is kept.
        """
        if self._closed:
            raise RuntimeError("the session is committed")
        revision = None
        if self._drafts:
            self._sealed.settle(self._written)
            with held(self._folder / "lock", wait_seconds=self._lock_seconds) as lock:
                revision = self._commit(lock)
        self._closed = True
        return Committed(revision, tuple(self._stored.values()))

    def _weigh(self, entry: Entry) -> Stored:
        readable = {item.source: encoded(item.readable) for item in entry.items}
        before = self._head.devices.get(entry.device)
        if before and all(before.holds(source, text) for source, text in readable.items()):
            return Stored(entry.device, Change.UNCHANGED)
        if before and (note := self._overtaken(entry.taken, readable, before)):
            return Stored(entry.device, Change.UNCHANGED, note=note)
        documents = {}
        for item in entry.items:
            text = readable[item.source]
            if before and before.holds(item.source, text):
                documents[item.source] = (replace(before.record.documents[item.source], kept_from=None), text)
            else:
                documents[item.source] = (self._seal(item), text)
        draft = _Draft(entry.device, entry.platform, entry.taken, documents)
        verdict = self._judge(draft, before)
        with self._guard:
            self._drafts[entry.device] = (draft, verdict)
        return verdict.stored

    def _seal(self, item: Item) -> DocumentRecord:
        name = self._sealed.write(sealing.seal(item.exact, self._keys.holders))
        with self._guard:
            self._written.add(name)
        return DocumentRecord(
            file=f"{item.source.value}.{item.suffix}",
            sealed=name,
            size=len(item.exact),
            mark=self._keys.site_key.mark(item.exact),
            site_key=self._keys.site_key.id,
            holders={holder.name: holder.recipient for holder in self._keys.holders},
            facts=dict(item.facts),
        )

    def _judge(self, draft: _Draft, before: Held | None) -> _Verdict:
        """What the draft is beside the version before it."""
        changed: dict[ConfigSource, Lines] = {}
        rotated = set()
        same_when_masked = set()
        for source, (document, text) in draft.documents.items():
            if before is None or source not in before.record.documents:
                changed[source] = Lines(len(text.splitlines()), 0)
                continue
            if before.holds(source, text):
                continue
            last = before.record.documents[source]
            old, new = self._history.content(before.names[last.file]), text
            if last.site_key != document.site_key:
                rotated.add(source)
                old, new = masked(old), masked(new)
                if old == new:
                    same_when_masked.add(source)
            changed[source] = Lines(*changed_lines(old, new, workplace=self._folder))
        only_key = bool(changed) and same_when_masked == set(changed)
        if not changed:
            return _Verdict(Stored(draft.device, Change.UNCHANGED))
        note = "site key rotated, secrets not compared" if rotated and not only_key else ""
        stored = Stored(
            device=draft.device,
            change=Change.CHANGED if before else Change.NEW,
            added=sum(lines.added for lines in changed.values()),
            removed=sum(lines.removed for lines in changed.values()),
            key_rotated=only_key,
            documents=tuple(changed),
            note=note,
        )
        return _Verdict(stored, self._record(draft, before, changed, only_key))

    def _record(
        self,
        draft: _Draft,
        before: Held | None,
        changed: Mapping[ConfigSource, Lines],
        only_key: bool,
    ) -> Record:
        documents = {source: document for source, (document, _) in draft.documents.items()}
        taken = draft.taken
        if before and taken < before.record.taken <= self._clock():
            # Another source was read meanwhile (a file that a person brings is often older): versions stay in the
            # order of their times, and what is older than its version says so.
            taken = before.record.taken
            documents = {source: replace(document, kept_from=draft.taken) for source, document in documents.items()}
        for source, document in before.record.documents.items() if before else ():
            if source not in documents:
                # Refused tonight is not deleted: the last one that was given stays, and says how old it is.
                assert before
                documents[source] = replace(document, kept_from=before.record.read_at(source))
        return Record(
            device=draft.device,
            platform=draft.platform,
            taken=taken,
            run=self._run,
            documents=documents,
            changed=changed,
            key_rotated=only_key,
        )

    def _commit(self, lock: int) -> str | None:
        self._sealed.require(self._written)
        head = self._history.head()
        files: dict[str, bytes | None] = {}
        made: list[Record] = []
        for draft, first_verdict in self._drafts.values():
            before, verdict = head.devices.get(draft.device), first_verdict
            if before != self._head.devices.get(draft.device):
                # Another run archived this device since the session began.
                if before and (note := self._overtaken(draft.taken, draft.documents, before)):
                    self._stored[draft.device] = Stored(draft.device, Change.UNCHANGED, note=note)
                    continue
                verdict = self._judge(draft, before)
            self._stored[draft.device] = verdict.stored
            if verdict.record:
                made.append(verdict.record)
                files.update(_files(draft, verdict.record, before))
        revision = None
        if files:
            revision = self._history.git.commit(
                self._message(), files, parent=head.revision, when=self._clock(), hold=lock
            )
            with suppress(CannotRun):
                # The commit is safe. A mark that lags behind only guards a little less, until the next one.
                self._history.note(revision, head.revision)
        self._discard_unused(made)
        return revision

    def _overtaken(self, taken: datetime, sources: Collection[ConfigSource], before: Held) -> str:
        """Say so when the archive holds a document of these that was read later: an older one must not replace it.

        A version from the future was written while the clock was wrong, and stands in nobody's way.
        """
        times = [before.record.read_at(source) for source in sources if source in before.record.documents]
        newest = max(times, default=taken)
        if taken < newest <= self._clock():
            return f"read at {record.stamp(taken)}, but run {before.record.run} archived one of {record.stamp(newest)}"
        return ""

    def _discard_unused(self, made: list[Record]) -> None:
        used = {document.sealed for made_record in made for document in made_record.documents.values()}
        for name in self._written - used:
            with suppress(OSError):
                self._sealed.discard(name)

    def _message(self) -> str:
        counts = Counter(stored.change for stored in self._stored.values())
        parts = [f"{counts[change]} {change}" for change in (Change.CHANGED, Change.NEW) if counts[change]]
        lines = [f"backup {self._run}: {', '.join(parts)} of {len(self._stored)}", ""]
        for stored in sorted(self._stored.values(), key=lambda stored: stored.device):
            if stored.change is not Change.UNCHANGED:
                what = "site key rotated" if stored.key_rotated else f"+{stored.added} -{stored.removed}"
                lines.append(f"{stored.device}: {stored.change} {', '.join(stored.documents)} {what}")
        return "\n".join([*lines, "", f"Run: {self._run}", ""])


def _files(draft: _Draft, made: Record, before: Held | None) -> dict[str, bytes | None]:
    files: dict[str, bytes | None] = {f"{draft.device}/{record.FILE_NAME}": made.to_json()}
    kept = {document.file for document in made.documents.values()} | {record.FILE_NAME}
    for name in before.names if before else ():
        if name not in kept:
            files[f"{draft.device}/{name}"] = None
    for document, text in draft.documents.values():
        if before is None or before.names.get(document.file) != blob_name(text):
            files[f"{draft.device}/{document.file}"] = text
    return files
