"""Which versions' exact bytes may go. Their readable texts stay whatever this says.

A version is in force from the moment it was taken until the next one. Times come from a clock that may have jumped:
where two of them contradict each other the version is taken to have been in force as long as any of them allows.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from fractions import Fraction

from dcops.model.backup_item import Retention

CLOCK_SLACK = timedelta(hours=26)
"""Two hosts, two clocks: a version of so far ahead is not from the future."""
LONG_SILENCE = timedelta(days=31)
"""When nothing was heard for longer than this, it is the clock that is doubted."""
MOST_AT_ONCE = Fraction(1, 5)
"""Of all sealed files: so many may go without a person."""


class Rule(StrEnum):
    """Why a version is kept."""

    NEWEST = "newest"
    """It is the newest of its device, with every document that it carries over from before."""
    RESTORES = "restores"
    """It is the newest that the device can be restored with."""
    TESTED = "tested"
    """It is the newest with which a restore was tried and went well."""
    DAYS = "days"
    """It was in force within the last `all_days`."""
    MONTH = "month"
    """It was in force at the end of one of the last months."""
    YEAR = "year"
    """It was in force at the end of one of the last years."""


class Doubt(StrEnum):
    """Why nothing is pruned, or nothing of one device, until a person has looked."""

    FUTURE = "future"
    """A version is from the future."""
    SILENCE = "silence"
    """Nothing was archived, or looked at, for very long."""
    MANY = "many"
    """More would go at once than ever does on a common night."""


@dataclass(frozen=True, slots=True)
class Document:
    """The exact bytes of one configuration of a version."""

    sealed: str
    """Name of the sealed file that holds them today; empty when they were pruned."""
    restores: bool
    """Whether the device can be brought back with it."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a device, as far as retention is concerned."""

    revision: str
    taken: datetime
    documents: tuple[Document, ...]

    @property
    def sealed(self) -> frozenset[str]:
        """The sealed files that it needs today."""
        return frozenset(document.sealed for document in self.documents if document.sealed)


@dataclass(frozen=True, slots=True)
class History:
    """All versions of one device, the newest first, and what was declared of them."""

    device: str
    versions: tuple[Version, ...]
    retention: Retention | None = None
    """None: nothing was declared, and nothing is ever pruned."""
    tested: str = ""
    """Revision with which a restore went well last."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the retention of one device keeps, and what it lets go."""

    device: str
    retention: Retention | None
    kept: Mapping[str, tuple[Rule, ...]]
    """Why each version is kept, by revision; without those whose bytes may go."""
    versions: int
    going: frozenset[str]
    """Sealed files that no version needs any more which is kept."""
    future: bool = False
    """A version of it is from the future: nothing goes of itself, whatever `going` says."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a prune would do to an archive."""

    devices: tuple[Judged, ...]
    sealed_files: int
    """How many sealed files the versions of all devices need today."""
    silent_since: datetime | None = None
    """The last sign of life, when it was too long ago."""

    def going(self, *, allowed: Collection[Doubt] = ()) -> frozenset[str]:
        """The sealed files that go: without those that are held back by a doubt that nobody has dispelled."""
        if self.silent_since and Doubt.SILENCE not in allowed:
            return frozenset()
        going = self._freed(allowed)
        return frozenset() if self._too_many(going) and Doubt.MANY not in allowed else going

    def doubts(self, *, allowed: Collection[Doubt] = ()) -> tuple[tuple[str, Doubt], ...]:
        """What holds something back, with the device that it is about; none when it is about the whole archive."""
        found = [(one.device, Doubt.FUTURE) for one in self.devices if one.future and one.going]
        going = self._freed(allowed)
        if self.silent_since and going:
            found.append(("", Doubt.SILENCE))
        if self._too_many(going):
            found.append(("", Doubt.MANY))
        return tuple((device, doubt) for device, doubt in found if doubt not in allowed)

    def _freed(self, allowed: Collection[Doubt]) -> frozenset[str]:
        freed = [one for one in self.devices if not one.future or Doubt.FUTURE in allowed]
        return frozenset[str]().union(*(one.going for one in freed))

    def _too_many(self, going: frozenset[str]) -> bool:
        return len(going) > self.sealed_files * MOST_AT_ONCE


