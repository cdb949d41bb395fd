"""Search through time: since when until when each line that matches stood in a configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dcops.archive.history import History
from dcops.archive.record import Record
from dcops.archive.search import Found, Query, Reading, around, known, read, records
from dcops.archive.surroundings import NONE, Surroundings
from dcops.archive.timeline import State, timelines
from dcops.model.snapshot import ConfigSource


@dataclass(frozen=True, slots=True)
class Point:
    """A version in a device's time."""

    revision: str
    taken: datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """A line, and how long it stood there without a break."""

    device: str
    sources: tuple[ConfigSource, ...]
    """The configurations in which it came and went at once."""
    line: int
    """Where it stands first in the last version that has it."""
    text: str
    since: Point
    """The first version with it."""
    last: Point
    """The last version with it."""
    gone: Point | None
    """The first version without it; None: it stands there still."""
    around: Surroundings = NONE


@dataclass(frozen=True, slots=True)
class _Span:
    """A stay in states of a device, counted from the oldest."""

    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _File:
    """One file of a device through time, oldest first; None where the device did not have it."""

    device: str
    name: str
    blobs: tuple[str | None, ...]

    @property
    def source(self) -> ConfigSource:
        return ConfigSource(self.name.partition(".")[0])


def stays(history: History, query: Query) -> Found[Stay]:
    """Look into every version of every device; what stands there still comes first, then what went last."""
    devices = known(history, query.devices)
    lines = {device: found[::-1] for device, found in timelines(history.git, devices).items()}
    files = [file for device in lines for file in _files(device, lines[device], query.source)]
    reading = read(history, query, (blob for file in files for blob in file.blobs if blob))
    spans = _by_span(files, reading)
    points = _points(history, lines, [(device, span) for device, span in spans])
    # Where a line stands more than once, the first place is told.
    lowest = {blob: {hit.text: hit.line for hit in reversed(its)} for blob, its in reading.lines.items()}
    found = []
    for (device, span), its in spans.items():
        blob = its[0].blobs[span.last] or ""
        line = lowest[blob][span.text]
        gone = points.get((device, span.last + 1))
        sources = tuple(file.source for file in its)
        stay = Stay(device, sources, line, span.text, points[device, span.first], points[device, span.last], gone)
        found.append((blob, stay))
    found.sort(key=_order)
    shown = found[: query.limit]
    near = around(history, [(blob, one.line) for blob, one in shown], query.context)
    return Found(
        matches=tuple(replace(one, around=near[blob, one.line]) for blob, one in shown),
        total=len(found),
        devices=len({one.device for _, one in found}),
        searched=len(lines),
        texts=len({blob for file in files for blob in file.blobs if blob}),
        unread=(*_unread(files, lines, reading), *_other_keys(history, lines, query)),
    )


def _files(device: str, states: Sequence[State], source: ConfigSource | None) -> Iterator[_File]:
    for name in sorted({name for state in states for name in state.names}):
        kind = name.partition(".")[0]
        if kind in list(ConfigSource) and source in (None, kind):
            yield _File(device, name, tuple(state.names.get(name) for state in states))


def _by_span(files: Sequence[_File], reading: Reading) -> Mapping[tuple[str, _Span], list[_File]]:
    """Each stay of a line with the files that have it at the same time, in the order of the sources."""
    spans: dict[tuple[str, _Span], list[_File]] = {}
    for file in sorted(files, key=lambda one: (one.device, list(ConfigSource).index(one.source))):
        for span in _spans(file, reading):
            spans.setdefault((file.device, span), []).append(file)
    return spans


def _spans(file: _File, reading: Reading) -> Iterator[_Span]:
    standing: dict[str, int] = {}
    before: str | None = None
    for number, blob in enumerate((*file.blobs, None)):
        if blob == before and number:
            continue
        before = blob
        now = {hit.text for hit in reading.lines.get(blob, ())} if blob else set()
        for text in [text for text in standing if text not in now]:
            yield _Span(text, standing.pop(text), number - 1)
        for text in now:
            standing.setdefault(text, number)


def _points(
    history: History, lines: Mapping[str, Sequence[State]], spans: Sequence[tuple[str, _Span]]
) -> Mapping[tuple[str, int], Point]:
    """When the versions were read in which a line came, was last, and was gone: only their records are needed."""
    wanted = {
        (device, number)
        for device, span in spans
        for number in (span.first, span.last, span.last + 1)
        if number < len(lines[device])
    }
    places = sorted(wanted)
    states = [(device, lines[device][number]) for device, number in places]
    return {
        place: Point(state.revision, record.taken)
        for place, (_, state), record in zip(places, states, records(history, states), strict=True)
    }


def _order(found: tuple[str, Stay]) -> tuple[bool, float, str, int]:
    stay = found[1]
    return stay.gone is not None, -stay.last.taken.timestamp(), stay.device, stay.line


def _unread(files: Sequence[_File], lines: Mapping[str, Sequence[State]], reading: Reading) -> Iterator[str]:
    for file in files if reading.unread else ():
        hurt = [number for number, blob in enumerate(file.blobs) if blob in reading.unread]
        if hurt:
            revision = lines[file.device][hurt[-1]].revision
            yield f"{file.source} of {file.device} in {len(hurt)} versions, the newest {revision[:8]}"


def _other_keys(history: History, lines: Mapping[str, Sequence[State]], query: Query) -> Iterator[str]:
    """Versions whose secrets were hashed with another site key."""
    if query.site_key is None:
        return
    states = [(device, state) for device in lines for state in lines[device]]
    hidden: dict[tuple[str, ConfigSource, str], list[Record]] = {}
    for record in records(history, states):
        for source, document in record.documents.items():
            if document.site_key != query.site_key and query.source in (None, source):
                hidden.setdefault((record.device, source, document.site_key), []).append(record)
    for (device, source, key), its in hidden.items():
        until = its[-1].taken
        yield f"{source} of {device} up to {until:%Y-%m-%d}: secrets were hashed with site key {key}"
