"""What somebody whose key is no holder's any more could have read: secrets that are in force today all the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from dcops.archive import fates
from dcops.archive.compare import TOKEN, masked
from dcops.archive.history import History, Version
from dcops.archive.holders import Holder
from dcops.archive.program import LOST
from dcops.archive.record import DocumentRecord
from dcops.errors import ArchiveDamaged, UsageError
from dcops.model.snapshot import ConfigSource

_MOST_NAMED = 10
_MOST_BYTES = 32 << 20
"""Texts that are read from git in one call."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """A secret of a newest version that was in one which the key opened, and that has not changed since."""

    device: str
    platform: str
    source: ConfigSource
    line: int
    """0: the whole document, into which dcops cannot look."""
    text: str
    """The readable line: the secret in it is a short hash."""
    certain: bool
    """False: the site key was rotated since, or dcops cannot look inside; it may have changed."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a former holder could have read."""

    recipients: tuple[str, ...]
    """The public keys that were looked for."""
    read: Mapping[str, datetime]
    """Devices of which they could open a version, and when the newest of these was read."""
    secrets: tuple[Exposed, ...]


def keys_of(history: History, who: str, holders: Sequence[Holder]) -> tuple[str, ...]:
    """The public keys that stood under a name and are no holder's any more; or one public key that is given itself."""
    today = {holder.recipient for holder in holders}
    named: dict[str, set[str]] = {}
    for version in _every_version(history):
        for document in version.record.documents.values():
            for name, key in document.holders.items():
                named.setdefault(name, set()).add(key)
    for name, key in _later_holders(history):
        named.setdefault(name, set()).add(key)
    if who in today or any(who in keys for keys in named.values()):
        return (who,)
    if former := named.get(who, set()) - today:
        return tuple(sorted(former))
    if who in named or who in {holder.name for holder in holders}:
        raise UsageError(
            f"{who} is a holder and has had no other key", next_step="Give the public key itself to see what it opens"
        )
    others = sorted(name for name, keys in named.items() if keys - today)[:_MOST_NAMED]
    raise UsageError(
        f"nothing was ever sealed for {who!r}",
        next_step=f"Former holders are: {', '.join(others)}" if others else "There are no former holders",
    )


def exposure(history: History, recipients: Collection[str]) -> Exposure:
    """Follow the secrets of each device from the versions that these keys opened to the newest one."""
    wanted = frozenset(recipients)
    sealed_for = _sealed_for(history, wanted)
    read: dict[str, datetime] = {}
    secrets: list[Exposed] = []
    every = sorted(_every_version(history), key=lambda one: one.record.device)
    for device, versions in groupby(every, key=lambda one: one.record.device):
        newest_first = list(versions)
        opened = [
            one.record.read_at(source)
            for one in newest_first
            for source, document in one.record.documents.items()
            if sealed_for(document)
        ]
        if opened:
            read[device] = max(opened)
            secrets += _of_device(history, newest_first, sealed_for)
    return Exposure(tuple(sorted(wanted)), read, tuple(secrets))


def _every_version(history: History) -> Iterator[Version]:
    history.require()
    if revision := history.revision():
        yield from history.every_version(revision)


class _SealedFor:
    """Whether a document was ever sealed for one of the keys: as it came, or when it was sealed anew."""

    def __init__(self, wanted: frozenset[str], later: frozenset[str]) -> None:
        self._wanted = wanted
        self._later = later

    def __call__(self, document: DocumentRecord) -> bool:
        return document.sealed in self._later or not self._wanted.isdisjoint(document.holders.values())


def _sealed_for(history: History, wanted: frozenset[str]) -> _SealedFor:
    later = {
        name
        for known in _all_fates(history)
        for name, fate in known.by_name.items()
        if not wanted.isdisjoint(fate.holders.values())
    }
    return _SealedFor(wanted, frozenset(later))


def _later_holders(history: History) -> Iterator[tuple[str, str]]:
    for known in _all_fates(history):
        for fate in known.by_name.values():
            yield from fate.holders.items()


