"""Take in the backup files that devices push to us, and miss those that do not come.

The order is what makes a power cut harmless: a file is archived, its arrival is noted in the ledger, then it is moved.
Whatever of this was not done is done by the next run, and nothing is ever overwritten or deleted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dcops.archive.archive import Archive, Change
from dcops.archive.lock import held
from dcops.diff.visible import quoted
from dcops.errors import DeviceError, ErrorKind
from dcops.jobs.context import Progress, never
from dcops.jobs.pushed import arrivals
from dcops.jobs.pushed.arrivals import Arrival, Watch
from dcops.jobs.pushed.fitting import ARRIVED, SHA256, entry, fitting
from dcops.jobs.pushed.folder import DropFolder, Look, Lying, Refused, unknown
from dcops.jobs.pushed.place import Place
from dcops.ledger.ledger import Ledger
from dcops.model.device import Device, Drop
from dcops.model.moment import rfc3339
from dcops.model.run import JobRun, Outcome, Result, new_run_id
from dcops.model.snapshot import ConfigSource

NAME = "drop"
PAUSE_SECONDS = 0.2
# Another run lets its files settle first, and then takes them in.
LOCK_SECONDS = 300.0
# Clocks of devices differ; a minute is no news.
FUTURE = timedelta(minutes=5)
MOST_NAMED = 20
NO_BACKUP = "See on the device what it sends, then remove the file; a right one can be brought: dcops archive import"


@dataclass(frozen=True, slots=True)
class Rooms:
    """What taking files in needs."""

    archive: Archive
    ledger: Ledger
    place: Place
    clock: Callable[[], datetime]
    progress: Progress
    stopping: Callable[[], bool] = never
    smallest_share: float = 0.5
    pause: Callable[[float], None] = time.sleep


def run(rooms: Rooms, devices: Sequence[Device], *, owned: Collection[Device] = ()) -> JobRun:
    """Take in every file that came to rest in the folder of a device, and fail each device that is overdue.

    `owned` is the whole inventory: a folder that belongs to none of it is named, and left alone.
    """
    started = rooms.clock()
    run_id = new_run_id(started)
    pushers = [(device, device.drop) for device in devices if device.drop]
    outcomes = []
    intakes = []
    rooms.progress.started([device for device, _ in pushers])
    with held(rooms.place.lock, wait_seconds=LOCK_SECONDS + rooms.place.settle_seconds, what="the drop folder"):
        looks = {device.name: _look(rooms.place, device, drop) for device, drop in pushers}
        if any(look.files for look in looks.values()):
            _settle(rooms)
        for device, drop in pushers:
            now = rooms.clock()
            watch = (arrivals.read(rooms.ledger, device.name) or Watch.begun(now)).at(now)
            intake = _Intake(rooms, run_id, device, drop, watch)
            outcome = _stopped(device) if rooms.stopping() else intake.outcome(looks[device.name])
            outcomes.append(outcome)
            intakes.append(intake)
            rooms.progress.finished(outcome)
    strangers = unknown(rooms.place.folder, {device.name for device in (*owned, *devices) if device.drop})
    left = [f"{one.device.name}/{name}" for one in intakes for name in one.left]
    return JobRun(
        command=NAME,
        run=run_id,
        started=started,
        finished=rooms.clock(),
        outcomes=tuple(outcomes),
        extra={
            "files": sum(one.files for one in intakes),
            "left": [_plain(name) for name in left[:MOST_NAMED]],
            "strangers": [_plain(name) for name in strangers[:MOST_NAMED]],
        },
    )


def _look(place: Place, device: Device, drop: Drop) -> Look:
    try:
        with DropFolder(place.of(device.name)) as folder:
            return folder.look(drop.pattern)
    except DeviceError:
        # The second look says it, in the outcome of the device.
        return Look()


def _settle(rooms: Rooms) -> None:
    """Wait, on a clock that nobody can set, for what is still being written to change."""
    until = time.monotonic() + rooms.place.settle_seconds
    while (rest := until - time.monotonic()) > 0 and not rooms.stopping():
        rooms.pause(min(rest, PAUSE_SECONDS))


@dataclass(slots=True)
class _Intake:
    """Takes in what lies in one device's folder."""

    rooms: Rooms
    run_id: str
    device: Device
    drop: Drop
    watch: Watch
    files: int = 0
    changed: bool = False
    trouble: DeviceError | None = None
    said: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Names that stay where they are."""

    def outcome(self, before: Look) -> Outcome:
        """What came of the device."""
        begun = time.monotonic()
        try:
            with DropFolder(self.rooms.place.of(self.device.name)) as folder:
                self._empty(folder, before)
        except DeviceError as error:
            self.trouble = error
        now = self.rooms.clock()
        self._note(self.watch.at(now))
        trouble = self.trouble or self._overdue(now) or self._bad_news()
        result = Result.FAILED if trouble else Result.CHANGED if self.changed else Result.UNCHANGED
        detail = "; ".join([*self.said, *self._left_over(trouble)] or [_quiet(self.watch)])
        return Outcome(self.device.name, result, detail, trouble, time.monotonic() - begun)

    def _note(self, watch: Watch) -> None:
        arrivals.write(self.rooms.ledger, self.device.name, watch)
        self.watch = watch

    def _empty(self, folder: DropFolder, before: Look) -> None:
        look = folder.look(self.drop.pattern)
        self.left += [*look.strangers, *(one.name for one in look.refused), *look.unfinished]
        self.refused += look.refused
        at_rest = [file for name, file in look.files.items() if before.files.get(name) == file]
        moving = [name for name, file in look.files.items() if before.files.get(name) != file]
        # The oldest first, so that the newest is the last version.
        for file in sorted(at_rest, key=lambda one: (one.modified_ns, one.name)):
            if self.rooms.stopping():
                self.left.append(file.name)
                continue
            try:
                self._take(folder, file)
            except DeviceError as error:
                self.left.append(file.name)
                if error.kind is ErrorKind.BUSY:
                    moving.append(file.name)
                elif error.kind is ErrorKind.DENIED:
                    self.trouble = error
                else:
                    self.refused.append(Refused(file.name, error, file.touched))
        self.left += [name for name in moving if name not in self.left]
        self._wait_for(folder, (*look.unfinished, *moving))

    def _take(self, folder: DropFolder, lying: Lying) -> None:
        """Archive a file, note that it arrived, move it away: in this order."""
        shown = quoted(lying.name)
        with folder.open(lying) as file:
            if file.being_written:
                raise DeviceError(ErrorKind.BUSY, f"{shown} is still being written")
            sha256 = file.digest(self.rooms.place.largest_bytes)
            arrival = Arrival(self.rooms.clock(), lying.touched, _plain(lying.name), lying.size, sha256, lying.stamp)
            word = self._known(sha256) or self._archive(file.content(sha256), arrival)
            self._note(self.watch.arrived(arrival))
            folder.take(lying, sha256, arrival.at)
        self.files += 1
        self.said.append(
            f"{shown}, {lying.size:,} bytes, sha256 {sha256[:8]}: {word}{_from_the_future(lying, arrival)}"
        )

    def _known(self, sha256: str) -> str:
        """Which version holds this content already, in words; empty when it is new."""
        archive = self.rooms.archive
        newest = archive.newest(self.device.name)
        document = newest.record.documents.get(ConfigSource.FILE) if newest else None
        if newest and document and document.facts.get(SHA256) == sha256:
            return f"the same as the last one, version {newest.revision[:8]}"
        return ""

    def _archive(self, content: bytes, arrival: Arrival) -> str:
        previous = self.rooms.archive.previous_sizes(self.device.name).get(ConfigSource.FILE)
        fitting(
            content,
            name=arrival.name,
            step=NO_BACKUP,
            smallest_bytes=self.drop.smallest_bytes,
            previous=previous,
            smallest_share=self.rooms.smallest_share,
        )
        facts = {"name": arrival.name, ARRIVED: rfc3339(arrival.at), SHA256: arrival.sha256}
        session = self.rooms.archive.session(self.run_id)
        session.put(entry(self.device, content, arrival.at, facts))
        committed = session.commit()
        (stored,) = committed.stored
        if stored.note:
            # A version of the file that is newer than now: it is in the archive's way, not in ours.
            raise DeviceError(ErrorKind.INTERNAL, f"{quoted(arrival.name)} was not archived: {stored.note}")
        if stored.change is Change.UNCHANGED or committed.revision is None:
            return "the same as the last one"
        self.changed = True
        return f"version {committed.revision[:8]}"

    def _wait_for(self, folder: DropFolder, names: tuple[str, ...]) -> None:
        """Give files on their way some hours, and then say that they are stuck."""
        now = self.rooms.clock()
        self.watch = self.watch.waiting(names, now)
        patience = timedelta(hours=self.rooms.place.stuck_hours)
        for name, since in self.watch.unfinished.items():
            if (waited := now - since) < patience:
                self.said.append(f"{quoted(name)} is still on its way")
                continue
            size, touched = folder.size_and_touch(name)
            what = "has not come to rest" if size else "is there, and empty,"
            error = DeviceError(
                ErrorKind.TRUNCATED,
                f"{quoted(name)} {what} for {_span(waited)}",
                next_step="The transfer was broken off, or never ends: look at the device, then remove the file",
            )
            self.refused.append(Refused(name, error, touched))

    def _overdue(self, now: datetime) -> DeviceError | None:
        age = self.watch.age(now)
        if age <= timedelta(hours=self.drop.max_age_hours):
            return None
        newest = self.watch.newest
        last = f"the last one was {quoted(newest.name)} of {rfc3339(newest.at)}" if newest else "none ever came"
        folder = self.rooms.place.of(self.device.name)
        step = (
            "On the device: is its scheduled backup on, does it reach this host, is its login still good?"
            f" It should write to {folder}, names like {self.drop.pattern}"
        )
        if self.left:
            step += f"; there also lie {_some(self.left)}"
        return DeviceError(
            ErrorKind.TIMEOUT,
            f"no backup arrived for {_span(age)}, and {self.drop.max_age_hours} h are allowed: {last}",
            next_step=step,
        )

    def _bad_news(self) -> DeviceError | None:
        """The newest thing that came is no backup; what lay there before a good one came is only named."""
        newest = self.watch.newest
        news = [one for one in self.refused if newest is None or one.touched > newest.written]
        if not news:
            return None
        last = max(news, key=lambda one: one.touched).error
        return DeviceError(last.kind, last.message, next_step=last.next_step)

    def _left_over(self, trouble: DeviceError | None) -> list[str]:
        words = [one.error.message for one in self.refused if not trouble or one.error.message != trouble.message]
        named = {one.name for one in self.refused} | set(self.watch.unfinished)
        others = [name for name in self.left if name not in named]
        return [*words[:MOST_NAMED], *([f"left there: {_some(others)}"] if others else [])]


def _stopped(device: Device) -> Outcome:
    error = DeviceError(
        ErrorKind.TIMEOUT,
        "not looked at: the run was told to stop before its turn came",
        next_step="Run it again: dcops jobs run drop",
    )
    return Outcome(device.name, Result.FAILED, error=error)


def _quiet(watch: Watch) -> str:
    newest = watch.newest
    if newest is None:
        return f"nothing yet, looked for since {rfc3339(watch.first_seen)}"
    return f"nothing new since {rfc3339(newest.at)}: {newest.name}"


def _from_the_future(lying: Lying, arrival: Arrival) -> str:
    ahead = lying.modified_ns / 1e9 - arrival.at.timestamp()
    if ahead <= FUTURE.total_seconds():
        return ""
    return f"; the file's own time lies {_span(timedelta(seconds=min(ahead, 1e12)))} in the future"


def _span(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    if hours < 2:
        return f"{age.total_seconds() / 60:.0f} min"
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"


def _some(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(quoted(name) for name in names[:most]) + more


def _plain(name: str) -> str:
    """A name that can stand in a file and on a screen."""
    return quoted(name)[1:-1]
