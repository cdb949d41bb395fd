"""Search: which readable texts hold a line, now or at an earlier time.

Texts that several configurations share are read once. A text that cannot be read, or not be compared, is named:
"nothing was found" never means "nothing could be looked at".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Generic, TypeVar

from dcops.archive.grep import Hit, Pattern, hits
from dcops.archive.history import History, Version
from dcops.archive.moment import NotYet, chosen
from dcops.archive.program import LOST
from dcops.archive.record import FILE_NAME, Record, parse
from dcops.archive.surroundings import NONE, Surroundings, surroundings
from dcops.archive.timeline import State, timelines
from dcops.errors import ArchiveDamaged, UsageError
from dcops.model.snapshot import ConfigSource

MOST_LINES = 500_000
"""More matching lines answer no question, and would fill the memory."""
_TEXTS_AT_ONCE = 8

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for, and where."""

    pattern: Pattern
    devices: Collection[str] | None = None
    """Only these; all of the archive when nobody says which."""
    source: ConfigSource | None = None
    accepts: Callable[[str], bool] | None = None
    """Of the lines that match only those count which this accepts."""
    site_key: str | None = None
    """Texts whose secrets were hashed with another key than this one cannot be compared, and are named."""
    context: int = 0
    """How many neighbours of a line are wanted."""
    limit: int = 100
    """How many lines are given back; all are counted."""