def plan(
    histories: Sequence[History],
    *,
    now: datetime,
    zone: tzinfo,
    alive: datetime | None = None,
    believed: datetime | None = None,
) -> Plan:
    """Judge every device of an archive at once.

    `alive` is the last time a backup went well, `believed` the last time that nothing spoke against the clock: when
    both the newest version and `alive`, or `believed`, lie far back, it may be the clock that ran ahead.
    """
    judged = [judge(history, now=now, zone=zone) for history in histories]
    needed = _needed(histories, judged)
    files = frozenset[str]().union(*(version.sealed for history in histories for version in history.versions))
    return Plan(
        tuple(replace(one, going=one.going - needed) for one in judged),
        len(files),
        _silence(histories, now, alive, believed),
    )


def judge(history: History, *, now: datetime, zone: tzinfo) -> Judged:
    """What the retention of one device keeps, looked at alone."""
    reasons: dict[str, list[Rule]] = {}
    for rule, version in _kept(history, now, zone):
        rules = reasons.setdefault(version.revision, [])
        if rule not in rules:
            rules.append(rule)
    kept = {revision: tuple(rules) for revision, rules in reasons.items()}
    needed = frozenset[str]().union(*(one.sealed for one in history.versions if one.revision in kept))
    going = frozenset[str]().union(*(one.sealed for one in history.versions)) - needed
    future = any(version.taken > now + CLOCK_SLACK for version in history.versions)
    return Judged(history.device, history.retention, kept, len(history.versions), going, future)


def ends(now: datetime, zone: tzinfo, *, months: int = 0, years: int = 0) -> tuple[datetime, ...]:
    """The ends of the last so many whole months, or years, of the site's calendar; the latest first."""
    here = now.astimezone(zone)
    first = [(here.year * 12 + here.month - 1 - back) for back in range(months)]
    starts = [divmod(number, 12) for number in first] + [(here.year - back, 0) for back in range(years)]
    return tuple(datetime(year, month + 1, 1, tzinfo=zone) for year, month in starts if year > 1)


def _kept(history: History, now: datetime, zone: tzinfo) -> Iterator[tuple[Rule, Version]]:
    versions, retention = history.versions, history.retention
    if retention is None:
        yield from ((Rule.NEWEST, version) for version in versions)
        return
    yield from ((Rule.NEWEST, version) for version in versions[:1])
    yield from ((Rule.RESTORES, version) for version in versions if _restores(version) and _first(versions, version))
    yield from ((Rule.TESTED, version) for version in versions if version.revision == history.tested)
    since = now - timedelta(days=retention.all_days)
    months = ends(now, zone, months=retention.monthly)
    years = ends(now, zone, years=retention.yearly)
    for version, until in zip(versions, _until(versions), strict=True):
        if until is None or until > since:
            yield Rule.DAYS, version
        for rule, moments in ((Rule.MONTH, months), (Rule.YEAR, years)):
            if any(version.taken < moment and (until is None or until >= moment) for moment in moments):
                yield rule, version


def _restores(version: Version) -> bool:
    return any(document.restores and document.sealed for document in version.documents)


def _first(versions: Sequence[Version], version: Version) -> bool:
    return next(one for one in versions if _restores(one)) is version


def _until(versions: Sequence[Version]) -> list[datetime | None]:
    """How long each version was in force: until a later one was taken that does not claim to be older.

    None where nothing later says so: such a version is from the future, or the newest.
    """
    ended: list[datetime | None] = []
    later: list[datetime] = []
    for version in versions:
        place = bisect_left(later, version.taken)
        ended.append(later[place] if place < len(later) else None)
        insort(later, version.taken)
    return ended


def _needed(histories: Sequence[History], judged: Sequence[Judged]) -> frozenset[str]:
    """The sealed files that any kept version of any device needs."""
    return frozenset[str]().union(
        *(
            version.sealed
            for history, one in zip(histories, judged, strict=True)
            for version in history.versions
            if version.revision in one.kept
        )
    )


def _silence(
    histories: Sequence[History], now: datetime, alive: datetime | None, believed: datetime | None
) -> datetime | None:
    """The last sign of life when it lies too far back."""
    taken = [version.taken for history in histories for version in history.versions[:1]]
    signs = [*taken, *([alive] if alive else [])]
    if signs and now - max(signs) > LONG_SILENCE:
        return max(signs)
    return believed if believed and now - believed > LONG_SILENCE else None
