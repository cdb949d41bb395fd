"""The second store of a site: brings it up to date, and compares it with the first."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from dcops.archive import holders
from dcops.archive.copies import home as homes
from dcops.archive.copies.comparison import Comparison, Known, compare
from dcops.archive.copies.home import Home
from dcops.archive.copies.memory import Memory
from dcops.archive.copies.place import ARCHIVE, KEYS, MARKER, SEALED, TIP, Listing, Place
from dcops.archive.copies.progress import Tell, nobody
from dcops.archive.copies.pruning import Prunable, prunable, still
from dcops.archive.copies.sending import Sending, Sent
from dcops.archive.copies.standing import Standing, look, marker
from dcops.errors import CannotRun

LOCK_SECONDS = 5.0
ROOM_TO_SPARE_BYTES = 1 << 20
MANY_PACKS = 50
_SETTINGS = """\
# A copy of an archive of dcops. Look at it with: dcops -C THIS_FOLDER archive list
[site]
name = {name}

[paths]
state = "."
"""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy did, and how the two stores compare now."""

    files: int
    bytes: int
    stopped: bool
    """It was asked to stop, or its time was up: the rest is for the next one."""
    notes: tuple[str, ...]
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed at the second store, and what was not."""

    prunable: Prunable
    files: int
    comparison: Comparison
    """From before anything was removed."""


@dataclass(frozen=True, slots=True)
class SecondStore:
    """The place that `[copy]` names, with everything that is needed to fill and to check it."""

    place: Place
    archive: Path
    keys: Path
    memory: Path
    """File in which this host remembers what it saw there last."""
    site: str
    max_lag: timedelta
    verify_every: timedelta
    limit_seconds: float
    clock: Callable[[], datetime]

    def remembered(self) -> Memory:
        """What this host saw there last; the place itself is not asked."""
        return Memory.load(self.memory, self.place.where)

    def copy(
        self,
        *,
        stopping: Callable[[], bool] = _never,
        tell: Tell = nobody,
        start_over: bool = False,
        verify: bool | None = None,
    ) -> Copied:
        """Send what is missing, move the history, and compare; with every hash recomputed there when that is due."""
        home = homes.read(self.archive)
        memory = Memory.load(self.memory, self.place.where)
        with self.place as place:
            first = look(place, home, memory, start_over=start_over)
            if first.new:
                self._begin(place, home)
            place.make((ARCHIVE, SEALED, KEYS))
            with place.held(LOCK_SECONDS):
                # Another copy may have been at work until now.
                standing = look(place, home, memory, start_over=start_over)
                sent, notes = self._send(place, home, memory, standing, stopping, tell)
                standing = self._move(place, home, standing, frozenset(sent.rotten))
                _keep_few_packs(place)
            return self._conclude(home, memory, standing, sent, notes, tell, verify)

    def compare(self, *, recompute: bool, tell: Tell = nobody) -> Comparison:
        """Compare without writing anything there."""
        home = homes.read(self.archive)
        memory = Memory.load(self.memory, self.place.where)
        with self.place as place:
            standing = look(place, home, memory)
            found = self._compared(home, standing, Known(frozenset(memory.damaged)), recompute, tell)
        self._remember(memory, found)
        return found

    def prune(self, *, agree: Callable[[Prunable], bool], tell: Tell = nobody) -> Pruned:
        """Remove there what was pruned or sealed anew here, after every hash was recomputed there.

        `agree` is asked with what would go. The lock is not held while somebody thinks about it.
        """
        home = homes.read(self.archive)
        memory = Memory.load(self.memory, self.place.where)
        with self.place as place:
            standing = look(place, home, memory)
            found = self._compared(home, standing, Known(), recompute=True, tell=tell)
            self._remember(memory, found)
            listing = Listing({}) if standing.new else place.listing()
            may_go = prunable(home, place, standing, listing, found)
            if not may_go.names or not agree(may_go):
                return Pruned(may_go, 0, found)
            with place.held(LOCK_SECONDS):
                home = homes.read(self.archive)
                memory = Memory.load(self.memory, self.place.where)
                standing = look(place, home, memory)
                listing = place.listing()
                names = still(may_go.names, home, place, standing, listing)
                # Remembered first: after a kill in between, the next copy must not take them for lost.
                if memory.revision:
                    replace(memory, sealed_files=len(listing.sizes) - len(names)).save(self.memory)
                place.discard(names)
            return Pruned(may_go, len(names), found)

    def _begin(self, place: Place, home: Home) -> None:
        place.make(("",))
        place.write(MARKER, marker(home, self.site))

    def _send(
        self,
        place: Place,
        home: Home,
        memory: Memory,
        standing: Standing,
        stopping: Callable[[], bool],
        tell: Tell,
    ) -> tuple[Sent, list[str]]:
        there = place.listing().sizes
        again = set(memory.damaged)
        wanted = [
            name
            for name in _oldest_first(home)
            if there.get(name) != home.sizes[name] or (name in again and name in there)
        ]
        self._require_room(place, home, standing, wanted)
        place.make(f"{SEALED}/{prefix}" for prefix in sorted({name[:2] for name in wanted}))
        notes = []
        if memory.lost:
            notes.append(f"{self.memory} was damaged, and is written anew: everything there is read once more")
        if place.shares_disk_with(self.archive):
            notes.append("the copy lies on the same file system as the archive: what takes one away takes both")
        if standing.revision and len(there) < memory.sealed_files:
            notes.append(
                f"{memory.sealed_files - len(there)} sealed files were there on {memory.copied:%Y-%m-%d} and are gone;"
                " what is still here is sent again: look at that disk"
            )
        sending = Sending(
            place, home.sealed, home.sizes, stopping=stopping, tell=tell, limit_seconds=self.limit_seconds
        )
        sent = sending.send(wanted)
        if sent.rotten:
            # What was pruned or sealed anew while it was to be sent is not damaged: the next copy knows where it is.
            gone = homes.read(self.archive).gone
            sent = replace(sent, rotten=tuple(name for name in sent.rotten if name not in gone))
        place.settle()
        if healed := len(sent.names & again):
            notes.append(f"{healed} that were damaged there were sent again")
        return sent, notes

    def _require_room(self, place: Place, home: Home, standing: Standing, wanted: list[str]) -> None:
        needed = sum(home.sizes[name] for name in wanted) + ROOM_TO_SPARE_BYTES
        if standing.revision != home.revision:
            new = len(home.after(standing.revision)) / max(1, len(home.after(None)))
            needed += int(_history_bytes(home) * new)
        free = place.free_bytes()
        if free < needed:
            raise CannotRun(
                f"{place.where} has {_mib(free)} left, and the copy needs {_mib(needed)}",
                next_step="Nothing was sent. Make room there, or name a larger place in [copy] to",
            )

    def _move(self, place: Place, home: Home, standing: Standing, rotten: frozenset[str]) -> Standing:
        """Move the history to the newest commit whose sealed files, and those of all before it, are there."""
        # What is damaged here will never be there: it must not hold up what came after it.
        there = rotten | frozenset(place.listing().sizes)
        reached = _furthest(home, there, standing.revision)
        if reached not in (None, standing.revision, home.revision) and not home.needed_at(reached) <= there:
            # What was sealed anew or pruned since lies nowhere under its old name: only later history knows where.
            reached = standing.revision
        if reached is None:
            return standing
        if not standing.has_history:
            place.create_history()
        if reached != standing.revision:
            place.push(home.git, reached)
        noted = f"{reached}\n".encode()
        if place.read(TIP) != noted:
            place.write(TIP, noted)
        for name, content in self._beside(place):
            if place.read(name) != content:
                place.write(name, content)
        return Standing(new=False, revision=reached, has_history=True)

    def _beside(self, place: Place) -> list[tuple[str, bytes]]:
        """What makes the place usable on its own: settings, and public or sealed parts of the keys."""
        found = []
        if place.read("dcops.toml") is None:
            found.append(("dcops.toml", _SETTINGS.format(name=json.dumps(self.site, ensure_ascii=False)).encode()))
        # By name: a private key that somebody left in this folder must not travel.
        beside = (path.name for pattern in ("site.key*.json", "site.key*.age") for path in self.keys.glob(pattern))
        names = (holders.FILE_NAME, *sorted(beside))
        for name in names:
            try:
                found.append((f"{KEYS}/{name}", (self.keys / name).read_bytes()))
            except FileNotFoundError:
                continue
            except OSError as error:
                raise CannotRun(f"{self.keys / name} cannot be read: {error.strerror or error}") from None
        return found

    def _conclude(
        self,
        home: Home,
        memory: Memory,
        standing: Standing,
        sent: Sent,
        notes: list[str],
        tell: Tell,
        verify: bool | None,
    ) -> Copied:
        now = self.clock()
        if standing.revision:
            count = len(self.place.listing().sizes)
            memory = memory.after_copy(standing.revision, count, now, sent.names)
            memory.save(self.memory)
        # One in the future was made while the clock was wrong: it must not put off the next one for years.
        due = (
            not memory.sound or memory.verified is None or not timedelta() <= now - memory.verified < self.verify_every
        )
        recompute = (due if verify is None else verify) and not sent.stopped
        known = Known(frozenset(memory.damaged), frozenset(sent.rotten))
        found = self._compared(home, standing, known, recompute, tell)
        self._remember(memory, found)
        return Copied(len(sent.names), sent.bytes, sent.stopped, tuple(notes), found)

    def _compared(self, home: Home, standing: Standing, known: Known, recompute: bool, tell: Tell) -> Comparison:
        return compare(
            home,
            self.place,
            standing,
            known,
            now=self.clock(),
            max_lag_seconds=self.max_lag.total_seconds(),
            recompute=recompute,
            tell=tell,
        )

    def _remember(self, memory: Memory, found: Comparison) -> None:
        """Note what a recomputation found."""
        if not found.recomputed or not memory.revision:
            return
        sound = not (found.damaged or found.history)
        damaged = tuple(lack.name for lack in found.damaged)
        memory.after_recomputation(damaged, self.clock(), sound=sound).save(self.memory)


def _oldest_first(home: Home) -> list[str]:
    """The sealed files that lie here, those of the oldest versions first: the history can follow step by step."""
    return [
        name
        for name in dict.fromkeys(name for version in reversed(home.versions) for name in version.sealed)
        if name in home.sizes
    ]


def _furthest(home: Home, there: frozenset[str], revision: str | None) -> str | None:
    """The newest commit that the place can hold whole; never behind the one that it holds."""
    ahead = home.after(revision)
    reached = revision
    blocked = {
        one.revision for one in home.versions if any(name in home.sizes and name not in there for name in one.sealed)
    }
    for commit in dict.fromkeys(one.revision for one in reversed(home.versions)):
        if commit in blocked and commit in ahead:
            return reached
        reached = commit if commit in ahead else reached
    return home.revision


def _history_bytes(home: Home) -> int:
    counts = _counts(home.git.run("count-objects", "-v").decode())
    return 1024 * (counts["size"] + counts["size-pack"])


def _counts(said: str) -> dict[str, int]:
    pairs = (line.partition(": ") for line in said.splitlines())
    return {name: int(number) for name, _, number in pairs if number.isdigit()}


def _keep_few_packs(place: Place) -> None:
    """Each push leaves a pack; many small ones make every look at the history slow."""
    if _counts(place.git("count-objects", "-v").out).get("packs", 0) > MANY_PACKS:
        place.git("repack", "--geometric=2", "-d", "-q")


def _mib(size: int) -> str:
    return f"{size / (1 << 20):.1f} MiB"