@dataclass(frozen=True, slots=True)
class Match:
    """A line of a version."""

    device: str
    sources: tuple[ConfigSource, ...]
    """The configurations that have it."""
    line: int
    """Where it stands in the first of them, counted from 1."""
    text: str
    taken: datetime
    """When that version was read."""
    revision: str | None = None
    """None: the newest."""
    around: Surroundings = NONE


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What came of a search. It has no truth value: ask `total`."""

    matches: tuple[T, ...]
    total: int
    """How many there are; `matches` are the first of them."""
    devices: int
    """How many devices have one."""
    searched: int
    """In how many devices was looked."""
    texts: int
    """How many different texts were read."""
    unread: tuple[str, ...]
    """What could not be looked at, in words."""
    not_yet: tuple[str, ...] = ()
    """Devices that were not archived yet at that time."""

    def __bool__(self) -> bool:
        raise TypeError("a search has no truth value: ask found.total")


@dataclass(slots=True)
class Reading:
    """What git found in texts, by their names, and what it could not read."""

    lines: dict[str, list[Hit]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Standing:
    """What was in force of a device."""

    record: Record
    names: Mapping[str, str]
    revision: str | None


def search(history: History, query: Query, at: str | None = None) -> Found[Match]:
    """Look into the newest version of every device, or into the one in force at a revision, day or time."""
    devices = known(history, query.devices)
    standing = _newest(history, devices) if at is None else _at(history, devices, at)
    texts: dict[tuple[str, str], list[ConfigSource]] = {}
    unread = []
    for device, one in standing.items():
        for source, document in one.record.documents.items():
            if query.source not in (None, source):
                continue
            if query.site_key not in (None, document.site_key):
                unread.append(f"{source} of {device}: its secrets were hashed with site key {document.site_key}")
            if document.file not in one.names:
                raise ArchiveDamaged(f"{document.file} of {device} is missing in the archive", next_step=LOST)
            texts.setdefault((device, one.names[document.file]), []).append(source)
    reading = read(history, query, [blob for _, blob in texts])
    found = list(_matches(standing, texts, reading))
    for (device, blob), sources in texts.items():
        unread += [f"{source} of {device}" for source in sources if blob in reading.unread]
    shown = found[: query.limit]
    near = around(history, [(blob, one.line) for blob, one in shown], query.context)
    return Found(
        matches=tuple(replace(one, around=near[blob, one.line]) for blob, one in shown),
        total=len(found),
        devices=len({one.device for _, one in found}),
        searched=len(standing),
        texts=len({blob for _, blob in texts}),
        unread=tuple(unread),
        not_yet=tuple(device for device in devices if device not in standing),
    )


def _matches(
    standing: Mapping[str, _Standing], texts: Mapping[tuple[str, str], Sequence[ConfigSource]], reading: Reading
) -> Iterator[tuple[str, Match]]:
    """Each line once, though mostly running and startup have it both, at different places."""
    same: dict[tuple[str, str, int], tuple[Hit, list[ConfigSource]]] = {}
    for (device, blob), sources in texts.items():
        seen: Counter[str] = Counter()
        for hit in reading.lines.get(blob, ()):
            seen[hit.text] += 1
            same.setdefault((device, hit.text, seen[hit.text]), (hit, []))[1].extend(sources)
    for (device, text, _), (hit, its) in same.items():
        one = standing[device]
        yield hit.blob, Match(device, tuple(its), hit.line, text, one.record.taken, one.revision)


def known(history: History, wanted: Collection[str] | None) -> tuple[str, ...]:
    """The devices to look at, by name; raises UsageError for one that the archive does not hold."""
    there = history.head().devices
    for device in wanted or ():
        if device not in there:
            near = get_close_matches(device, there, 1)
            hint = f"Did you mean {near[0]}?" if near else "See: dcops archive list"
            raise UsageError(f"the archive holds no device {device!r}", next_step=hint)
    return tuple(sorted(there if wanted is None else set(wanted)))


def read(history: History, query: Query, blobs: Iterable[str]) -> Reading:
    """Have git look into these texts."""
    reading = Reading()
    count = 0
    for hit in hits(history.git.folder, query.pattern, sorted(set(blobs)), reading.unread):
        if query.accepts and not query.accepts(hit.text):
            continue
        reading.lines.setdefault(hit.blob, []).append(hit)
        count += 1
        if count > MOST_LINES:
            raise UsageError(f"more than {MOST_LINES:,} lines match", next_step="Give more of the text, or one device")
    return reading


def around(history: History, places: Sequence[tuple[str, int]], context: int) -> Mapping[tuple[str, int], Surroundings]:
    """What stands around lines, each given by the name of its text and its number."""
    lines: dict[str, set[int]] = {}
    for blob, line in places:
        lines.setdefault(blob, set()).add(line)
    found = {}
    for blobs in _batches(list(lines)):
        for blob, content in zip(blobs, history.git.contents(blobs), strict=True):
            text = (content or b"").decode("utf-8", "replace")
            found.update({(blob, line): near for line, near in surroundings(text, lines[blob], context).items()})
    return found


def records(history: History, states: Sequence[tuple[str, State]]) -> list[Record]:
    """The records of these versions, each given with its device."""
    contents = history.git.contents([state.names[FILE_NAME] for _, state in states])
    found = []
    for (device, state), content in zip(states, contents, strict=True):
        if content is None:
            raise ArchiveDamaged(f"the record of {device} in {state.revision} is missing", next_step=LOST)
        found.append(parse(content, device))
    return found


def _newest(history: History, devices: Sequence[str]) -> Mapping[str, _Standing]:
    head = history.head().devices
    return {device: _Standing(head[device].record, head[device].names, None) for device in devices}


def _at(history: History, devices: Sequence[str], at: str) -> Mapping[str, _Standing]:
    """The version of each device that was in force; devices that came later are left out."""
    states = [(device, state) for device, found in timelines(history.git, devices).items() for state in found]
    versions: dict[str, list[Version]] = {}
    for (device, state), record in zip(states, records(history, states), strict=True):
        versions.setdefault(device, []).append(Version(state.revision, record))
    names = {(device, state.revision): state.names for device, state in states}
    commits = history.git.commits()
    standing = {}
    for device, its in sorted(versions.items()):
        with suppress(NotYet):
            one = chosen(its, at, lambda: commits)
            standing[device] = _Standing(one.record, names[device, one.revision], one.revision)
    return standing


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """A few at a time: some configurations are large."""
    for start in range(0, len(names), _TEXTS_AT_ONCE):
        yield names[start : start + _TEXTS_AT_ONCE]
