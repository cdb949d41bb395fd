"""Compares the two stores: same set, same checksums, how far behind; names what is missing, damaged or nobody's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from dcops.archive.copies.home import Home
from dcops.archive.copies.place import Listing, Place
from dcops.archive.copies.progress import Step, Tell
from dcops.archive.copies.standing import Standing
from dcops.errors import CannotRun

_FSCK = ("fsck", "--full", "--no-dangling", "--no-reflogs", "--no-progress")
_MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class Lack:
    """A sealed file that is not as it should be, and what it hurts."""

    name: str
    device: str
    versions: tuple[str, ...]
    """The newest first."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The second store beside the first. It has no truth value: ask `equal` or `faults`."""

    place: str
    recomputed: bool
    """Every hash was computed anew there; otherwise names and sizes were compared."""
    versions: int
    versions_there: int
    sealed_files: int
    sealed_files_there: int
    missing: tuple[Lack, ...]
    """Here and not there."""
    damaged: tuple[Lack, ...]
    """There, and not what their names say, or not to be read."""
    rotten: tuple[Lack, ...]
    """Damaged here. They are never copied; what lies there under that name may be the last good one."""
    extra: tuple[str, ...]
    """There, and of no version: somebody else put them there."""
    kept: int
    """There and no longer here, of versions that both know: nothing is deleted there."""
    history: tuple[str, ...]
    """What git finds wrong with the history there."""
    lag_seconds: float
    """How old the oldest version is that is not whole there; 0 when all are."""
    max_lag_seconds: float

    @property
    def waiting(self) -> int:
        """Versions that the history there does not have yet."""
        return self.versions - self.versions_there

    @property
    def equal(self) -> bool:
        """Same set, same checksums, same history."""
        return not (self.waiting or self.missing or self.damaged or self.extra or self.history or self.rotten)

    @property
    def faults(self) -> tuple[str, ...]:
        """What a person must see to, a sentence each. Versions that wait for the next copy are none within limits."""
        words = [f"git there: {line}" for line in self.history]
        words += _named(self.damaged, "is damaged there")
        words += _named(self.rotten, "is damaged here, and is not copied")
        if not self.waiting:
            words += _named(self.missing, "is missing there")
        words += [f"{path} lies there and belongs to no version" for path in self.extra]
        if self.lag_seconds > self.max_lag_seconds:
            words.append(
                f"the copy is {self.lag_seconds / 3600:.0f} h behind, and {self.max_lag_seconds / 3600:g} h are allowed"
            )
        return tuple(words)

    def __bool__(self) -> bool:
        raise TypeError("a comparison has no truth value: ask comparison.equal or comparison.faults")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known without looking again."""

    damaged: frozenset[str] = frozenset()
    """Found damaged there by the last recomputation, and not sent again since."""
    rotten: frozenset[str] = frozenset()
    """Found damaged here when they were to be sent."""


def compare(
    home: Home,
    place: Place,
    standing: Standing,
    known: Known,
    *,
    now: datetime,
    max_lag_seconds: float,
    recompute: bool,
    tell: Tell,
) -> Comparison:
    """Compare the stores; with `recompute` every hash and the history are computed anew at the place."""
    there = Listing({}) if standing.new else place.listing()
    both = frozenset(home.sizes) & frozenset(there.sizes)
    suspicious = {name for name in both if there.sizes[name] != home.sizes[name]}
    rotten = {name for name in suspicious if home.sealed.problem(name)} | (known.rotten & frozenset(home.sizes))
    listed = home.listed
    damaged = (suspicious - rotten) | (known.damaged & frozenset(there.sizes) & listed)
    history: tuple[str, ...] = ()
    if recompute and not standing.new:
        damaged = {name for name in _wrong(place, there, tell) if name in listed}
        history = _fsck(place) if standing.has_history else ()
    missing = frozenset(home.sizes) - frozenset(there.sizes)
    hurt = missing | damaged
    ahead = home.after(standing.revision)
    incomplete = [one.taken for one in home.versions if one.revision in ahead or not hurt.isdisjoint(one.sealed)]
    return Comparison(
        place=place.where,
        recomputed=recompute,
        versions=len(home.versions),
        versions_there=sum(one.revision not in ahead for one in home.versions),
        sealed_files=len(home.sizes),
        sealed_files_there=len(there.sizes),
        missing=_lacks(home, missing),
        damaged=_lacks(home, damaged),
        rotten=_lacks(home, rotten),
        extra=tuple(sorted({*there.strangers, *(name for name in there.sizes if name not in listed)})),
        kept=sum(name in listed and name not in home.sizes for name in there.sizes),
        history=history,
        lag_seconds=max(0.0, (now - min(incomplete)).total_seconds()) if incomplete else 0.0,
        max_lag_seconds=max_lag_seconds,
    )


def _wrong(place: Place, there: Listing, tell: Tell) -> set[str]:
    """Names of sealed files whose content is another one, or cannot be read there."""
    unproven = set(there.sizes)
    total = sum(there.sizes.values())
    bytes_done = 0
    for done, (name, digest) in enumerate(place.hashes(), 1):
        bytes_done += there.sizes.get(name, 0)
        tell(Step("recomputing", min(done, len(there.sizes)), len(there.sizes), bytes_done, total))
        if name == digest:
            unproven.discard(name)
    return unproven


def _fsck(place: Place) -> tuple[str, ...]:
    done = place.git(*_FSCK)
    if done.code == 0:
        return ()
    if done.code < 0:
        raise CannotRun(f"git fsck at {place.where} was ended before it was done")
    lines = [line for line in f"{done.out}\n{done.err}".splitlines() if line.strip()]
    return tuple(dict.fromkeys(lines))[:_MOST_LINES] or (f"git fsck ended with {done.code}",)


def _lacks(home: Home, names: Iterable[str]) -> tuple[Lack, ...]:
    """The files with the device and the versions that need them, by device."""
    wanted = set(names)
    versions: dict[str, list[str]] = {}
    devices: dict[str, str] = {}
    for one in home.versions if wanted else ():
        for name in wanted.intersection(one.sealed):
            versions.setdefault(name, []).append(one.revision)
            devices[name] = one.device
    return tuple(
        sorted(
            (Lack(name, devices[name], tuple(versions[name])) for name in wanted),
            key=lambda lack: (lack.device, lack.name),
        )
    )


def _named(lacks: tuple[Lack, ...], what: str) -> list[str]:
    by_device: Mapping[str, list[Lack]] = {
        device: [one for one in lacks if one.device == device] for device in dict.fromkeys(one.device for one in lacks)
    }
    words = []
    for device, its in by_device.items():
        number = f"a sealed file of {device} " if len(its) == 1 else f"{len(its)} sealed files of {device}: each "
        words.append(f"{number}{what} ({', '.join(one.name[:12] for one in its[:3])}{', …' if len(its) > 3 else ''})")
    return words