def _all_fates(history: History) -> Iterator[fates.Fates]:
    """What was known of fates at each time: what was sealed anew twice names only its last holders today."""
    history.require()
    for revision, _ in history.git.log(fates.FILE_NAME) if history.revision() else ():
        yield history.fates(revision)


@dataclass(slots=True)
class _Thread:
    """One configuration of a device, followed from version to version."""

    document: DocumentRecord
    text: bytes
    opened: bool = False
    """A version of it was sealed for one of the keys."""
    known: dict[bytes, bool] = field(default_factory=dict)
    """Tokens of secrets that could be read, as the site key of this version makes them; True when that is certain."""

    def follow(self, document: DocumentRecord, text: bytes) -> None:
        """Go on to the next version."""
        if document.site_key != self.document.site_key:
            self.known = dict.fromkeys(_translated(self.known, self.text, text), False)
        self.document, self.text = document, text


def _of_device(history: History, newest_first: Sequence[Version], sealed_for: _SealedFor) -> Iterator[Exposed]:
    threads: dict[ConfigSource, _Thread] = {}
    newest = newest_first[0].record
    for source, document, text in _texts(history, newest_first):
        if source in threads:
            threads[source].follow(document, text)
        else:
            threads[source] = _Thread(document, text)
        if sealed_for(document):
            threads[source].opened = True
            threads[source].known.update(dict.fromkeys(_tokens(text), True))
    for source, document in newest.documents.items():
        # What was read in one configuration is known in the others too: running and startup share their secrets.
        known: dict[bytes, bool] = {}
        for other in threads.values():
            if other.document.site_key == document.site_key:
                known.update({token: known.get(token, False) or certain for token, certain in other.known.items()})
        thread = threads[source]
        if thread.opened and source is ConfigSource.FILE and not TOKEN.search(thread.text):
            yield Exposed(newest.device, newest.platform, source, 0, "the whole file", sealed_for(document))
        for number, line in enumerate(thread.text.splitlines(), 1):
            if found := [known[token] for token in _tokens(line) if token in known]:
                readable = line.decode("utf-8", "backslashreplace").strip()
                yield Exposed(newest.device, newest.platform, source, number, readable, any(found))


def _texts(history: History, newest_first: Sequence[Version]) -> Iterator[tuple[ConfigSource, DocumentRecord, bytes]]:
    """The readable text of each document of a device, the oldest first; one that did not change comes once."""
    waiting: list[tuple[ConfigSource, DocumentRecord, str]] = []
    last: dict[ConfigSource, str] = {}
    for version in reversed(newest_first):
        for source, document in version.record.documents.items():
            if last.get(source) == document.sealed:
                continue
            last[source] = document.sealed
            waiting.append((source, document, f"{version.revision}:{version.record.device}/{document.file}"))
            if sum(one.size for _, one, _ in waiting) > _MOST_BYTES:
                yield from _read(history, waiting)
                waiting = []
    yield from _read(history, waiting)


def _read(
    history: History, waiting: Sequence[tuple[ConfigSource, DocumentRecord, str]]
) -> Iterator[tuple[ConfigSource, DocumentRecord, bytes]]:
    contents = history.git.contents([name for _, _, name in waiting])
    for (source, document, name), content in zip(waiting, contents, strict=True):
        if content is None:
            raise ArchiveDamaged(f"{name} is missing in {history.git.folder}", next_step=LOST)
        yield source, document, content


def _translated(known: Mapping[bytes, bool], old: bytes, new: bytes) -> set[bytes]:
    """The tokens of the next version that stand where known ones stood, across a rotation of the site key."""
    if masked(old) == masked(new):
        return {after for before, after in zip(_tokens(old), _tokens(new), strict=True) if before in known}
    places = {masked(line) for line in old.splitlines() if any(token in known for token in _tokens(line))}
    return {token for line in new.splitlines() if masked(line) in places for token in _tokens(line)}


def _tokens(text: bytes) -> list[bytes]:
    return [found[2] for found in TOKEN.finditer(text)]
